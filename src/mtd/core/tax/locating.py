"""Where elements stand in a text, to the byte: so that what was signed is what is checked."""

import re
from xml.parsers import expat

from lxml import etree

from mtd.core.tax.markup import Element

Span = tuple[int, int]


def spans(content: bytes, path: tuple[str, ...]) -> list[Span]:
    """Start and end, in bytes, of each element whose local names from the root are `path`.

    `content` is UTF-8 that a hardened parser has read already: this one finds, it does not judge.
    """
    found: list[Span] = []
    trail: list[str] = []
    starts: list[int] = []
    parser = expat.ParserCreate("utf-8")

    def begin(name: str, _attributes: object) -> None:
        trail.append(name.rpartition(":")[2])
        starts.append(parser.CurrentByteIndex)

    def end(_name: str) -> None:
        start = starts.pop()
        if len(trail) == len(path) and tuple(trail) == path:
            tag = _TAG.match(content, start)
            if tag is not None and tag[1]:
                found.append((start, tag.end()))
            else:
                found.append((start, content.index(b">", parser.CurrentByteIndex) + 1))
        trail.pop()

    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    try:
        parser.Parse(content, True)
    except expat.ExpatError:
        return []
    return found


def canonical(root: Element) -> bytes:
    """The whole document in canonical form without comments (C14N 1.0); empty if it has none."""
    try:
        return etree.tostring(root.getroottree(), method="c14n", with_comments=False)
    except (etree.LxmlError, ValueError):
        return b""


def apex(content: bytes, span: Span, inherited: dict[str | None, str]) -> bytes:
    """The canonical form of one element of a canonical document, by itself (C14N 1.0 §2.4).

    What its surroundings declare is in its scope, so it is declared on it: `inherited` by prefix.
    """
    element = content[slice(*span)]
    head = _HEAD.match(element)
    if head is None:
        return b""
    declared = {**_declarations(inherited), **dict(_DECLARED.findall(head[2]))}
    told = b"".join(b" xmlns%s=%s" % pair for pair in sorted(declared.items()) if pair[1] != b'""')
    return head[1] + told + _DECLARED.sub(b"", head[2]) + element[head.end() :]


_TAG = re.compile(rb"""<[^\s>/]+(?:\s+[^\s=]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*(/?)>""")
"""A start tag of well-formed XML; the group is the slash of one that is its own end."""

_HEAD = re.compile(rb"""(<[^\s>/]+)((?:\s[^\s=]+="[^"]*")*)(?=>)""")
_DECLARED = re.compile(rb' xmlns((?::[^\s=]+)?)=("[^"]*")')


def _declarations(inherited: dict[str | None, str]) -> dict[bytes, bytes]:
    return {
        b":" + prefix.encode() if prefix else b"": b'"' + uri.encode() + b'"'
        for prefix, uri in inherited.items()
    }
