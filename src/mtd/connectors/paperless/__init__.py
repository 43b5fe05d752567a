"""The tax document issuer (Paperless): issue, find, ask after, fetch, and correct documents.

It has no idempotency key. Whoever may have issued asks before issuing again: the document is
looked for by the order's key in the lists of the days since the order was placed.
"""

from decimal import Decimal
from typing import Any

import msgspec

from mtd.connectors.contract import Attempt, Connector, Repeat, for_order
from mtd.connectors.paperless.fetching import links
from mtd.connectors.paperless.issuer import OK, Document, Service, document_of, generate, standing
from mtd.connectors.paperless.listing import documents_of_day
from mtd.connectors.paperless.searching import DEAD, found
from mtd.connectors.paperless.settings import Options
from mtd.connectors.paperless.staged import build, number, plan
from mtd.connectors.paperless.unit import CREDIT_NOTE, GUIDE, Reference, sale_kind, unit
from mtd.connectors.wire import Wire
from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.core.process.outcome import Answer, Done, Failed, Refused, Unknown

BUSINESS = frozenset({"SCHEMA", "NO_FOLIO", "SIGNATURE", "BUYER_DATA"})
"""Causes that a person or a correction removes; all others are technical."""
OTHERS = {"DISPATCH_GUIDE": GUIDE, "CREDIT_NOTE": CREDIT_NOTE}
"""Kinds that do not depend on what was sold."""
ANNUL = "1"
"""CodRef of a note that annuls the whole document (SII, Formato DTE)."""
ANNULS, CORRECTS = "ANULA DOCUMENTO", "CORRIGE MONTOS"
NOTHING: dict[str, Any] = {
    "track_id": None,
    "folio": None,
    "document_type": None,
    "document_state": None,
}

__all__ = ["CONNECTORS", "Options"]


async def issue(attempt: Attempt, order: PurchaseOrder, wire: Wire) -> Answer:
    """Issue the sale's document: 39/41 or 33/34 by the input `document_kind`.

    The input `folio` reissues a rejected document under its own folio; `ask_first` has the issuer
    asked as if the document might have been issued. Outputs `track_id`, `folio`, `document_type`,
    `document_state`. Refused with NO_FOLIO, SCHEMA, SIGNATURE or BUYER_DATA.
    """
    kind = sale_kind(order, attempt.inputs.get("document_kind"))
    return await _issue(attempt, order, wire, kind, None)


async def dispatch_guide(attempt: Attempt, order: PurchaseOrder, wire: Wire) -> Answer:
    """Issue the guide (52) that goes with the goods; outputs and refusals as of `issue`."""
    return await _issue(attempt, order, wire, GUIDE, None)


async def send(attempt: Attempt, order: PurchaseOrder, wire: Wire) -> Answer:
    """Issue what the input `document_kind` says; a CREDIT_NOTE is of the input `corrected_folio`.

    Outputs and refusals as of `issue`.
    """
    inputs = attempt.inputs
    match inputs.get("document_kind"):
        case "DISPATCH_GUIDE":
            return await dispatch_guide(attempt, order, wire)
        case "CREDIT_NOTE":
            corrected = {
                "folio": inputs.get("corrected_folio"),
                "document_kind": inputs.get("corrected_kind"),
            }
            noted = msgspec.structs.replace(attempt, inputs={**inputs, **corrected})
            return await credit_note(noted, order, wire)
        case _:
            return await issue(attempt, order, wire)


async def credit_note(attempt: Attempt, order: PurchaseOrder, wire: Wire) -> Answer:
    """Issue the credit note (61) for the input `folio`, with CodRef `reason` (1 annuls).

    With CodRef 3 the input `amount`, tax included, is what is taken off the document. The input
    `besides` are the folios of the order's other notes: none of them answers for this one.
    Nothing is issued, and `folio` is None, when there is no document or it is not valid:
    a rejected document does not exist for the tax authority and cannot be corrected.
    """
    service, folio = _service(order, wire), attempt.inputs.get("folio")
    if isinstance(service, Failed):
        return service
    if not folio:
        return Done(NOTHING)
    kind = sale_kind(order, attempt.inputs.get("document_kind"))
    corrected = Document(kind=kind, folio=int(folio), track_id="")
    state = await standing(service, corrected)
    if isinstance(state, Failed):
        return state
    if state.state in DEAD:
        return Done(NOTHING)
    code = str(attempt.inputs.get("reason") or "1")
    reason = ANNULS if code == ANNUL else CORRECTS
    reference = Reference(kind=kind, folio=int(folio), code=code, reason=reason)
    return await _issue(attempt, order, wire, CREDIT_NOTE, reference)


async def status(attempt: Attempt, order: PurchaseOrder, wire: Wire) -> Answer:
    """What the tax authority thinks of the input `folio`; outputs `document_state`, `sii_code`."""
    service, document = _service(order, wire), _named(attempt, order)
    if isinstance(service, Failed):
        return service
    if document is None:
        return Failed("folio: missing; there is no document to ask after")
    state = await standing(service, document)
    if isinstance(state, Failed):
        return state
    outputs = _outputs(document, state.state)
    return Done({**outputs, "track_id": state.track_id or None, "sii_code": state.sii_code})


async def find(attempt: Attempt, order: PurchaseOrder, wire: Wire) -> Answer:
    """The order's document, none of the input `besides`, or None in every output."""
    service = _service(order, wire)
    if isinstance(service, Failed):
        return service
    known = _named(attempt, order)
    there = await found(service, order, _kind(attempt, order), known, _besides(attempt))
    if isinstance(there, Failed):
        return there
    return Done(NOTHING if there is None else _outputs(*there))


async def fetch(attempt: Attempt, order: PurchaseOrder, wire: Wire) -> Answer:
    """Fetch PDF and XML of the input `folio`; they are kept on the wire.

    Outputs `document` (type and folio), `url` (of the PDF), `xml_url`, and the SHA-256 of both.
    """
    service, document = _service(order, wire), _named(attempt, order)
    if isinstance(service, Failed):
        return service
    if document is None:
        return Failed("folio: missing; there is no document to fetch")
    return await links(service, document)


async def error_control(attempt: Attempt, order: PurchaseOrder, wire: Wire) -> Answer:
    """Say what stands behind the input `error`, having asked the issuer (step R21).

    Outputs `cause` (ISSUED, NO_FOLIO, SCHEMA, SIGNATURE, BUYER_DATA, REJECTED, ISSUER_DOWN,
    TIMEOUT_UNKNOWN) and `track_id`, `folio`, `document_state` of what was found. A rejected
    document keeps its folio and loses its track id: it is to be issued again under that folio.
    """
    error = str(attempt.inputs.get("error") or "")
    service, known = _service(order, wire), _named(attempt, order)
    if isinstance(service, Failed):
        return service
    there = await found(service, order, _kind(attempt, order), known)
    if isinstance(there, Failed):
        cause = error if error in BUSINESS else "TIMEOUT_UNKNOWN"
        return Done({"cause": cause, **(NOTHING if known is None else _outputs(known, "SENT"))})
    if there is None:
        return Done({"cause": error if error in BUSINESS else "ISSUER_DOWN", **NOTHING})
    document, state = there
    if state in DEAD:
        return Done({"cause": "REJECTED", **_outputs(document, state), "track_id": None})
    return Done({"cause": "ISSUED", **_outputs(document, state)})


CONNECTORS = (
    Connector("paperless.issue", for_order(issue), Repeat.QUERYABLE),
    Connector("paperless.plan", plan, Repeat.BY_KEY),
    Connector("paperless.number", number, Repeat.BY_KEY),
    Connector("paperless.build", build, Repeat.BY_KEY),
    Connector("paperless.send", for_order(send), Repeat.QUERYABLE),
    Connector("paperless.dispatch_guide", for_order(dispatch_guide), Repeat.QUERYABLE),
    Connector("paperless.credit_note", for_order(credit_note), Repeat.QUERYABLE),
    Connector("paperless.status", for_order(status), Repeat.BY_KEY),
    Connector("paperless.find", for_order(find), Repeat.BY_KEY),
    Connector("paperless.fetch", for_order(fetch), Repeat.BY_KEY),
    Connector("paperless.documents_of_day", documents_of_day, Repeat.BY_KEY),
    Connector("paperless.error_control", for_order(error_control), Repeat.BY_KEY),
)


async def _issue(
    attempt: Attempt, order: PurchaseOrder, wire: Wire, kind: int, reference: Reference | None
) -> Answer:
    service, folio = _service(order, wire), attempt.inputs.get("folio")
    if isinstance(service, Failed):
        return service
    if reference is not None:
        folio = None
    if attempt.sent_before or attempt.inputs.get("ask_first"):
        known = None if reference is not None else _named(attempt, order)
        there = await found(service, order, kind, known, _besides(attempt))
        if isinstance(there, Failed):
            return there
        if there is not None and there[1] not in DEAD:
            return Done(_outputs(*there))
        folio = folio if there is None else there[0].folio
    folio = None if folio is None else int(folio)
    text = unit(
        order,
        service.issuer,
        service.options,
        kind=kind,
        folio=folio,
        issued_on=service.today(),
        reference=reference,
        amount=_amount(attempt, order, reference),
    )
    said = await generate(service, text, folio)
    if isinstance(said, Failed | Unknown):
        return said
    if said.code != OK:
        cause = service.options.codes.get(said.code, said.code)
        if cause in BUSINESS:
            return Refused(cause, said.message or cause, {"cause": cause})
        return Failed(f"{cause}: {said.message}")
    if not said.message.isdecimal():
        return Unknown(f"issued, but {said.message[:40]!r} is not a folio")
    return Done(_outputs(document_of(service, kind, said), "SENT"))


def _amount(attempt: Attempt, order: PurchaseOrder, reference: Reference | None) -> Decimal | None:
    """What a document is of that is not of the whole sale: a note's part, a receipt's rest."""
    if reference is not None and reference.code != ANNUL:
        return attempt.inputs.get("amount")
    by_voucher = Decimal(attempt.inputs.get("by_voucher") or 0)
    return order.totals.grand_total - by_voucher if by_voucher else None


def _service(order: PurchaseOrder, wire: Wire) -> Service | Failed:
    options = wire.legacy.options(Options)
    issuer = options.issuer(order.store)
    if issuer is None:
        return Failed(f"legacy.paperless.options.issuers: none for the store {order.store}")
    return Service(wire, options, issuer)


def _kind(attempt: Attempt, order: PurchaseOrder) -> int:
    wanted = attempt.inputs.get("document_kind")
    return OTHERS[wanted] if wanted in OTHERS else sale_kind(order, wanted)


def _named(attempt: Attempt, order: PurchaseOrder) -> Document | None:
    """The document that the inputs name by its `folio`."""
    folio = attempt.inputs.get("folio")
    if not folio:
        return None
    track_id = str(attempt.inputs.get("track_id") or "")
    return Document(kind=_kind(attempt, order), folio=int(folio), track_id=track_id)


def _besides(attempt: Attempt) -> frozenset[int]:
    """Documents of the order that are not this step's."""
    return frozenset(int(folio) for folio in attempt.inputs.get("besides") or ())


def _outputs(document: Document, state: str) -> dict[str, Any]:
    return {
        "track_id": document.track_id or None,
        "folio": document.folio,
        "document_type": document.kind,
        "document_state": state,
    }
