"""Notes: what a credit note takes back, never more than there is, and what a debit note adds.

A debit note also annuls a credit note, all of it and once (Formato DTE v2.2, field e8, c).
"""

from decimal import Decimal

from msgspec.structs import replace

from mtd.connectors.requests import AMOUNTS, ANNUL, addition_of, annulment_of, correction
from mtd.connectors.requests import note_of as request_of_note
from mtd.connectors.tax.native.case import CREDIT_NOTE, DEBIT_NOTE, NOTHING, Case, numbered_as
from mtd.core.process.outcome import Done, Refused
from mtd.core.tax.credit import credit_fault
from mtd.core.tax.document import DEAD, STANDS, DocumentKey, DocumentState, TaxDocument
from mtd.core.tax.issuing import FiscalPlan
from mtd.core.tax.request import FiscalRequest, Reference

UNMADE = (DocumentState.DRAFT, DocumentState.FOLIO_ASSIGNED)


def of_sale(case: Case, kind: str = CREDIT_NOTE) -> Case:
    """The case of a step whose inputs name the sale's document, as its note's."""
    inputs = case.attempt.inputs
    named = {
        **inputs,
        "document_kind": kind,
        "corrected_kind": inputs.get("document_kind") or case.kind,
        "corrected_folio": inputs.get("folio"),
        "folio": None,
    }
    return replace(case, attempt=replace(case.attempt, inputs=named))


def corrected(case: Case) -> TaxDocument | None:
    """The document that the inputs `corrected_kind` and `corrected_folio` name."""
    inputs = case.attempt.inputs
    if not inputs.get("corrected_folio"):
        return None
    types = case.types_of(str(inputs.get("corrected_kind") or ""))
    of_kind = (one for one in case.documents if one.type_code in types)
    return numbered_as(of_kind, inputs["corrected_folio"])


def note_of(case: Case) -> FiscalRequest | Done | Refused:
    """The note asked for; Done with nothing where there is no document that could be corrected.

    A document that the authority rejected does not exist for it and has no note.
    """
    original = corrected(case)
    if original is None or original.state in DEAD or original.state in UNMADE:
        return Done(NOTHING)
    inputs = case.attempt.inputs
    code = str(inputs.get("reason") or ANNUL)
    if code not in (ANNUL, AMOUNTS):
        return Refused("SCHEMA", f"reason: {code!r} is none that moves money")
    given = inputs.get("amount")
    amount = None if given is None or code == ANNUL else Decimal(given)
    if code == ANNUL and original.total != case.order.totals.grand_total:
        amount = original.total
    reference = _reference(case, original, code)
    return case.issuer.practice.localised(request_of_note(case.sale, reference, amount))


def debit_of(case: Case) -> FiscalRequest | Done | Refused:
    """The note over the input `amount`, tax included, that the sale comes to more.

    With `reason` 1 it annuls the credit note that is named, over the whole of it. Done with
    nothing where there is no document that could be corrected.
    """
    original = corrected(case)
    if original is None or original.state in DEAD or original.state in UNMADE:
        return Done(NOTHING)
    inputs = case.attempt.inputs
    code, given = str(inputs.get("reason") or AMOUNTS), inputs.get("amount")
    if code == ANNUL:
        return _annulling(case, original, given)
    if code != AMOUNTS:
        return Refused("SCHEMA", f"reason: {code!r} is none that moves money")
    if given is None:
        return Refused("SCHEMA", "amount: missing; a debit note says how much more is owed")
    reference = _reference(case, original, AMOUNTS)
    return case.issuer.practice.localised(addition_of(case.sale, reference, Decimal(given)))


def _annulling(case: Case, note: TaxDocument, given: object) -> FiscalRequest | Refused:
    """The debit note over the whole of a credit note; only of one that the authority accepted."""
    if note.state not in STANDS:
        return Refused("SCHEMA", f"folio: the credit note is {note.state}, not accepted")
    if given is not None and Decimal(str(given)) != note.total:
        return Refused("SCHEMA", f"amount: is {given}, and {note.total} is to be annulled")
    whole = note.total == case.order.totals.grand_total
    amount = None if whole else note.total
    reference = _reference(case, note, ANNUL)
    return case.issuer.practice.localised(annulment_of(case.sale, reference, amount))


def _reference(case: Case, original: TaxDocument, code: str) -> Reference:
    does, words = correction(code)
    return Reference(
        type_code=original.type_code,
        number=str(original.key.told),
        issued_on=original.issued_at.astimezone(case.issuer.practice.zone).date(),
        correction=does,
        reason=words,
    )


def annuls(case: Case) -> bool:
    """Whether the step is about a debit note that annuls a credit note."""
    return case.kind == DEBIT_NOTE and str(case.attempt.inputs.get("reason")) == ANNUL


def credited_by(case: Case, known: TaxDocument | None) -> DocumentKey | None:
    """The document that a note credits or annuls; None of all that do neither."""
    if case.kind == DEBIT_NOTE and not annuls(case):
        return None
    if known is not None and known.refers_type is not None and known.refers_folio is not None:
        return DocumentKey(
            tenant=known.tenant,
            issuer=known.issuer,
            type_code=known.refers_type,
            series=known.refers_series,
            folio=known.refers_folio,
        )
    original = corrected(case) if case.kind in (CREDIT_NOTE, DEBIT_NOTE) else None
    return None if original is None else original.key


def excess(case: Case, made: FiscalPlan, known: TaxDocument | None) -> Refused | None:
    """Why the note may not be issued; the commit holds the same, for two at once."""
    original = corrected(case) if case.kind == CREDIT_NOTE or annuls(case) else None
    if original is None:
        return None
    if annuls(case) and (stands := _replaced(case, original)) is not None:
        words = f"the sale is documented by {stands.key.number} since, and cannot be twice"
        return Refused("CREDIT_EXCEEDED", words)
    before = original.credited - (known.total if known is not None else 0)
    field = case.issuer.practice.total_field
    fault = credit_fault(field, original.total, before, made.totals.total)
    return None if fault is None else Refused("CREDIT_EXCEEDED", str(fault))


def _replaced(case: Case, note: TaxDocument) -> TaxDocument | None:
    """The document that counts for the sale in place of the one that the credit note took back."""
    sales = case.issuer.practice.sales
    if note.refers_type not in sales:
        return None
    return next(
        (
            one
            for one in case.documents
            if one.type_code in sales
            and one.state not in DEAD
            and (one.type_code, one.series, one.folio)
            != (note.refers_type, note.refers_series, note.refers_folio)
        ),
        None,
    )
