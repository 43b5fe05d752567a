"""The plan: from a request to a Peruvian document with exact totals, or every fault at once."""

from decimal import Decimal
from zoneinfo import ZoneInfo

from mtd.core.tax.countries.pe.amounts import Sums, base_of, paid_of_lines, sums
from mtd.core.tax.countries.pe.catalogues import (
    CREDIT_NOTE,
    EXONERATED,
    GIVEN,
    INVOICE,
    RECEIPT,
    UNAFFECTED,
)
from mtd.core.tax.countries.pe.content import content
from mtd.core.tax.countries.pe.draft import Draft
from mtd.core.tax.countries.pe.faults import document_faults, issuer_faults, request_faults
from mtd.core.tax.countries.pe.issuer import Issuer
from mtd.core.tax.countries.pe.parts import found, value
from mtd.core.tax.countries.pe.profile import PERU
from mtd.core.tax.country import rate_on
from mtd.core.tax.issuing import (
    FAULTS_MAX,
    FiscalFault,
    FiscalPlan,
    FiscalTotals,
    Invalid,
)
from mtd.core.tax.request import FiscalKind, FiscalRequest

ZONE = ZoneInfo(PERU.time_zone)
"""Fiscal days are days in Lima."""

RULE_VERSION = "pe ubl 2.1, customization 2.0"

TYPES = {
    FiscalKind.INVOICE: INVOICE,
    FiscalKind.RECEIPT: RECEIPT,
    FiscalKind.CREDIT_NOTE: CREDIT_NOTE,
}
"""The kinds that MTD issues in Peru."""


def plan(request: FiscalRequest, issuer: Issuer) -> FiscalPlan | Invalid:
    """The document asked for, or all that keeps it from being one; nothing else decides it.

    Faults name the UBL element and the line; no number is taken.
    """
    if faults := [*issuer_faults(issuer), *request_faults(request, TYPES)]:
        return Invalid(tuple(faults[:FAULTS_MAX]))
    at = request.occurred_at.astimezone(ZONE)
    rate = rate_on(PERU, at.date())
    if rate is None:
        return Invalid((FiscalFault("IssueDate", f"{at.date()} is before the first known rate"),))
    paid = paid_of_lines(request)
    totals = sums(request, paid, rate, GIVEN[issuer.free_of_charge])
    if found_faults := [*document_faults(request, at.date(), paid, totals)]:
        return Invalid(tuple(found_faults[:FAULTS_MAX]))
    type_code = TYPES[request.kind]
    draft = Draft(type_code, request, issuer, at)
    parts = content(draft, totals)
    return FiscalPlan(
        country=PERU.country,
        kind=request.kind,
        type_code=type_code,
        currency=request.currency,
        totals=_told(totals, rate),
        content=parts,
        rounding=totals.rounding,
        warnings=tuple(draft.warnings),
        rule_version=RULE_VERSION,
    )


def series_of(plan: FiscalPlan, issuer: Issuer) -> str:
    """The series that the document is numbered in: a note's goes by what it corrects."""
    if plan.type_code == INVOICE:
        return issuer.series.invoice
    if plan.type_code == RECEIPT:
        return issuer.series.receipt
    corrected = value(
        plan.content, "cac:BillingReference", "cac:InvoiceDocumentReference", "cbc:DocumentTypeCode"
    )
    of_invoice = corrected == INVOICE
    return issuer.series.invoice_credit if of_invoice else issuer.series.receipt_credit


def buyer_of(plan: FiscalPlan) -> tuple[str, str]:
    """Kind and number of the buyer's identity document."""
    party = ("cac:AccountingCustomerParty", "cac:Party", "cac:PartyIdentification", "cbc:ID")
    known = found(plan.content, *party)
    return (dict(known.attributes).get("schemeID", ""), known.text) if known else ("", "")


def _told(totals: Sums, rate: Decimal) -> FiscalTotals:
    return FiscalTotals(
        net=base_of(totals),
        exempt=base_of(totals, EXONERATED) + base_of(totals, UNAFFECTED),
        tax=totals.tax,
        total=totals.total,
        tax_rate=rate if totals.tax else Decimal(0),
    )
