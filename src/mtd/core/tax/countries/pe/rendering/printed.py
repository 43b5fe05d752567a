"""What a signed document says to its reader: read from its own bytes, nothing computed anew."""

from decimal import Decimal, InvalidOperation

from msgspec import Struct

from mtd.core.tax.countries.pe.catalogues import EXONERATED, FREE, IGV, UNAFFECTED
from mtd.core.tax.countries.pe.profile import PERU
from mtd.core.tax.countries.pe.xml import DS, PREFIXES
from mtd.core.tax.country import document_type
from mtd.core.tax.markup import Element, Unreadable, read

NAMESPACES = {**PREFIXES, "ds": DS}
ITEMS_MAX = 999
_PARTY = "cac:Party/cac:PartyLegalEntity/"
_SCHEMES = (
    (IGV.code, "Op. gravada"),
    (EXONERATED.code, "Op. exonerada"),
    (UNAFFECTED.code, "Op. inafecta"),
    (FREE.code, "Op. gratuita"),
)
_IDENTITIES = {"6": "RUC", "1": "DNI", "4": "C.E.", "7": "Pasaporte"}
_SYMBOLS = {"PEN": "S/", "USD": "US$"}


class Item(Struct, frozen=True):
    """One line as it is printed; amounts with tax."""

    name: str
    quantity: str
    unit: str
    price: str
    amount: str


class Printed(Struct, frozen=True, kw_only=True):
    """A document's words, in the order in which they are printed."""

    type_code: str
    title: str
    number: str
    ruc: str
    issuer: tuple[str, ...]
    """Name first, then address and contact."""
    facts: tuple[tuple[str, str], ...]
    items: tuple[Item, ...]
    totals: tuple[tuple[str, str], ...]
    """The amount to pay last."""
    words: str
    digest: str
    code: str
    """What the QR code says."""


def printed(content: bytes) -> Printed | Unreadable:
    """The words of a signed invoice, receipt or credit note."""
    found = read(content)
    if isinstance(found, Unreadable):
        return found
    root = found.root
    note = str(root.tag).endswith("}CreditNote")
    type_code = "07" if note else _text(root, "cbc:InvoiceTypeCode")
    known = document_type(PERU, type_code)
    if known is None or not _text(root, "cbc:ID"):
        return Unreadable("is no invoice, receipt or credit note of Peru")
    symbol = _SYMBOLS.get(_text(root, "cbc:DocumentCurrencyCode"), "")
    lines = root.findall("cac:CreditNoteLine" if note else "cac:InvoiceLine", NAMESPACES)
    return Printed(
        type_code=type_code,
        title=known.name,
        number=_text(root, "cbc:ID"),
        ruc=_text(root, "cac:AccountingSupplierParty/cac:Party/cac:PartyIdentification/cbc:ID"),
        issuer=tuple(filter(None, _issuer(root))),
        facts=tuple(_facts(root, note=note)),
        items=tuple(_item(line, symbol) for line in lines[:ITEMS_MAX]),
        totals=tuple(_totals(root, symbol)),
        words=f"SON: {_text(root, 'cbc:Note')}",
        digest=_text(root, ".//ds:DigestValue"),
        code=_code(root, type_code),
    )


def money(text: str, symbol: str = "") -> str:
    """`1,234.50`, as Peru writes it."""
    try:
        shown = f"{Decimal(text):,.2f}"
    except InvalidOperation:
        return text
    return f"{symbol} {shown}".lstrip()


def _issuer(root: Element) -> tuple[str, ...]:
    entity = f"cac:AccountingSupplierParty/{_PARTY}"
    address = f"{entity}cac:RegistrationAddress/"
    place = (
        _text(root, f"{address}cac:AddressLine/cbc:Line"),
        _text(root, f"{address}cbc:District"),
        _text(root, f"{address}cbc:CityName"),
    )
    contact = "cac:AccountingSupplierParty/cac:Party/cac:Contact/cbc:"
    return (
        _text(root, f"{entity}cbc:RegistrationName"),
        " - ".join(filter(None, place)),
        _text(root, f"{contact}Telephone"),
        _text(root, f"{contact}ElectronicMail"),
    )


def _facts(root: Element, *, note: bool) -> list[tuple[str, str]]:
    customer = "cac:AccountingCustomerParty/cac:Party/"
    identity = root.find(f"{customer}cac:PartyIdentification/cbc:ID", NAMESPACES)
    kind = "" if identity is None else identity.get("schemeID", "")
    shown = "" if identity is None or kind not in _IDENTITIES else identity.text or ""
    entity = f"cac:AccountingCustomerParty/{_PARTY}"
    facts = [
        ("Fecha de emisión", f"{_text(root, 'cbc:IssueDate')} {_text(root, 'cbc:IssueTime')}"),
        ("Señor(es)", _text(root, f"{entity}cbc:RegistrationName")),
        (_IDENTITIES.get(kind, "Documento"), shown),
        ("Dirección", _text(root, f"{entity}cac:RegistrationAddress/cac:AddressLine/cbc:Line")),
    ]
    if note:
        corrected = _text(root, "cac:DiscrepancyResponse/cbc:ReferenceID")
        facts.append(("Modifica a", corrected))
        facts.append(("Motivo", _text(root, "cac:DiscrepancyResponse/cbc:Description")))
    for terms in root.findall("cac:PaymentTerms", NAMESPACES):
        due = _text(terms, "cbc:PaymentDueDate")
        said = (_text(terms, "cbc:PaymentMeansID"), money(_text(terms, "cbc:Amount")), due)
        facts.append(("Forma de pago", " ".join(filter(None, said))))
    return [(label, text) for label, text in facts if text]


def _item(line: Element, symbol: str) -> Item:
    counted = next(
        (each for each in line if str(each.tag).endswith(("InvoicedQuantity", "CreditedQuantity"))),
        None,
    )
    gift = _text(line, ".//cac:TaxScheme/cbc:ID") == FREE.code
    value = _number(line, "cbc:LineExtensionAmount") + _number(line, "cac:TaxTotal/cbc:TaxAmount")
    price = _text(line, "cac:PricingReference/cac:AlternativeConditionPrice/cbc:PriceAmount")
    return Item(
        name=_text(line, "cac:Item/cbc:Description"),
        quantity="" if counted is None else counted.text or "",
        unit="" if counted is None else counted.get("unitCode", ""),
        price=money(price, symbol),
        amount=f"{money('0', symbol)} (gratuito)" if gift else money(str(value), symbol),
    )


def _totals(root: Element, symbol: str) -> list[tuple[str, str]]:
    bases: dict[str, str] = {}
    for each in root.findall("cac:TaxTotal/cac:TaxSubtotal", NAMESPACES):
        code = _text(each, "cac:TaxCategory/cac:TaxScheme/cbc:ID")
        bases[code] = _text(each, "cbc:TaxableAmount")
    told = [(label, money(bases[code], symbol)) for code, label in _SCHEMES if code in bases]
    tax = money(_text(root, "cac:TaxTotal/cbc:TaxAmount"), symbol)
    total = money(_text(root, "cac:LegalMonetaryTotal/cbc:PayableAmount"), symbol)
    return [*told, ("IGV", tax), ("Importe total", total)]


def _code(root: Element, type_code: str) -> str:
    """The QR code's text (R.S. 155-2017), read from the document; equal to the artifact's own."""
    customer = "cac:AccountingCustomerParty/cac:Party/cac:PartyIdentification/cbc:ID"
    identity = root.find(customer, NAMESPACES)
    series, _, number = _text(root, "cbc:ID").partition("-")
    return "|".join(
        (
            _text(root, "cac:AccountingSupplierParty/cac:Party/cac:PartyIdentification/cbc:ID"),
            *(type_code, series, number),
            _text(root, "cac:TaxTotal/cbc:TaxAmount"),
            _text(root, "cac:LegalMonetaryTotal/cbc:PayableAmount"),
            _text(root, "cbc:IssueDate"),
            "" if identity is None else identity.get("schemeID", ""),
            "" if identity is None else identity.text or "",
            _text(root, ".//ds:DigestValue"),
        )
    )


def _number(element: Element, path: str) -> Decimal:
    try:
        return Decimal(_text(element, path) or "0")
    except InvalidOperation:
        return Decimal(0)


def _text(element: Element, path: str) -> str:
    return (element.findtext(path, "", NAMESPACES) or "").strip()
