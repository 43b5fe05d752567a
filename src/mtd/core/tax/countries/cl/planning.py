"""The plan: from a request to a Chilean document with exact totals, or every fault at once."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from msgspec.structs import replace

from mtd.core.money import Currency
from mtd.core.tax.countries.cl.amounts import (
    DECIMALS_MAX,
    PricedLine,
    Sums,
    allowance_fault,
    amount_faults,
    gross_sums,
    line_faults,
    net_sums,
    priced,
    receipt_sums,
    sum_faults,
)
from mtd.core.tax.countries.cl.content import BOLETAS, ZONE, Draft, content
from mtd.core.tax.countries.cl.formats import format_faults
from mtd.core.tax.countries.cl.formats.fields import DAY_MAX, DAY_MIN
from mtd.core.tax.countries.cl.issuer import Issuer
from mtd.core.tax.countries.cl.parts import group, leaf
from mtd.core.tax.countries.cl.profile import CHILE
from mtd.core.tax.countries.cl.references import corrects_text, reference_faults
from mtd.core.tax.country import rate_on
from mtd.core.tax.issuing import (
    FAULTS_MAX,
    FiscalFault,
    FiscalPlan,
    FiscalTotals,
    Invalid,
    Part,
)
from mtd.core.tax.request import FiscalKind, FiscalRequest, RequestLine, TaxCategory

RULE_VERSION = "cl 2.2 + 2026-11"
"""Formato DTE v2.2 with the transport fields of November 2026."""

IDENTIFIED_ABOVE_UF = 135
"""A boleta above it names its buyer and how it was paid."""
SOME_DAY = datetime(DAY_MAX.year, 1, 1, 12, tzinfo=ZONE)
"""In place of a moment that is none, to tell of the other faults by the latest rules."""
UF_FLOOR = Decimal(35_000)
"""Pesos; the UF has been above since 2022 and only rises: below 135 of these nothing is asked."""

_TYPES = {
    FiscalKind.RECEIPT: ("39", "41"),
    FiscalKind.INVOICE: ("33", "34"),
    FiscalKind.DISPATCH: ("52", "52"),
    FiscalKind.CREDIT_NOTE: ("61", "61"),
    FiscalKind.DEBIT_NOTE: ("56", "56"),
}
"""The type when something is taxed, and when nothing is (Formato DTE v2.2, field b5)."""


def plan(request: FiscalRequest, issuer: Issuer, uf: Decimal | None = None) -> FiscalPlan | Invalid:
    """The document asked for, or all that keeps it from being one; nothing else decides it.

    `uf` is the day's UF in pesos. Faults name the SII's field and the line; no number is taken.
    """
    request = _in_two_categories(request)
    if faults := [*_request_faults(request)]:
        return Invalid((*faults, *_other_faults(_computable(request), issuer))[:FAULTS_MAX])
    day = request.occurred_at.astimezone(ZONE).date()
    rate = rate_on(CHILE, day)
    if rate is None:
        return Invalid((FiscalFault("IdDoc/FchEmis", f"{day} is before the first known rate"),))
    type_code = type_of(request)
    gross = type_code not in BOLETAS and any(_taxed_with_tax(line) for line in request.lines)
    lines = [priced(line, _price(line, type_code, rate)) for line in request.lines]
    sums = _sums(type_code, lines, request, rate, gross=gross)
    draft = Draft(type_code, request, issuer, day)
    stated_gross = gross and type_code != "52"
    parts = content(draft, lines, sums, gross=stated_gross, rate=rate)
    found = [*_document_faults(request, type_code, day, lines, sums, parts)]
    found += _identity_faults(request, type_code, sums, uf)
    if found:
        return Invalid(tuple(found[:FAULTS_MAX]))
    unknown_uf = uf is None and _may_need_identity(type_code, sums, UF_FLOOR)
    warned = (FiscalFault("Totales/MntTotal", "is not held against 135 UF: no UF was given"),)
    return FiscalPlan(
        country=CHILE.country,
        kind=request.kind,
        type_code=type_code,
        currency=request.currency,
        totals=_told(sums, rate),
        content=parts,
        rounding=sums.rounding,
        warnings=(*draft.warnings, *(warned if unknown_uf else ())),
        rule_version=RULE_VERSION,
    )


def type_of(request: FiscalRequest) -> str:
    """The type of document: an exempt one when no line is taxed."""
    taxed = any(line.category is TaxCategory.STANDARD for line in request.lines)
    return _TYPES[request.kind][0 if taxed else 1]


def numbered(parts: Sequence[Part], folio: int) -> tuple[Part, ...]:
    """The parts with their folio in its place."""
    header, *rest = parts
    document, *others = header.parts
    kind, *after = document.parts
    with_folio = group("IdDoc", (kind, leaf("Folio", folio), *after))
    return (group("Encabezado", (with_folio, *others)), *rest)


def _in_two_categories(request: FiscalRequest) -> FiscalRequest:
    """Chile knows one kind of untaxed amount: *no afecto o exento* (field 108)."""
    outside = TaxCategory.OUT_OF_SCOPE
    if all(each.category is not outside for each in (*request.lines, *request.allowances)):
        return request
    lines = (
        replace(line, category=TaxCategory.EXEMPT) if line.category is outside else line
        for line in request.lines
    )
    moves = (
        replace(move, category=TaxCategory.EXEMPT) if move.category is outside else move
        for move in request.allowances
    )
    return replace(request, lines=tuple(lines), allowances=tuple(moves))


def _request_faults(request: FiscalRequest) -> Iterator[FiscalFault]:
    """What must hold before anything can be computed."""
    if request.country != CHILE.country:
        yield FiscalFault("country", f"is {request.country}, where Chile is meant")
    if request.currency is not Currency.CLP:
        yield FiscalFault("currency", f"is {request.currency}, where CLP is meant")
    if wrong := _moment_fault(request.occurred_at):
        yield FiscalFault("IdDoc/FchEmis", wrong)
    departs = request.dispatch.transport.departs_at if request.dispatch else None
    if departs and (wrong := _moment_fault(departs)):
        yield FiscalFault("Transporte/FchSalida", wrong)
    for number, line in enumerate(request.lines, start=1):
        yield from line_faults(line, number)
    for number, allowance in enumerate(request.allowances, start=1):
        if wrong := allowance_fault(allowance):
            yield FiscalFault("DscRcgGlobal/ValorDR", wrong, number)
    yield from _price_faults(request)
    yield from reference_faults(request)


def _moment_fault(moment: datetime) -> str | None:
    """Why it is no moment that a date of the format can be of."""
    if moment.tzinfo is None:
        return "needs a moment with its offset"
    # A day on either side: what day it is in Chile is asked of moments that are in bounds alone.
    if not DAY_MIN.year <= moment.year <= DAY_MAX.year:
        return f"is {moment.date()}, not from {DAY_MIN} to {DAY_MAX}"
    return None


def _computable(request: FiscalRequest) -> FiscalRequest:
    """The request without the figures that are none, so that its other faults are told as well."""
    nothing = {"quantity": Decimal(1), "unit_price": Decimal(0), "allowances": ()}
    lines = (
        replace(line, **nothing) if any(line_faults(line, 1)) else line for line in request.lines
    )
    dispatch = request.dispatch
    if dispatch and (departs := dispatch.transport.departs_at) and _moment_fault(departs):
        transport = replace(dispatch.transport, departs_at=None)
        dispatch = replace(dispatch, transport=transport)
    wrong = _moment_fault(request.occurred_at)
    return replace(
        request,
        lines=tuple(lines),
        allowances=(),
        occurred_at=SOME_DAY if wrong else request.occurred_at,
        dispatch=dispatch,
    )


def _other_faults(request: FiscalRequest, issuer: Issuer) -> tuple[FiscalFault, ...]:
    """What the format says of a request that is refused anyway; its amounts mean nothing."""
    day = request.occurred_at.astimezone(ZONE).date()
    type_code = type_of(request)
    lines = [priced(line, line.unit_price) for line in request.lines]
    draft = Draft(type_code, request, issuer, day)
    parts = content(draft, lines, Sums(total=0), gross=False, rate=Decimal(0))
    return format_faults(type_code, day, numbered(parts, 1))


def _price_faults(request: FiscalRequest) -> Iterator[FiscalFault]:
    """Prices with and without tax do not mix, and a boleta's hold the tax."""
    taxed = [
        (number, line.price_includes_tax)
        for number, line in enumerate(request.lines, start=1)
        if line.category is TaxCategory.STANDARD and line.unit_price
    ]
    for number, includes_tax in taxed:
        if request.kind is FiscalKind.RECEIPT and not includes_tax:
            yield FiscalFault("Detalle/PrcItem", "must include the tax in a boleta", number)
        elif includes_tax != taxed[0][1]:
            message = "must include the tax if the first line's does, and only then"
            yield FiscalFault("Detalle/PrcItem", message, number)


def _taxed_with_tax(line: RequestLine) -> bool:
    return line.price_includes_tax and line.category is TaxCategory.STANDARD


def _price(line: RequestLine, type_code: str, rate: Decimal) -> Decimal:
    """The price as the document writes it: a guide has no MntBruto, so its prices lose the tax."""
    if type_code != "52" or not _taxed_with_tax(line):
        return line.unit_price
    net = line.unit_price * 100 / (100 + rate)
    return net.quantize(Decimal(1).scaleb(-DECIMALS_MAX), rounding=ROUND_HALF_UP)


def _sums(
    type_code: str,
    lines: Sequence[PricedLine],
    request: FiscalRequest,
    rate: Decimal,
    *,
    gross: bool,
) -> Sums:
    if type_code in BOLETAS:
        return receipt_sums(lines, request.allowances, rate)
    if gross and type_code != "52":
        return gross_sums(lines, request.allowances, rate)
    return net_sums(lines, request.allowances, rate)


def _document_faults(
    request: FiscalRequest,
    type_code: str,
    day: date,
    lines: Sequence[PricedLine],
    sums: Sums,
    parts: Sequence[Part],
) -> Iterator[FiscalFault]:
    for number, line in enumerate(lines, start=1):
        yield from amount_faults(line, number)
        if line.amount and corrects_text(request.references):
            yield FiscalFault("Detalle/MontoItem", "must be 0 where CodRef is 2", number)
    yield from sum_faults(sums)
    # Any folio will do: the format is the same for all of them.
    yield from format_faults(type_code, day, numbered(parts, 1))


def _identity_faults(
    request: FiscalRequest, type_code: str, sums: Sums, uf: Decimal | None
) -> Iterator[FiscalFault]:
    if uf is None or not _may_need_identity(type_code, sums, uf):
        return
    if request.buyer is None or not request.buyer.name:
        yield FiscalFault("Receptor/RUTRecep", f"above {IDENTIFIED_ABOVE_UF} UF names its buyer")
    if not request.payments:
        yield FiscalFault("payments", f"above {IDENTIFIED_ABOVE_UF} UF needs the means of payment")


def _may_need_identity(type_code: str, sums: Sums, uf: Decimal) -> bool:
    return type_code in BOLETAS and sums.total > IDENTIFIED_ABOVE_UF * uf


def _told(sums: Sums, rate: Decimal) -> FiscalTotals:
    return FiscalTotals(
        net=Decimal(sums.net),
        exempt=Decimal(sums.exempt),
        tax=Decimal(sums.tax),
        total=Decimal(sums.total),
        tax_rate=rate if sums.tax else Decimal(0),
    )
