"""Asking: which document a step is about, before anything is taken for it."""

from decimal import Decimal

from mtd.connectors.requests import KINDS, payments, request_of
from mtd.connectors.tax.native.case import NOTHING, RECEIPT, Case
from mtd.connectors.tax.native.guides import guide
from mtd.connectors.tax.native.noting import debit_of, note_of
from mtd.connectors.tax.vouching import by_voucher
from mtd.core.process.outcome import Done, Refused
from mtd.core.tax.issuing import FiscalFault, FiscalPlan, Invalid
from mtd.core.tax.request import FiscalKind, FiscalRequest
from mtd.core.tax.vouchers import Coverage


def plan_of(case: Case) -> FiscalPlan | Invalid | Done | Refused:
    """The document that the step is about; Done where there is none to be issued."""
    asked = _asked(case)
    if not isinstance(asked, FiscalRequest):
        return asked
    practice = case.issuer.practice
    made = practice.plan(asked)
    if isinstance(made, FiscalPlan) and made.type_code in practice.sales:
        due = case.order.totals.grand_total - coverage(case).by_voucher
        if made.totals.total != due:
            wrong = f"comes to {made.totals.total}, and {due} was to be documented"
            return Invalid((FiscalFault(practice.total_field, wrong),))
    return made


def _asked(case: Case) -> FiscalRequest | Done | Refused:
    kind = KINDS.get(case.kind)
    if kind in case.issuer.elsewhere:
        return Done(NOTHING)
    if kind is None or not case.types:
        return Refused("SCHEMA", f"document_kind: {case.kind!r} is none that MTD issues here")
    match kind:
        case FiscalKind.DISPATCH:
            return guide(case)
        case FiscalKind.CREDIT_NOTE:
            return note_of(case)
        case FiscalKind.DEBIT_NOTE:
            return debit_of(case)
        case _:
            return _asked_for_sale(case, kind)


def _asked_for_sale(case: Case, kind: FiscalKind) -> FiscalRequest | Done:
    covered = coverage(case)
    if not covered.needs_receipt:
        number = case.issuer.tax_id.partition("-")[0]
        return Done(by_voucher(number, case.attempt, covered))
    return case.issuer.practice.localised(request_of(case.sale, kind, covered.by_voucher))


def coverage(case: Case) -> Coverage:
    """What card vouchers document already; only of a receipt, and as the issuer declared."""
    if case.kind != RECEIPT:
        return Coverage(Decimal(0), case.order.totals.grand_total)
    return case.issuer.practice.coverage(payments(case.order))
