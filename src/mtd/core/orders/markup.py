"""XML that is safe to read: bytes become elements without DOCTYPE, entities, network or floods."""

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from typing import cast

from lxml import etree

from mtd.core.orders.flaw import Flaw, Unreadability, Unreadable

BODY_MAX_BYTES = 5_000_000
DEPTH_MAX = 64
NODES_MAX = 200_000
ATTRIBUTES_MAX = 256

Element = etree._Element  # pyright: ignore[reportPrivateUsage] lxml has no public name for it


def parse(body: bytes) -> Element | Unreadable:
    """The root element of `body`, or why it may not be read.

    Encodings: UTF-8, UTF-16 with a byte-order mark, ISO-8859-1, Windows-1252 and ASCII, as the
    file declares (XML 1.0 §4.3.3) and its bytes confirm. At most 5 MB, 64 levels, 200,000
    elements and attributes, and 256 attributes an element.
    """
    if len(body) > BODY_MAX_BYTES:
        return _refused(f"is larger than {BODY_MAX_BYTES:,} bytes", code=Unreadability.TOO_LARGE)
    text = _decoded(body)
    if isinstance(text, Unreadable):
        return text
    if _DOCTYPE.match(text):
        return _refused("has a DOCTYPE, which orders may not have")
    if text.count("<") > 2 * NODES_MAX:
        return _refused(f"has more than {NODES_MAX:,} nodes")
    try:
        root = etree.fromstring(text.encode(), _parser())
    except etree.XMLSyntaxError as error:
        line, column = error.position
        return _refused(_worded(error.msg or "", column), line=line)
    return _flooded(root, text) or root


def _parser() -> etree.XMLParser:
    """A parser of its own for each file, so that none remembers another's errors."""
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _worded(message: str, column: int) -> str:
    """What the parser says, without its own advice and without the place, which we tell."""
    if message.startswith("Excessive depth"):
        return f"is nested deeper than {DEPTH_MAX} levels"
    return f"is not well-formed: {_PLACE.sub('', message)} (column {column})"


_PLACE = re.compile(r", line \d+, column \d+$")
_DOCTYPE = re.compile(r"(?>\s+|<\?.*?\?>|<!--.*?-->)*+<!DOCTYPE", re.DOTALL)
_DECLARED = re.compile(rb"""<\?xml[^>]{0,100}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_CODECS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "ascii",
    "ascii": "ascii",
    "iso-8859-1": "iso-8859-1",
    "latin1": "iso-8859-1",
    "windows-1252": "windows-1252",
}
_ONE_BYTE = {"iso-8859-1", "windows-1252"}
_DEEP = etree.XPath(f"boolean({'/*' * (DEPTH_MAX + 1)})")
_NODES = etree.XPath("count(//*) + count(//@*)")
_CROWDED = etree.XPath(f"boolean(//*[count(@*) > {ATTRIBUTES_MAX}])")


def _decoded(body: bytes) -> str | Unreadable:
    marks = ((BOM_UTF8, "utf-8"), (BOM_UTF16_LE, "utf-16-le"), (BOM_UTF16_BE, "utf-16-be"))
    mark, codec = next(((m, c) for m, c in marks if body.startswith(m)), (b"", ""))
    found = _DECLARED.match(body[len(mark) :] if codec == "utf-8" else body)
    declared = found[1].decode().lower() if found else "utf-8"
    if declared not in _CODECS:
        return _refused(f"declares the encoding {declared}, which is not read")
    if codec == "utf-8" and _CODECS[declared] != "utf-8":
        return _refused(f"declares the encoding {declared} but begins with a UTF-8 mark")
    codec = codec or _CODECS[declared]
    if codec in _ONE_BYTE and _is_utf8(body):
        return _refused(f"declares the encoding {declared} but is written in UTF-8")
    try:
        return body[len(mark) :].decode(codec)
    except UnicodeDecodeError as error:
        return _refused(f"is not {codec} as it claims (byte {error.start + len(mark)})")


def _is_utf8(body: bytes) -> bool:
    """True of bytes beyond ASCII that are UTF-8: by chance, one-byte text almost never is."""
    if body.isascii():
        return False
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _flooded(root: Element, text: str) -> Unreadable | None:
    """Why the tree is refused; what the text cannot hold is not searched for in the tree."""
    if _DEEP(root):
        return _refused(f"is nested deeper than {DEPTH_MAX} levels")
    attributes_bound = text.count("=")
    nodes_bound = text.count("<") + text.count(">") + attributes_bound
    if nodes_bound > NODES_MAX and cast("float", _NODES(root)) > NODES_MAX:
        return _refused(f"has more than {NODES_MAX:,} nodes")
    if attributes_bound > ATTRIBUTES_MAX and _CROWDED(root):
        return _refused(f"has an element with more than {ATTRIBUTES_MAX} attributes")
    return None


def _refused(
    message: str, *, code: Unreadability = Unreadability.XML_INVALID, line: int | None = None
) -> Unreadable:
    return Unreadable(code, (Flaw("", message, line),))
