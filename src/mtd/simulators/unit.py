"""The pipe-separated text of one tax document, as the simulated issuer reads it."""

from decimal import Decimal, InvalidOperation

import msgspec

_FIELDS = {
    "FH": "kind folio issued_on issuer_rut buyer_rut buyer_name business_line address commune city"
    " net exempt tax total",
    "FHTP": "method amount",
    "DH": "line_no sku description quantity unit_price discount is_exempt amount",
    "RE": "line_no kind folio issued_on code reason",
    "PE": "name value",
}
FIELDS = {mark: names.split() for mark, names in _FIELDS.items()}
"""What stands between the pipes of a line, by the mark that it begins with."""
RECEIPTS = frozenset({39, 41})
INVOICES = frozenset({33, 34})
GUIDE = 52
CREDIT_NOTE = 61
KINDS = RECEIPTS | INVOICES | {GUIDE, CREDIT_NOTE}
LINES_MAX = 2_000
ANONYMOUS_RUT = "66666666-6"
"""The buyer of a receipt that names none (SII, Formato Boletas)."""


class BadUnit(Exception):
    """A unit that cannot become a document; `code` is the issuer's."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


SCHEMA = 2
BUYER = 5


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """A document to be issued."""

    kind: int
    folio: int | None
    issued_on: str
    issuer_rut: str
    buyer_rut: str
    buyer_name: str
    business_line: str
    address: str
    commune: str
    net: Decimal
    exempt: Decimal
    tax: Decimal
    total: Decimal
    lines: list[dict[str, str]]
    references: list[dict[str, str]]
    order: str


def read_unit(text: str) -> Unit:
    """The document in `text`; raises BadUnit with SCHEMA or BUYER and the field's name."""
    rows = _rows(text)
    headers = rows["FH"]
    if len(headers) != 1:
        raise BadUnit(SCHEMA, f"FH: {len(headers)} headers instead of one")
    head = headers[0]
    personal = {row["name"]: row["value"] for row in rows["PE"]}
    unit = Unit(
        kind=_whole("FH.kind", head["kind"]),
        folio=_whole("FH.folio", head["folio"]) if head["folio"] else None,
        issued_on=head["issued_on"],
        issuer_rut=head["issuer_rut"],
        buyer_rut=head["buyer_rut"],
        buyer_name=head["buyer_name"],
        business_line=head["business_line"],
        address=head["address"],
        commune=head["commune"],
        net=_amount("FH.net", head["net"]),
        exempt=_amount("FH.exempt", head["exempt"]),
        tax=_amount("FH.tax", head["tax"]),
        total=_amount("FH.total", head["total"]),
        lines=rows["DH"],
        references=rows["RE"],
        order=personal.get("ORDEN", ""),
    )
    _check(unit, head)
    return unit


def check_digit(number: int) -> str:
    """The last place of a RUT: weights 2 to 7 from the right, modulo 11."""
    weighted = sum(
        int(digit) * (2 + place % 6) for place, digit in enumerate(reversed(str(number)))
    )
    return {10: "K", 11: "0"}.get(11 - weighted % 11, str(11 - weighted % 11))


def is_rut(text: str) -> bool:
    """Whether `text` is `12345678-5` with its right check digit."""
    number, _, digit = text.partition("-")
    return number.isdecimal() and len(number) <= 9 and check_digit(int(number)) == digit.upper()


def _rows(text: str) -> dict[str, list[dict[str, str]]]:
    rows: dict[str, list[dict[str, str]]] = {kind: [] for kind in FIELDS}
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > LINES_MAX:
        raise BadUnit(SCHEMA, f"more than {LINES_MAX} lines")
    for n, line in enumerate(lines, 1):
        kind, *values = line.split("|")
        names = FIELDS.get(kind)
        if names is None or len(values) != len(names):
            raise BadUnit(SCHEMA, f"line {n}: {kind[:10]} with {len(values)} fields")
        rows[kind].append(dict(zip(names, (value.strip() for value in values), strict=True)))
    return rows


def _check(unit: Unit, head: dict[str, str]) -> None:
    if unit.kind not in KINDS:
        raise BadUnit(SCHEMA, f"FH.kind: {unit.kind} is not issued here")
    if not unit.lines:
        raise BadUnit(SCHEMA, "DH: no line")
    if unit.net + unit.exempt + unit.tax != unit.total:
        raise BadUnit(SCHEMA, "FH.total: is not net + exempt + tax")
    if unit.total <= 0 and unit.kind != GUIDE:
        raise BadUnit(SCHEMA, "FH.total: must be more than zero")
    if unit.kind == CREDIT_NOTE and not unit.references:
        raise BadUnit(SCHEMA, "RE: a credit note needs the document that it corrects")
    if unit.kind in RECEIPTS and not unit.buyer_rut:
        return
    if not is_rut(unit.buyer_rut):
        raise BadUnit(BUYER, "FH.buyer_rut: not a RUT")
    if unit.kind in INVOICES:
        for name in ("buyer_name", "business_line", "address", "commune"):
            if not head[name]:
                raise BadUnit(BUYER, f"FH.{name}: an invoice needs it")


def _whole(name: str, text: str) -> int:
    if not text.isdecimal() or len(text) > 10:
        raise BadUnit(SCHEMA, f"{name}: not a whole number")
    return int(text)


def _amount(name: str, text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise BadUnit(SCHEMA, f"{name}: not a number") from None
    if not amount.is_finite() or amount < 0:
        raise BadUnit(SCHEMA, f"{name}: not an amount")
    return amount
