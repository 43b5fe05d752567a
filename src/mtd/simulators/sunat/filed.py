"""A document that arrived and one that is registered, and how their elements are read."""

from decimal import Decimal, InvalidOperation

import msgspec

from mtd.simulators.sunat.signing import Node

NAMESPACES = {
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
}


class Refusal(Exception):
    """An exception of the service: nothing is registered."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


class Filed(msgspec.Struct, frozen=True):
    """A document that arrived."""

    name: str
    ruc: str
    kind: str
    series: str
    number: str
    root: Node


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A document that is registered, accepted or rejected."""

    name: str
    ruc: str
    identifier: str
    buyer: str
    total: Decimal
    reasons: tuple[str, ...]
    """Codes that rejected it; none when it is accepted."""
    notes: tuple[str, ...]
    at: float

    @property
    def accepted(self) -> bool:
        """Whether it stands."""
        return not self.reasons


def lines_of(filed: Filed) -> list[Node]:
    """Its lines."""
    name = "CreditNoteLine" if filed.kind == "07" else "InvoiceLine"
    return filed.root.findall(f"cac:{name}", NAMESPACES)


def counted(filed: Filed) -> str:
    """What its lines call their quantity."""
    return "CreditedQuantity" if filed.kind == "07" else "InvoicedQuantity"


def text(element: Node, path: str) -> str:
    """The first text at a path; empty when there is none."""
    return (element.findtext(path, "", NAMESPACES) or "").strip()


def amount(element: Node, path: str) -> Decimal | None:
    """The number at a path; None when there is none."""
    try:
        found = Decimal(text(element, path))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def local(element: Node) -> str:
    """The element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]
