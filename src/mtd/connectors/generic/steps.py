"""The steps of a drawing at a JSON provider: the same names and outputs as of every issuer."""

from decimal import Decimal
from typing import Any

from mtd.connectors.contract import Attempt, Connector, Repeat, for_order
from mtd.connectors.generic.issuing import Asked, Issued, find, issue
from mtd.connectors.generic.settings import Options
from mtd.connectors.generic.staged import build, number, plan
from mtd.connectors.requests import ANNUL, Sale, correction, kind_of, note_of, request_of
from mtd.connectors.wire import Wire
from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.core.process.outcome import Answer, Done, Failed, Refused, Unknown
from mtd.core.tax.issuing import Known, OutcomeState, SubmissionState
from mtd.core.tax.request import FiscalKind, FiscalRequest, Reference

SCHEMA = "SCHEMA"
"""The cause of a rejection where the provider's codes are not mapped to one of ours."""
BUSINESS = frozenset({SCHEMA, "NO_FOLIO", "SIGNATURE", "BUYER_DATA"})
"""Causes that a person or a correction removes; all others are technical."""
NOTHING: dict[str, Any] = {
    "track_id": None,
    "folio": None,
    "document_type": None,
    "document_state": None,
}
_STATES = {
    OutcomeState.ACCEPTED: "ACCEPTED",
    OutcomeState.ACCEPTED_WITH_OBJECTIONS: "ACCEPTED_WITH_OBJECTIONS",
    OutcomeState.REJECTED: "REJECTED",
    OutcomeState.PENDING: "SENT",
}


async def issued(attempt: Attempt, order: PurchaseOrder, wire: Wire) -> Answer:
    """Issue the sale's document: the kind of `document_kind`, else what the buyer asked for.

    Outputs `track_id`, `folio`, `document_type`, `document_state`. Refused with the cause that the
    settings give the provider's code, else SCHEMA.
    """
    try:
        kind = kind_of(order, attempt.inputs.get("document_kind"))
    except KeyError as unknown:
        return Failed(f"document_kind: {unknown} is none")
    return await _issued(attempt, wire, _request(attempt, order, kind))


async def dispatch_guide(attempt: Attempt, order: PurchaseOrder, wire: Wire) -> Answer:
    """Issue the guide that goes with the goods; as `issued`."""
    return await _issued(attempt, wire, request_of(_sale(order), FiscalKind.DISPATCH))


async def credit_note(attempt: Attempt, order: PurchaseOrder, wire: Wire) -> Answer:
    """Issue the note for the sale's document: all of it, or with another `reason` than 1 `amount`.

    Nothing is issued where the provider has no such document, or a rejected one.
    """
    if not attempt.inputs.get("folio"):
        return Done(NOTHING)
    original = kind_of(order, attempt.inputs.get("document_kind"))
    there = await _there(attempt, wire, _request(attempt, order, original))
    if isinstance(there, Failed):
        return there
    if there is None or there.number is None or _state(there) == "REJECTED":
        return Done(NOTHING)
    code = str(attempt.inputs.get("reason") or ANNUL)
    does, words = correction(code)
    options = wire.legacy.options(Options)
    reference = Reference(
        type_code=str(_type(options, original) or original.value),
        number=f"{there.number.series}{there.number.number}",
        correction=does,
        reason=words,
    )
    given = attempt.inputs.get("amount")
    amount = None if given is None or code == ANNUL else Decimal(given)
    if code == ANNUL and (by_voucher := Decimal(attempt.inputs.get("by_voucher") or 0)):
        amount = order.totals.grand_total - by_voucher
    return await _issued(attempt, wire, note_of(_sale(order), reference, amount))


async def status(attempt: Attempt, order: PurchaseOrder, wire: Wire) -> Answer:
    """Where the document stands now; outputs `document_state`, and `sii_code`, its first code."""
    there = await _of_kind(attempt, order, wire)
    if isinstance(there, Failed):
        return there
    if there is None:
        return Failed("the provider has no such document to ask after")
    codes = there.outcome.codes if there.outcome else ()
    return Done(
        {**_outputs(wire, there, _kind(attempt, order)), "sii_code": next(iter(codes), None)}
    )


async def found(attempt: Attempt, order: PurchaseOrder, wire: Wire) -> Answer:
    """The order's document, or None in every output; nothing is issued."""
    there = await _of_kind(attempt, order, wire)
    if isinstance(there, Failed):
        return there
    return Done(NOTHING if there is None else _outputs(wire, there, _kind(attempt, order)))


async def fetched(attempt: Attempt, order: PurchaseOrder, wire: Wire) -> Answer:
    """Where the document is read, as the provider says: outputs `url` and `xml_url`.

    `document` is None: MTD keeps nothing of it that a letter could enclose.
    """
    there = await _of_kind(attempt, order, wire)
    if isinstance(there, Failed):
        return there
    if there is None:
        return Failed("the provider has no such document to fetch")
    url, xml_url = there.url or None, there.xml_url or None
    return Done({"document": None, "url": url, "xml_url": xml_url})


async def error_control(attempt: Attempt, order: PurchaseOrder, wire: Wire) -> Answer:
    """Say what stands behind the input `error`, having asked the provider (step R21)."""
    error = str(attempt.inputs.get("error") or "")
    there = await _of_kind(attempt, order, wire)
    if isinstance(there, Failed):
        return Done({"cause": error if error in BUSINESS else "TIMEOUT_UNKNOWN", **NOTHING})
    if there is None:
        return Done({"cause": error if error in BUSINESS else "ISSUER_DOWN", **NOTHING})
    known = _outputs(wire, there, _kind(attempt, order))
    if known["document_state"] == "REJECTED":
        return Done({"cause": "REJECTED", **known, "track_id": None})
    return Done({"cause": "ISSUED", **known})


CONNECTORS = (
    Connector("generic.issue", for_order(issued), Repeat.QUERYABLE),
    Connector("generic.dispatch_guide", for_order(dispatch_guide), Repeat.QUERYABLE),
    Connector("generic.credit_note", for_order(credit_note), Repeat.QUERYABLE),
    Connector("generic.plan", for_order(plan), Repeat.BY_KEY),
    Connector("generic.number", for_order(number), Repeat.LOCAL),
    Connector("generic.build", for_order(build), Repeat.LOCAL),
    Connector("generic.send", for_order(issued), Repeat.QUERYABLE),
    Connector("generic.status", for_order(status), Repeat.BY_KEY),
    Connector("generic.find", for_order(found), Repeat.BY_KEY),
    Connector("generic.fetch", for_order(fetched), Repeat.BY_KEY),
    Connector("generic.error_control", for_order(error_control), Repeat.BY_KEY),
)


async def _issued(attempt: Attempt, wire: Wire, request: FiscalRequest) -> Answer:
    options = wire.legacy.options(Options)
    if request.kind not in options.kinds:
        return Failed(f"legacy.generic.options.kinds: no {request.kind} is issued there")
    before = attempt.sent_before or bool(attempt.inputs.get("ask_first"))
    got = await issue(wire, Asked(key=attempt.key, request=request, sent_before=before))
    said = got.submission
    if said.state is SubmissionState.UNKNOWN:
        return Unknown(said.message or "nobody can tell whether it was issued")
    if said.state is SubmissionState.NOT_SENT:
        return Failed(" ".join((*said.codes, said.message)).strip() or "it was not issued")
    if said.state is SubmissionState.REJECTED and got.number is None:
        causes = (options.causes[code] for code in said.codes if code in options.causes)
        cause = next(causes, SCHEMA)
        return Refused(cause, said.message or " ".join(said.codes) or cause, {"cause": cause})
    return Done(_outputs(wire, got, request.kind))


async def _of_kind(attempt: Attempt, order: PurchaseOrder, wire: Wire) -> Issued | Failed | None:
    return await _there(attempt, wire, _request(attempt, order, _kind(attempt, order)))


async def _there(attempt: Attempt, wire: Wire, request: FiscalRequest) -> Issued | Failed | None:
    """The provider's document for this request; None when it has none."""
    reference = str(attempt.inputs.get("track_id") or "")
    asked = Asked(key=attempt.key, request=request, reference=reference)
    finding, document = await find(wire, asked)
    if finding.known is Known.CANNOT_TELL:
        return Failed("the provider cannot be asked for the document")
    return document


def _kind(attempt: Attempt, order: PurchaseOrder) -> FiscalKind:
    return kind_of(order, attempt.inputs.get("document_kind"))


def _request(attempt: Attempt, order: PurchaseOrder, kind: FiscalKind) -> FiscalRequest:
    """The document of the sale; a receipt's is of what no card's voucher documents already."""
    voucher = attempt.inputs.get("by_voucher") if kind is FiscalKind.RECEIPT else None
    return request_of(_sale(order), kind, Decimal(voucher or 0))


def _sale(order: PurchaseOrder) -> Sale:
    """The same request for every attempt: a document bears the moment of its sale."""
    return Sale(order=order, issuer=order.store, at=order.placed_at)


def _outputs(wire: Wire, got: Issued, kind: FiscalKind) -> dict[str, Any]:
    return {
        "track_id": got.submission.reference or None,
        "folio": None if got.number is None else got.number.number,
        "document_type": _type(wire.legacy.options(Options), kind),
        "document_state": _state(got),
    }


def _type(options: Options, kind: FiscalKind) -> int | str | None:
    return options.document_types.get(kind)


def _state(got: Issued) -> str | None:
    return None if got.outcome is None else _STATES.get(got.outcome.state)
