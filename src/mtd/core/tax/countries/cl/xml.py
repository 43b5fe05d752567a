"""The canonical writer: text that equals libxml2's canonical form of itself (C14N 1.0)."""

from base64 import b64encode
from collections.abc import Iterable

from mtd.core.tax.issuing import Part

SII = "http://www.sii.cl/SiiDte"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
DECLARATION = '<?xml version="1.0" encoding="ISO-8859-1"?>\n'

ENCODING = "iso-8859-1"
"""Of the files and of what a stamp signs; what XMLDSig digests is UTF-8 (C14N 1.0 §2.1)."""


def escaped(text: str) -> str:
    """Character data as canonical XML writes it (C14N 1.0 §2.3)."""
    if "&" in text or "<" in text or ">" in text or "\r" in text:
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return text.replace("\r", "&#xD;")
    return text


def unquoted(text: str) -> str:
    """Our own text in canonical form: only a CAF's element spells quotation marks as entities.

    An ampersand that stands for itself is `&amp;`, so nothing else can look like these two.
    """
    return text.replace("&apos;", "'").replace("&quot;", '"')


def written(part: Part) -> str:
    """The part on one line, with no space that is not content."""
    name = part.name
    inner = "".join(map(written, part.parts)) if part.parts else escaped(part.text)
    return f"<{name}>{inner}</{name}>"


def document_lines(parts: Iterable[Part]) -> str:
    """A document's parts, one a line and the header's too: some readers bound their lines."""
    return "\n".join(
        f"<Encabezado>\n{document_lines(part.parts)}\n</Encabezado>"
        if part.name == "Encabezado"
        else written(part)
        for part in parts
    )


def base64(content: bytes) -> str:
    """Bytes as they stand in a tax document."""
    return b64encode(content).decode()


def base64_lines(content: bytes) -> str:
    """Bytes in lines of 76 figures (RFC 2045 §6.8): some readers bound their lines."""
    text = base64(content)
    return "\n".join(text[at : at + 76] for at in range(0, len(text), 76))
