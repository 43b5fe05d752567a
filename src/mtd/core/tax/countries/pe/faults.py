"""What keeps a request from being a Peruvian document, by UBL element and line.

The rules are the SUNAT's own (ValidaExprRegFactura, -Boleta, -NC 2.0.1; the number is the return
code) and the payment receipts regulation (Reglamento de Comprobantes de Pago, R.S. 007-99).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from mtd.core.money import exact
from mtd.core.tax.countries.pe.amounts import Sums
from mtd.core.tax.countries.pe.catalogues import (
    GIVEN,
    GUIDES,
    INVOICE,
    NOTE_REASONS,
    RECEIPT,
    RUC,
)
from mtd.core.tax.countries.pe.content import credit_of
from mtd.core.tax.countries.pe.identity import identity
from mtd.core.tax.countries.pe.issuer import Issuer, Series
from mtd.core.tax.countries.pe.parts import clean
from mtd.core.tax.countries.pe.profile import PERU
from mtd.core.tax.countries.pe.ruc import plain_ruc
from mtd.core.tax.issuing import FiscalFault
from mtd.core.tax.request import (
    Allowance,
    Direction,
    FiscalKind,
    FiscalRequest,
    Reference,
    RequestLine,
    TaxCategory,
)

YEAR_MIN, YEAR_MAX = 2000, 2100
LINES_MAX = 999
"""A line's number has three figures (rules 2023 and 2137)."""
FIGURES_MAX = 12
DECIMALS_MAX = 10
"""Quantities and unit prices (rules 2025, 2139, 2369)."""
PERCENT_MAX = {Direction.DISCOUNT: Decimal(100), Direction.SURCHARGE: Decimal(999)}
IDENTIFIED_ABOVE = Decimal(700)
"""Soles: a receipt above it names its buyer (R.S. 007-99, art. 8 no. 3.10)."""
NAME_MIN = 3
"""Characters of a buyer's name (rule 2022)."""
REASON_MIN, REASON_MAX = 2, 500
"""Characters of a note's reason (rule 2135)."""

_SERIES = {
    "invoice": re.compile("F[A-Z0-9]{3}"),
    "receipt": re.compile("B[A-Z0-9]{3}"),
    "invoice_credit": re.compile("F[A-Z0-9]{3}"),
    "receipt_credit": re.compile("B[A-Z0-9]{3}"),
}
"""Rule 1001."""
_CORRECTED = {
    INVOICE: re.compile("(F[A-Z0-9]{3}|E001)-[0-9]{1,8}"),
    RECEIPT: re.compile("(B[A-Z0-9]{3}|EB01)-[0-9]{1,8}"),
}
"""Rule 2117: series and number of what a note corrects."""
_UNIT = re.compile("[A-Z0-9]{2,3}")
_SUPPLIER = "AccountingSupplierParty"
_CUSTOMER = "AccountingCustomerParty"


def issuer_faults(issuer: Issuer) -> Iterator[FiscalFault]:
    """What is wrong with the settings of the issuer."""
    if plain_ruc(issuer.ruc) is None:
        yield FiscalFault(f"{_SUPPLIER}/PartyIdentification/ID", f"{issuer.ruc} is no RUC")
    if not clean(issuer.name):
        yield FiscalFault(f"{_SUPPLIER}/RegistrationName", "is missing")
    for name, text, figures in (
        ("RegistrationAddress/ID", issuer.ubigeo, 6),
        ("RegistrationAddress/AddressTypeCode", issuer.establishment, 4),
    ):
        if not re.fullmatch(f"[0-9]{{{figures}}}", text):
            yield FiscalFault(f"{_SUPPLIER}/{name}", f"{text!r} is not {figures} figures")
    yield from series_faults(issuer.series)
    if issuer.free_of_charge not in GIVEN:
        message = f"{issuer.free_of_charge} is none of {', '.join(GIVEN)}, which are gifts"
        yield FiscalFault("InvoiceLine/TaxExemptionReasonCode", message)


def series_faults(of: Series) -> Iterator[FiscalFault]:
    """What is wrong with the names of series."""
    for name, form in _SERIES.items():
        if not form.fullmatch(series := getattr(of, name)):
            yield FiscalFault("ID", f"series {name} is {series!r}, not {form.pattern}")


def request_faults(
    request: FiscalRequest, types: Mapping[FiscalKind, str]
) -> Iterator[FiscalFault]:
    """What must hold before anything can be computed."""
    if request.country != PERU.country or request.currency is not PERU.currency:
        found = f"{request.country} in {request.currency}"
        yield FiscalFault("", f"is of {found}, where Peru in {PERU.currency} is meant")
    if request.occurred_at.tzinfo is None:
        yield FiscalFault("IssueDate", "needs a moment with its offset")
    elif not YEAR_MIN <= request.occurred_at.year <= YEAR_MAX:
        yield FiscalFault("IssueDate", f"is {request.occurred_at.date()}, of no year of documents")
    if request.kind not in types:
        yield FiscalFault("", f"a {request.kind} is not issued in Peru")
    if not request.lines:
        yield FiscalFault("InvoiceLine", "a document has at least one line")
    if len(request.lines) > LINES_MAX:
        yield FiscalFault("InvoiceLine", f"{len(request.lines)} lines, more than {LINES_MAX}")
    for number, line in enumerate(request.lines[:LINES_MAX], start=1):
        yield from _line_faults(line, number)
    for number, allowance in enumerate(request.allowances, start=1):
        if wrong := _allowance_fault(allowance, request):
            yield FiscalFault("AllowanceCharge/Amount", wrong, number)
    yield from _price_faults(request)
    for number, payment in enumerate(request.payments, start=1):
        payable = exact(payment.amount, PERU.currency)
        if payable is None or payable < 0:
            wrong = f"is {payment.amount}, not an amount in cents"
            yield FiscalFault("PaymentTerms/Amount", wrong, number)
    yield from _buyer_faults(request)
    yield from _reference_faults(request)


def document_faults(
    request: FiscalRequest, day: date, paid: Sequence[Decimal], totals: Sums
) -> Iterator[FiscalFault]:
    """What only the computed amounts can tell."""
    for number, amount in enumerate(paid, start=1):
        if amount < 0:
            message = f"discounts {-amount} more than the line comes to"
            yield FiscalFault("InvoiceLine/AllowanceCharge/Amount", message, number)
    if exact(totals.total, request.currency) is None or totals.total >= 10**FIGURES_MAX:
        yield FiscalFault("LegalMonetaryTotal/PayableAmount", f"is {totals.total}: too much")
    named = request.buyer is not None
    if request.kind is FiscalKind.RECEIPT and not named and totals.total > IDENTIFIED_ABOVE:
        message = f"a receipt above S/ {IDENTIFIED_ABOVE} names its buyer"
        yield FiscalFault(f"{_CUSTOMER}/PartyIdentification/ID", message)
    credit = sum((each.amount for each in credit_of(request.payments, day)), Decimal(0))
    if credit > totals.total:
        message = f"instalments of {credit} for a document of {totals.total} (rule 3265)"
        yield FiscalFault("PaymentTerms/Amount", message)


def _line_faults(line: RequestLine, number: int) -> Iterator[FiscalFault]:
    if not clean(line.description):
        yield FiscalFault("InvoiceLine/Item/Description", "is missing", number)
    if line.unit and not _UNIT.fullmatch(line.unit):
        message = f"{line.unit!r} is no unit of UN/ECE recommendation 20, such as NIU or KGM"
        yield FiscalFault("InvoiceLine/InvoicedQuantity/@unitCode", message, number)
    if wrong := _figure_fault(line.quantity):
        yield FiscalFault("InvoiceLine/InvoicedQuantity", wrong, number)
    if line.unit_price.is_finite() and line.unit_price == 0:
        message = "is 0: a gift tells its value, and a discount of 100 % on it"
        yield FiscalFault("InvoiceLine/Price/PriceAmount", message, number)
    elif wrong := _figure_fault(line.unit_price):
        yield FiscalFault("InvoiceLine/Price/PriceAmount", wrong, number)
    for allowance in line.allowances:
        if wrong := _allowance_problem(allowance):
            yield FiscalFault("InvoiceLine/AllowanceCharge/Amount", wrong, number)


def _figure_fault(figure: Decimal) -> str | None:
    if not figure.is_finite() or figure <= 0:
        return f"is {figure}, not above 0"
    if figure >= 10**FIGURES_MAX:
        return f"is {figure}, of more than {FIGURES_MAX} figures"
    # What is too small for its context is nothing once it is normalized: looked at before.
    exponent = figure.normalize().as_tuple().exponent
    fine = figure.adjusted() < -DECIMALS_MAX or -int(exponent) > DECIMALS_MAX
    return f"is {figure}, finer than {DECIMALS_MAX} decimals" if fine else None


def _allowance_problem(allowance: Allowance) -> str | None:
    percent, amount = allowance.percent, allowance.amount
    if (percent is None) == (amount is None):
        return "needs either a percentage or an amount"
    if amount is not None:
        payable = exact(amount, PERU.currency)
        return None if payable and payable > 0 else f"is {amount}, not a positive amount in cents"
    most = PERCENT_MAX[allowance.direction]
    if percent is None or not percent.is_finite() or not 0 < percent <= most:
        return f"is {percent} %, not above 0 and up to {most} %"
    return f"is {percent} %, next to nothing" if percent.adjusted() < -DECIMALS_MAX else None


def _allowance_fault(allowance: Allowance, request: FiscalRequest) -> str | None:
    if wrong := _allowance_problem(allowance):
        return wrong
    if all(line.category is not allowance.category for line in request.lines):
        return f"is of {allowance.category} lines, of which there are none"
    return None


def _price_faults(request: FiscalRequest) -> Iterator[FiscalFault]:
    """Prices with and without tax do not mix."""
    taxed = [
        (number, line.price_includes_tax)
        for number, line in enumerate(request.lines, start=1)
        if line.category is TaxCategory.STANDARD
    ]
    for number, includes_tax in taxed:
        if includes_tax != taxed[0][1]:
            message = "must include the tax if the first line's does, and only then"
            yield FiscalFault("InvoiceLine/Price/PriceAmount", message, number)


def _buyer_faults(request: FiscalRequest) -> Iterator[FiscalFault]:
    buyer = request.buyer
    if buyer is None:
        if request.kind is FiscalKind.INVOICE:
            yield FiscalFault(f"{_CUSTOMER}/PartyIdentification/ID", "an invoice names its buyer")
        return
    known = identity(buyer)
    if isinstance(known, str):
        yield FiscalFault(f"{_CUSTOMER}/PartyIdentification/ID", f"{buyer.tax_id!r} {known}")
    elif request.kind is FiscalKind.INVOICE and known.kind != RUC:
        yield FiscalFault(f"{_CUSTOMER}/PartyIdentification/ID", "an invoice needs a RUC")
    if len(clean(buyer.name)) < NAME_MIN:
        message = f"needs at least {NAME_MIN} characters"
        yield FiscalFault(f"{_CUSTOMER}/RegistrationName", message)


def _reference_faults(request: FiscalRequest) -> Iterator[FiscalFault]:
    note = request.kind is FiscalKind.CREDIT_NOTE
    corrections = [given for given in request.references if given.correction is not None]
    if note and len(corrections) != 1:
        message = f"a credit note corrects one document, not {len(corrections)}"
        yield FiscalFault("BillingReference", message)
    for number, given in enumerate(request.references, start=1):
        if given.correction is None:
            if given.type_code not in GUIDES:
                message = f"type {given.type_code} is no guide ({' or '.join(GUIDES)})"
                yield FiscalFault("DespatchDocumentReference", message, number)
        elif not note:
            yield FiscalFault("BillingReference", "only a note corrects a document", number)
        else:
            yield from _correction_faults(given, number)


def _correction_faults(given: Reference, number: int) -> Iterator[FiscalFault]:
    if given.correction not in NOTE_REASONS:
        message = "a note that only corrects words is not issued in Peru: annul and issue anew"
        yield FiscalFault("DiscrepancyResponse/ResponseCode", message, number)
    form = _CORRECTED.get(given.type_code)
    if form is None:
        message = f"type {given.type_code} is neither an invoice (01) nor a receipt (03)"
        yield FiscalFault("BillingReference/DocumentTypeCode", message, number)
    elif not form.fullmatch(given.number):
        message = f"{given.number!r} is not series and number, {form.pattern}"
        yield FiscalFault("BillingReference/ID", message, number)
    if not REASON_MIN <= len(clean(given.reason)) <= REASON_MAX:
        message = f"needs {REASON_MIN} to {REASON_MAX} characters"
        yield FiscalFault("DiscrepancyResponse/Description", message, number)
