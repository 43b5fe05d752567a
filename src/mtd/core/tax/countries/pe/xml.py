"""The canonical writer: UBL text that equals its own canonical form (C14N 1.0)."""

from collections.abc import Iterable

from mtd.core.tax.issuing import Part

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
DS = "http://www.w3.org/2000/09/xmldsig#"
PREFIXES = {
    "cac": f"{_UBL}CommonAggregateComponents-2",
    "cbc": f"{_UBL}CommonBasicComponents-2",
    "ds": DS,
    "ext": f"{_UBL}CommonExtensionComponents-2",
}
"""In the order of canonical XML (C14N 1.0 §2.3: by prefix)."""

ROOTS = {"01": "Invoice", "03": "Invoice", "07": "CreditNote"}
"""The document element of each type."""


def scope(root: str) -> str:
    """The namespace declarations of the document element, as canonical XML writes them."""
    others = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in PREFIXES.items())
    return f' xmlns="{_UBL}{root}-2"{others}'


def escaped(text: str) -> str:
    """Character data as canonical XML writes it."""
    if "&" in text or "<" in text or ">" in text:
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text


def written(part: Part) -> str:
    """The part on one line; texts have no line ends and attributes no quotation marks."""
    told = "".join(f' {name}="{escaped(value)}"' for name, value in part.attributes)
    inner = "".join(map(written, part.parts)) if part.parts else escaped(part.text)
    return f"<{part.name}{told}>{inner}</{part.name}>"


def document(root: str, parts: Iterable[Part], signature: str) -> str:
    """The document element, with its signature in the extension that the SUNAT wants it in."""
    inner = "".join(map(written, parts))
    return (
        f"<{root}{scope(root)}><ext:UBLExtensions><ext:UBLExtension><ext:ExtensionContent>"
        f"{signature}</ext:ExtensionContent></ext:UBLExtension></ext:UBLExtensions>"
        f"{inner}</{root}>"
    )
