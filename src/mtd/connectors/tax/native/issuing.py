"""Issuing: planned before a folio is taken, numbered, stamped, signed, and handed to be sent.

Each step's document is written in the commit of its answer: there is no moment in which a folio
is taken and nobody knows for what, and nothing is sent before it is stored.
"""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from mtd.connectors.desk import NoneLeft, Paper
from mtd.connectors.tax.native.case import (
    NOTHING,
    RECEIPT,
    SALES,
    Case,
    faults_told,
    outputs,
    refused,
    told,
)
from mtd.connectors.tax.native.noting import credited_by, excess, note_of
from mtd.connectors.tax.native.requests import guide, payments, sale
from mtd.connectors.tax.settings import NATIVE
from mtd.core.process.outcome import Answer, Done, Failed, Refused
from mtd.core.tax.certificate import BadCertificate
from mtd.core.tax.countries.cl.building import build
from mtd.core.tax.countries.cl.content import ZONE
from mtd.core.tax.countries.cl.planning import plan
from mtd.core.tax.countries.cl.vouchers import Coverage, coverage
from mtd.core.tax.document import DEAD, DocumentKey, DocumentState, TaxDocument
from mtd.core.tax.issuing import FiscalFault, FiscalPlan, Invalid, SignedArtifact
from mtd.core.tax.request import FiscalKind, FiscalRequest

CORRECTABLE = (DocumentState.FOLIO_ASSIGNED, DocumentState.REJECTED)
"""The authority has nothing of it: it is made, or made anew, under its folio."""
TRAVEL = timedelta(days=1)
"""A guide without another promise says that the goods arrive the day after."""


async def planned(case: Case) -> Answer:
    """`tax.plan`: what would be issued, with every fault at once; no folio is taken.

    Outputs `document_type`, `total`, `by_voucher`, `by_receipt`. Refused with BUYER_DATA or SCHEMA.
    """
    made = _plan(case)
    if not isinstance(made, FiscalPlan):
        return made if isinstance(made, Done | Refused) else refused(made)
    covered = _coverage(case)
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
    made = _plan(case)
    if not isinstance(made, FiscalPlan):
        return made if isinstance(made, Done | Refused) else refused(made)
    known = _known(case, made)
    if known is not None:
        return Done(outputs(known))
    if (too_much := excess(case, made, None)) is not None:
        return too_much
    folio = await _number(case, made)
    if isinstance(folio, NoneLeft):
        return _no_folio(folio)
    return _written(case, _paper(case, made, folio, DocumentState.FOLIO_ASSIGNED, None))


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
    made = _plan(case)
    if not isinstance(made, FiscalPlan):
        return made if isinstance(made, Done | Refused) else refused(made)
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
    folio = known.folio if known is not None else await _number(case, made)
    if isinstance(folio, NoneLeft):
        return _no_folio(folio)
    artifact = await _artifact(case, made, folio)
    if isinstance(artifact, Refused):
        return artifact
    paper = _paper(case, made, folio, DocumentState.SIGNED, artifact, handed=handed, known=known)
    return _written(case, paper)


def _plan(case: Case) -> FiscalPlan | Invalid | Done | Refused:
    """The document that the step is about; Done where there is none to be issued."""
    asked = _asked(case)
    if not isinstance(asked, FiscalRequest):
        return asked
    made = plan(asked, case.issuer.options)
    if isinstance(made, FiscalPlan) and made.type_code in SALES:
        due = case.order.totals.grand_total - _coverage(case).by_voucher
        if made.totals.total != due:
            wrong = f"comes to {made.totals.total}, and {due} was to be documented"
            return Invalid((FiscalFault("Totales/MntTotal", wrong),))
    return made


def _asked(case: Case) -> FiscalRequest | Done | Refused:
    match case.kind:
        case "RECEIPT":
            covered = _coverage(case)
            if not covered.needs_receipt:
                return Done(_by_voucher(case, covered))
            return sale(case.sale, FiscalKind.RECEIPT, covered.by_voucher)
        case "INVOICE":
            return sale(case.sale, FiscalKind.INVOICE)
        case "DISPATCH_GUIDE":
            promised = max(case.order.promised_at, case.desk.now() + TRAVEL)
            return guide(case.sale, promised.astimezone(ZONE).date())
        case "CREDIT_NOTE":
            return note_of(case)
        case other:
            return Refused("SCHEMA", f"document_kind: {other!r} is none that MTD issues")


def _coverage(case: Case) -> Coverage:
    """What card vouchers document already; only of a boleta, and as the issuer declared."""
    if case.kind != RECEIPT:
        return Coverage(0, int(case.order.totals.grand_total))
    return coverage(case.issuer.options.voucher_policy, payments(case.order))


def _by_voucher(case: Case, covered: Coverage) -> dict[str, Any]:
    """The sale is documented: the drawing goes on as after an accepted document."""
    number = case.issuer.options.rut.partition("-")[0]
    return {
        **NOTHING,
        "track_id": f"{number}-voucher-{case.attempt.key.partition(':')[0]}",
        "document_state": DocumentState.ACCEPTED.value,
        "by_voucher": covered.by_voucher,
        "by_receipt": covered.by_receipt,
    }


def _known(case: Case, made: FiscalPlan) -> TaxDocument | None:
    """The document that this step, or an earlier one of the same purpose, took its folio for.

    Of a sale that is whichever counts, or would when it is corrected; of a guide or a note the one
    that the inputs name, or that this very step wrote.
    """
    mine = case.mine()
    if mine is not None:
        return mine
    of_type = [one for one in case.documents if one.type_code == made.type_code]
    if case.attempt.inputs.get("folio"):
        folio = int(case.attempt.inputs["folio"])
        return next((one for one in of_type if one.folio == folio), None)
    if made.type_code not in SALES and not case.attempt.inputs.get("ask_first"):
        return None
    alive = [one for one in of_type if one.state not in DEAD]
    waiting = [one for one in of_type if one.state in CORRECTABLE]
    return next(iter(reversed(alive or waiting)), None)


async def _number(case: Case, made: FiscalPlan) -> int | NoneLeft:
    issuer = case.issuer
    return await case.desk.number(issuer.options.rut, made.type_code, issuer.environment)


def _no_folio(none: NoneLeft) -> Refused:
    return Refused("NO_FOLIO", none.message, {"cause": "NO_FOLIO"})


async def _artifact(case: Case, made: FiscalPlan, folio: int) -> SignedArtifact | Refused:
    rut = case.issuer.options.rut
    stamp = await case.desk.stamp(rut, made.type_code, folio)
    if isinstance(stamp, NoneLeft):
        return _unsigned(stamp.message)
    signer = await case.desk.signer(rut)
    if isinstance(signer, BadCertificate):
        return _unsigned(f"the certificate {signer.reason}")
    artifact = build(made, folio, stamp, signer, case.sale.at)
    return _unsigned(faults_told(artifact.faults)) if isinstance(artifact, Invalid) else artifact


def _unsigned(words: str) -> Refused:
    return Refused("SIGNATURE", words, {"cause": "SIGNATURE"})


def _paper(
    case: Case,
    made: FiscalPlan,
    folio: int,
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
        folio=folio,
        is_sale=made.type_code in SALES,
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
    rut = case.issuer.options.rut
    if wrong := case.desk.write(NATIVE, rut, paper):
        return Failed(wrong)
    key = DocumentKey(
        tenant=case.desk.tenant,
        issuer=rut,
        type_code=paper.type_code,
        series=paper.series,
        folio=paper.folio,
    )
    return Done(told(key, paper.state))
