"""Looking for a document that may have been issued: the only legal step after an unknown end."""

from collections.abc import Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import msgspec

from mtd.connectors.paperless.issuer import Document, Service, issued_on, standing
from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.core.process.outcome import Failed

DEAD = frozenset({"REJECTED", "VOIDED"})
"""States of a document that does not exist for the tax authority."""


async def found(
    service: Service,
    order: PurchaseOrder,
    kind: int,
    known: Document | None,
    besides: frozenset[int] = frozenset(),
) -> tuple[Document, str] | Failed | None:
    """The order's document and its state; a living one if there is any.

    `known` is asked after by its folio, which is decisive; else the lists of the days are read,
    the newest first. `besides`: folios that are another step's, such as the notes that an order has
    already. Failed when the issuer cannot be asked.
    """
    if known is not None:
        return await _with_state(service, known)
    dead: tuple[Document, str] | None = None
    for day in _days(service, order):
        documents = await issued_on(service, kind, day.isoformat(), order.key)
        if isinstance(documents, Failed):
            return documents
        for document in documents:
            if document.folio in besides:
                continue
            there = await _with_state(service, document)
            if isinstance(there, Failed) or there[1] not in DEAD:
                return there
            dead = dead or there
    return dead


async def _with_state(service: Service, document: Document) -> tuple[Document, str] | Failed:
    state = await standing(service, document)
    if isinstance(state, Failed):
        return state
    track_id = document.track_id or state.track_id
    return msgspec.structs.replace(document, track_id=track_id), state.state


def _days(service: Service, order: PurchaseOrder) -> Iterator[date]:
    """From today back to the day on which the order was placed, at most so many."""
    zone = ZoneInfo(service.options.time_zone)
    today = service.wire.legacy.now().astimezone(zone).date()
    first = order.placed_at.astimezone(zone).date()
    for back in range(service.options.days_searched_max):
        day = today - timedelta(days=back)
        yield day
        if day <= first:
            return
