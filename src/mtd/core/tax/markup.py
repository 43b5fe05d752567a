"""XML of strangers: bytes become elements without DOCTYPE, entities, network or floods."""

import re
from codecs import BOM_UTF8

from lxml import etree
from msgspec import Struct

BYTES_MAX = 32 * 1024 * 1024
"""An envelope of 2,000 documents of 10 kB, and half as much again."""
MARKS_MAX = 2_000_000
"""Tags and attributes: some 300 bytes of memory each."""

Element = etree._Element  # pyright: ignore[reportPrivateUsage] lxml has no public name for it


class Unreadable(Struct, frozen=True):
    """Why bytes are no XML that may be read."""

    reason: str


class Read(Struct, frozen=True):
    """The file as it was written, in UTF-8 and without declaration, and its root."""

    source: bytes
    root: Element
    encoding: str
    """What it was in, as its declaration says: in small letters; UTF-8 where it says nothing."""


def read(content: bytes) -> Read | Unreadable:
    """The root of `content`, in the encodings that tax documents are written in.

    ISO-8859-1, UTF-8, ASCII and Windows-1252, as declared (XML 1.0 §4.3.3); a DOCTYPE, however it
    is spelt, is refused before any parser sees it, and so is what would fill the memory.
    """
    if len(content) > BYTES_MAX:
        return Unreadable(f"is larger than {BYTES_MAX:,} bytes")
    decoded = _decoded(content)
    if isinstance(decoded, Unreadable):
        return decoded
    text = _DECLARATION.sub("", decoded[0], count=1)
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        return Unreadable("has a DOCTYPE, which a tax document may not have")
    if max(text.count("<"), text.count("=")) > MARKS_MAX:
        return Unreadable(f"has more than {MARKS_MAX:,} tags or attributes")
    try:
        source = text.encode()
        root = etree.fromstring(source, _parser())
    except etree.XMLSyntaxError as error:
        line, column = error.position
        return Unreadable(f"is not well-formed: {error.msg} (line {line}, column {column})")
    except ValueError as error:
        return Unreadable(f"is not XML: {error}")
    return Read(source, root, decoded[1])


def _parser() -> etree.XMLParser:
    """A parser of its own for each file; comments stay, for they are no part of what was signed."""
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=False,
        remove_pis=False,
    )


_DECLARATION = re.compile(r"\A<\?xml\s[^>]{0,200}\?>")
_ENCODING = re.compile(rb"""<\?xml[^>]{0,100}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_CODECS = {
    "iso-8859-1": "iso-8859-1",
    "latin1": "iso-8859-1",
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "ascii",
    "ascii": "ascii",
    "windows-1252": "windows-1252",
}


def _decoded(content: bytes) -> tuple[str, str] | Unreadable:
    """The text, and what it was in."""
    marked = content.startswith(BOM_UTF8)
    body = content.removeprefix(BOM_UTF8)
    found = _ENCODING.match(body)
    declared = found[1].decode().lower() if found else "utf-8"
    codec = _CODECS.get(declared)
    if codec is None:
        return Unreadable(f"declares the encoding {declared}, which tax documents are not in")
    if marked and codec != "utf-8":
        return Unreadable(f"declares the encoding {declared} but begins with a UTF-8 mark")
    try:
        return body.decode(codec), codec
    except UnicodeDecodeError as error:
        return Unreadable(f"is not {declared} as it claims (byte {error.start})")
