"""Markup that is safe to read: bytes become elements without DOCTYPE, entities, network or floods.

Every modeller's file passes here first. What no tool writes on purpose is refused in words; what
some tool is known to write (a namespace that is no URI, UTF-8 under a UTF-16 declaration, bytes
that are not the encoding they claim) is read, and said in a note.
"""

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from typing import cast

from lxml import etree

Element = etree._Element  # pyright: ignore[reportPrivateUsage] lxml has no public name for it

SIZE_MAX_BYTES = 32 * 1024 * 1024
DEPTH_MAX = 128
MARKS_MAX = 2_000_000
"""Opening brackets in a file: about two an element. The largest public model has 30,000."""
ATTRIBUTES_MAX = 256
"""Of one element: to read n of them takes n times n steps."""


class Unreadable(Exception):
    """A file that cannot be read as a drawing: the reason, and where."""

    def __init__(self, reason: str, line: int | None = None, element: str | None = None) -> None:
        super().__init__(reason if line is None else f"line {line}: {reason}")
        self.reason = reason
        self.line = line
        self.element = element


def parse(content: bytes) -> tuple[Element, list[str]]:
    """The root element of `content`, and in words what had to be overlooked.

    Raises Unreadable for a DOCTYPE, what is not well-formed, and floods: more than 32 MiB,
    128 levels, about a million elements or 256 attributes of one.
    """
    if len(content) > SIZE_MAX_BYTES:
        raise Unreadable(f"the file is larger than {SIZE_MAX_BYTES:,} bytes")
    text, oddities = _decoded(content)
    if doctype := _DOCTYPE.match(text):
        line = text.count("\n", 0, doctype.end()) + 1
        raise Unreadable("the file has a DOCTYPE, which drawings may not have", line)
    if text.count("<") > MARKS_MAX:
        raise Unreadable(f"the file has more than {MARKS_MAX:,} tags")
    if not text.strip():
        raise Unreadable("the file is not XML: it is empty")
    body = text.encode()
    root = _root(body, oddities)
    if _DEEP(root):
        raise Unreadable(f"the file is nested deeper than {DEPTH_MAX} levels")
    for wide in _WIDE(root):
        reason = f"{local(wide)} has more than {ATTRIBUTES_MAX} attributes"
        raise Unreadable(reason, line_of(wide), wide.get("id") or wide.get("Id"))
    return root, oddities


def local(element: Element) -> str:
    """The element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def namespace(element: Element) -> str:
    """The element's namespace; empty when it has none."""
    return str(element.tag).rpartition("}")[0].removeprefix("{")


def children(element: Element, *names: str) -> Iterator[Element]:
    """Child elements with one of these local names, in order, whatever their namespace."""
    return (child for child in element if local(child) in names)


def child(element: Element | None, *path: str) -> Element | None:
    """The first element down a path of local names."""
    for name in path:
        if element is None:
            return None
        element = next(children(element, name), None)
    return element


def text_of(element: Element | None) -> str | None:
    """All text in an element, trimmed; None when there is none."""
    return None if element is None else "".join(element.itertext()).strip() or None


def line_of(element: Element) -> int | None:
    """The line on which the element's opening tag ends."""
    return element.sourceline


_DOCTYPE = re.compile(r"(?>\s+|<\?.*?\?>|<!--.*?-->)*+<!DOCTYPE", re.DOTALL)
_DECLARED = re.compile(r"""\s*<\?xml[^>]{0,100}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_CODECS = re.compile(r"utf-?(8|16)|(us-)?ascii|latin-?1|iso-8859-\d\d?|(windows-|cp)\d{3,4}")
_MARKS = {BOM_UTF8: "utf-8", BOM_UTF16_LE: "utf-16-le", BOM_UTF16_BE: "utf-16-be"}
_BARE = {b"<\x00": "utf-16-le", b"\x00<": "utf-16-be"}
_DEEP = etree.XPath(f"boolean(/{'/*' * (DEPTH_MAX + 1)})")
_WIDE = etree.XPath(f"(//*[@*[{ATTRIBUTES_MAX + 1}]])[1]")


def _decoded(content: bytes) -> tuple[str, list[str]]:
    """The text, by byte-order mark, else by declaration, else as UTF-8 (XML 1.0 §4.3.3, F.1)."""
    for mark, codec in _MARKS.items():
        if content.startswith(mark):
            return _strictly(content[len(mark) :], codec)
    for start, codec in _BARE.items():
        if content.startswith(start):
            return _strictly(content, codec)
    found = _DECLARED.match(content[:200].decode("latin-1"))
    declared = found[1].lower() if found else "utf-8"
    if not _CODECS.fullmatch(declared):
        raise Unreadable(f"the file declares the encoding {declared}, which is not read", 1)
    # .NET writers declare the encoding of their strings, UTF-16, over bytes in UTF-8.
    return _strictly(content, "utf-8" if declared in ("utf-16", "utf16") else declared)


def _strictly(content: bytes, codec: str) -> tuple[str, list[str]]:
    try:
        return content.decode(codec), []
    except LookupError:
        raise Unreadable(f"the file declares the encoding {codec}, which is not read", 1) from None
    except UnicodeDecodeError as error:
        if codec != "utf-8":
            raise Unreadable(f"the file is not {codec} as it claims") from None
        line = content.count(b"\n", 0, error.start) + 1
        oddity = f"line {line}: the file is not UTF-8 as it claims; read as Windows-1252"
        return content.decode("windows-1252", "replace"), [oddity]


def _root(body: bytes, oddities: list[str]) -> Element:
    try:
        return etree.fromstring(body, _parser(recover=False))
    except etree.XMLSyntaxError:
        lenient = _parser(recover=True)
        root = cast("Element | None", etree.fromstring(body, lenient))
        for entry in lenient.error_log:
            if entry.domain_name != "NAMESPACE":
                reason = f"the file is not XML: {entry.message} (column {entry.column})"
                raise Unreadable(reason, entry.line) from None
            oddities.append(f"line {entry.line}: {entry.message}")
        if root is None:
            raise Unreadable("the file is not XML: it has no element") from None
        return root


def _parser(recover: bool) -> etree.XMLParser:
    """A parser of its own for each file, so that none remembers another's errors."""
    return etree.XMLParser(
        encoding="utf-8",
        recover=recover,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
