"""Issuing in the steps that a process draws: Paperless numbers, builds and sends all at once.

So validating looks at the buyer alone, there is no folio before sending, and nothing to build.
"""

from typing import Any

from mtd.connectors.contract import Attempt
from mtd.connectors.wire import Wire
from mtd.core.orders.purchase_order import BuyerDocument, DocumentKind
from mtd.core.process.outcome import Answer, Done, Refused

UNNUMBERED: dict[str, Any] = {"folio": None}


async def plan(attempt: Attempt, _: Wire) -> Answer:
    """What can be seen before sending: an invoice names its buyer. Refused(BUYER_DATA)."""
    order = attempt.order
    if order is None or attempt.inputs.get("document_kind") != DocumentKind.INVOICE.value:
        return Done()
    document = order.buyer_document
    missing = [name for name in BuyerDocument.__struct_fields__ if getattr(document, name) is None]
    if not missing:
        return Done()
    return Refused("BUYER_DATA", f"buyer_document: {', '.join(missing)} missing for an invoice")


async def number(_attempt: Attempt, _: Wire) -> Answer:
    """No folio yet: Paperless gives one with the document."""
    return Done(UNNUMBERED)


async def build(_attempt: Attempt, _: Wire) -> Answer:
    """Paperless stamps and signs."""
    return Done()
