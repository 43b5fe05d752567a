"""Whether a document may be registered: name, signature, parties, dates, references, sums."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from lxml import etree

from mtd.simulators.clock import now_s
from mtd.simulators.sunat.filed import NAMESPACES, Filed, Kept, Node, Refusal, amount, local, text
from mtd.simulators.sunat.signing import signature_fault
from mtd.simulators.sunat.summing import line_faults, total_faults

ZONE = ZoneInfo("America/Lima")
NAME = re.compile(r"([0-9]{11})-(01|03|07)-([FB][A-Z0-9]{3})-([0-9]{1,8})")
_ROOTS = {"01": "Invoice", "03": "Invoice", "07": "CreditNote"}
_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


class Storage:
    """All that is registered, and what a new document is held against."""

    def __init__(self, *, certificates: frozenset[str], days_max: int) -> None:
        self.certificates = certificates
        self.days_max = days_max
        self.held: dict[str, Kept] = {}

    def keep(self, filed: Filed, reasons: tuple[str, ...], notes: tuple[str, ...]) -> Kept:
        """Register it, whatever became of it."""
        kept = Kept(
            name=filed.name,
            ruc=filed.ruc,
            identifier=f"{filed.series}-{filed.number}",
            buyer=text(filed.root, "cac:AccountingCustomerParty//cac:PartyIdentification/cbc:ID"),
            total=amount(filed.root, "cac:LegalMonetaryTotal/cbc:PayableAmount") or Decimal(0),
            reasons=reasons,
            notes=notes,
            at=now_s(),
        )
        self.held[filed.name] = kept
        return kept


def filed_of(content: bytes, name: str) -> Filed:
    """The document under its file's name, which must be its own; raises Refusal."""
    named = NAME.fullmatch(name)
    if named is None:
        raise Refusal("0151", name)
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise Refusal("0306", "DOCTYPE")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise Refusal("0306", str(error)) from error
    ruc, kind, series, number = named.groups()
    filed = Filed(name, ruc, kind, series, number, root)
    for code, wrong in _naming(filed):
        if wrong:
            raise Refusal(code, name)
    altered = signature_fault(root, frozenset())
    if altered is not None:
        raise Refusal(altered)
    return filed


def check(filed: Filed, storage: Storage) -> tuple[str, ...]:
    """The codes that reject it; raises Refusal for what is not even registered."""
    if storage.certificates:
        stranger = signature_fault(filed.root, storage.certificates)
        if stranger is not None:
            raise Refusal(stranger)
    found = (
        *_versions(filed.root),
        *_parties(filed),
        *_dates(filed.root, storage.days_max),
        *_references(filed, storage),
        *line_faults(filed),
        *total_faults(filed),
    )
    return tuple(dict.fromkeys(found))


def is_ruc(text: str) -> bool:
    """Whether the last of eleven figures checks the others (modulo 11)."""
    if not re.fullmatch("(1[0567]|20)[0-9]{9}", text):
        return False
    weighted = sum(int(digit) * weight for digit, weight in zip(text, _WEIGHTS, strict=False))
    return int(text[-1]) == (11 - weighted % 11) % 10


def _naming(filed: Filed) -> Iterator[tuple[str, bool]]:
    root = filed.root
    series, _, number = text(root, "cbc:ID").partition("-")
    supplier = "cac:AccountingSupplierParty/cac:Party/cac:PartyIdentification/cbc:ID"
    kind = "07" if filed.kind == "07" else text(root, "cbc:InvoiceTypeCode")
    yield "0300", local(root) != _ROOTS[filed.kind]
    yield "1034", text(root, supplier) != filed.ruc
    yield "0003", not is_ruc(filed.ruc)
    yield "1035", series != filed.series
    yield "1036", number != filed.number
    yield "1003", kind != filed.kind
    fitting = {"01": "F", "03": "B", "07": "FB"}[filed.kind]
    yield "1001", filed.series[0] not in fitting or not int(filed.number)


def _versions(root: Node) -> Iterator[str]:
    if text(root, "cbc:UBLVersionID") != "2.1":
        yield "2074"
    if text(root, "cbc:CustomizationID") != "2.0":
        yield "2072"


def _parties(filed: Filed) -> Iterator[str]:
    customer = "cac:AccountingCustomerParty/cac:Party/"
    identity = filed.root.find(f"{customer}cac:PartyIdentification/cbc:ID", NAMESPACES)
    if identity is None or not identity.text:
        yield "2014"
        return
    kind = identity.get("schemeID", "")
    if filed.kind == "01" and kind != "6":
        yield "2800"
    if kind == "6" and not is_ruc(identity.text):
        yield "2017"
    if len(text(filed.root, f"{customer}cac:PartyLegalEntity/cbc:RegistrationName")) < 3:
        yield "2022"
    terms = filed.root.findall("cac:PaymentTerms", NAMESPACES)
    if filed.kind == "01" and all(text(each, "cbc:ID") != "FormaPago" for each in terms):
        yield "3244"


def _dates(root: Node, days_max: int) -> Iterator[str]:
    today = datetime.fromtimestamp(now_s(), UTC).astimezone(ZONE).date()
    try:
        issued = date.fromisoformat(text(root, "cbc:IssueDate"))
    except ValueError:
        yield "2329"
        return
    if issued > today + timedelta(days=2):
        yield "2329"
    if issued < today - timedelta(days=days_max):
        yield "2108"


def _references(filed: Filed, storage: Storage) -> Iterator[str]:
    if filed.kind != "07":
        return
    place = "cac:BillingReference/cac:InvoiceDocumentReference/"
    kind = text(filed.root, f"{place}cbc:DocumentTypeCode")
    corrected = f"{filed.ruc}-{kind}-{text(filed.root, f'{place}cbc:ID')}"
    held = storage.held.get(corrected)
    if held is None:
        yield "2119"
    elif not held.accepted:
        yield "2121"
