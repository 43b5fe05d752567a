"""Issuing: planned before a folio is taken, numbered, stamped, signed, and handed to be sent.

Each step's document is written in the commit of its answer: there is no moment in which a folio
is taken and nobody knows for what, and nothing is sent before it is stored.
"""

from decimal import Decimal

from msgspec.structs import replace

from mtd.connectors.desk import NoneLeft, Paper, Promised
from mtd.connectors.tax.native.asking import coverage, plan_of
from mtd.connectors.tax.native.case import Case, faults_told, numbered_as, outputs, refused, told
from mtd.connectors.tax.native.noting import credited_by, excess
from mtd.core.process.outcome import Answer, Done, Failed, Refused
from mtd.core.tax.certificate import BadCertificate
from mtd.core.tax.document import DEAD, DocumentKey, DocumentState, TaxDocument
from mtd.core.tax.issuing import FiscalNumber, FiscalPlan, Invalid, SignedArtifact

CORRECTABLE = (DocumentState.FOLIO_ASSIGNED, DocumentState.REJECTED)
"""The authority has nothing of it: it is made, or made anew, under its folio."""


async def planned(case: Case) -> Answer:
    """`tax.plan`: what would be issued, with every fault at once; no folio is taken.

    Outputs `document_type`, `total`, `by_voucher`, `by_receipt`. Refused with BUYER_DATA or SCHEMA.
    """
    made = plan_of(case)
    if not isinstance(made, FiscalPlan):
        return made if isinstance(made, Done | Refused) else refused(case, made)
    covered = coverage(case)
    return Done(
        {
            "document_type": int(made.type_code),
            "total": made.totals.total,
            "by_voucher": covered.by_voucher,
            "by_receipt": covered.by_receipt,
        }
    )


async def numbered(case: Case) -> Answer:
    """`tax.number`: a folio for the document, its order's for ever. Refused with NO_FOLIO."""
    made = plan_of(case)
    if not isinstance(made, FiscalPlan):
        return made if isinstance(made, Done | Refused) else refused(case, made)
    known = _known(case, made)
    if known is not None:
        return Done(outputs(known))
    if (too_much := excess(case, made, None)) is not None:
        return too_much
    had = await _promised(case, made, None)
    case = case if had is None else replace(case, at=had.issued_at)
    number = await _number(case, made) if had is None else _number_of(case, had)
    if isinstance(number, NoneLeft):
        return _no_folio(number)
    return _written(case, _paper(case, made, number, DocumentState.FOLIO_ASSIGNED, None))


async def built(case: Case) -> Answer:
    """`tax.build`: stamped and signed under the input `folio`, or the one that was taken.

    Refused with SCHEMA, BUYER_DATA or SIGNATURE.
    """
    return await _made(case, handed=False, numbering=False)


async def issued(case: Case) -> Answer:
    """`tax.issue`: numbered, built and handed to be sent, in one step.

    A document that is there already is told and not issued again; one that was rejected, or has
    only its folio, is made anew under it. Refused with NO_FOLIO, SCHEMA, BUYER_DATA or SIGNATURE.
    """
    return await _made(case, handed=True, numbering=True)


async def sent(case: Case) -> Answer:
    """`tax.send`: a signed document is given to the post office, durably, once."""
    document = case.named()
    if document is None:
        return Failed("folio: there is no such document to send")
    if document.state is not DocumentState.SIGNED:
        if document.state in CORRECTABLE:
            return Failed(f"folio: {document.key.number} is {document.state} and not signed")
        return Done(outputs(document))
    if document.handed_at is not None:
        return Done(outputs(document))
    return _written(case, _again(document, handed=True))


async def _made(case: Case, *, handed: bool, numbering: bool) -> Answer:
    mine = case.mine()
    if mine is not None and mine.state not in CORRECTABLE:
        return Done(outputs(mine))
    made = plan_of(case)
    if not isinstance(made, FiscalPlan):
        return made if isinstance(made, Done | Refused) else refused(case, made)
    known = _known(case, made)
    if known is not None and known.state not in CORRECTABLE:
        unsent = known.state is DocumentState.SIGNED and known.handed_at is None
        if handed and unsent:
            return _written(case, _again(known, handed=True))
        return Done(outputs(known))
    if known is None and not numbering:
        return Failed("folio: there is none to build under")
    if (too_much := excess(case, made, known)) is not None:
        return too_much
    had = await _promised(case, made, known)
    if had is not None:
        case = replace(case, at=had.issued_at)
        again = plan_of(case)
        made = again if isinstance(again, FiscalPlan) else made
    its = known or had
    number = await _number(case, made) if its is None else _number_of(case, its)
    if isinstance(number, NoneLeft):
        return _no_folio(number)
    artifact = await _artifact(case, made, number)
    if isinstance(artifact, Refused):
        return artifact
    paper = _paper(case, made, number, DocumentState.SIGNED, artifact, handed=handed, known=known)
    return _written(case, paper)


def _known(case: Case, made: FiscalPlan) -> TaxDocument | None:
    """The document that this step, or an earlier one of the same purpose, took its folio for.

    Of a sale that is whichever counts, or would when it is corrected; of a guide or a note the one
    that the inputs name, or that this very step wrote.
    """
    mine = case.mine()
    if mine is not None:
        return mine
    of_type = [one for one in case.documents if one.type_code == made.type_code]
    if folio := case.attempt.inputs.get("folio"):
        return numbered_as(of_type, folio)
    if made.type_code not in case.issuer.practice.sales and not case.attempt.inputs.get(
        "ask_first"
    ):
        return None
    alive = [one for one in of_type if one.state not in DEAD]
    waiting = [one for one in of_type if one.state in CORRECTABLE]
    return next(iter(reversed(alive or waiting)), None)


async def _number(case: Case, made: FiscalPlan) -> FiscalNumber | NoneLeft:
    issuer, practice = case.issuer, case.issuer.practice
    series = practice.series(made, case.order.branch)
    folio = await case.desk.number(
        practice.tax_id,
        made.type_code,
        series,
        environment=issuer.environment,
        day=case.sale.at.astimezone(practice.zone).date(),
    )
    return folio if isinstance(folio, NoneLeft) else FiscalNumber(practice.authority, series, folio)


async def _promised(case: Case, made: FiscalPlan, known: TaxDocument | None) -> Promised | None:
    """The folio that the order had before the database was lost, or its moment, if it has it."""
    folio = None if known is None else known.folio
    of = (case.issuer.tax_id, made.type_code, made.totals.total)
    return await case.desk.promised(*of, folio)


def _number_of(case: Case, known: TaxDocument | Promised) -> FiscalNumber:
    return FiscalNumber(case.issuer.practice.authority, known.series, known.folio)


def _no_folio(none: NoneLeft) -> Refused:
    return Refused("NO_FOLIO", none.message, {"cause": "NO_FOLIO"})


async def _artifact(case: Case, made: FiscalPlan, number: FiscalNumber) -> SignedArtifact | Refused:
    practice = case.issuer.practice
    stamp = None
    if practice.stamp is not None:
        stamp = await case.desk.stamp(practice, made.type_code, number.number)
        if isinstance(stamp, NoneLeft):
            return _unsigned(stamp.message)
    signing = await case.desk.signer(practice)
    if isinstance(signing, BadCertificate):
        return _unsigned(f"the certificate {signing.reason}")
    artifact = practice.build(made, number, stamp, signing, case.sale.at)
    return _unsigned(faults_told(artifact.faults)) if isinstance(artifact, Invalid) else artifact


def _unsigned(words: str) -> Refused:
    return Refused("SIGNATURE", words, {"cause": "SIGNATURE"})


def _paper(
    case: Case,
    made: FiscalPlan,
    number: FiscalNumber,
    state: DocumentState,
    artifact: SignedArtifact | None,
    *,
    handed: bool = False,
    known: TaxDocument | None = None,
) -> Paper:
    """The document as this step leaves it; a note takes back what it did not take back before."""
    original = credited_by(case, known)
    total = made.totals.total
    taken = known.total if known is not None else Decimal(0)
    return Paper(
        type_code=made.type_code,
        series=number.series,
        folio=number.number,
        is_sale=made.type_code in case.issuer.practice.sales,
        total=total,
        currency=made.currency.value,
        issued_at=case.sale.at,
        state=state,
        befores=() if known is None else CORRECTABLE,
        handed=handed,
        artifact=artifact,
        refers_to=original,
        credit=total - taken if original is not None else Decimal(0),
    )


def _again(document: TaxDocument, *, handed: bool) -> Paper:
    """A signed document, unchanged, on its way."""
    return Paper(
        type_code=document.type_code,
        series=document.series,
        folio=document.folio,
        total=document.total,
        currency=document.currency,
        issued_at=document.issued_at,
        state=document.state,
        befores=(document.state,),
        handed=handed,
    )


def _written(case: Case, paper: Paper) -> Answer:
    tax_id = case.issuer.tax_id
    if wrong := case.desk.write(case.issuer.provider, tax_id, paper):
        return Failed(wrong)
    key = DocumentKey(
        tenant=case.desk.tenant,
        issuer=tax_id,
        type_code=paper.type_code,
        series=paper.series,
        folio=paper.folio,
    )
    return Done(told(key, paper.state))
