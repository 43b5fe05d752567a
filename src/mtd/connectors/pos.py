"""The point of sale (POS): posts and voids sales; it honours idempotency keys, and sleeps."""

from typing import Any

import msgspec

from mtd.connectors.contract import Attempt, Connector, Repeat, for_order
from mtd.connectors.wire import Wire
from mtd.connectors.wire.rest import get, post
from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.core.process.outcome import Answer, Done, Refused

REFUSALS = frozenset({"POS_REJECTED"})
UNKNOWN = frozenset({"UNKNOWN_ORDER"})


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The point of sale has none of its own."""


class Sale(msgspec.Struct, frozen=True):
    """A booked sale."""

    sale_id: str
    state: str


class Voided(msgspec.Struct, frozen=True):
    """A sale taken back, if there was one."""

    voided: bool


async def post_sale(attempt: Attempt, order: PurchaseOrder, wire: Wire) -> Answer:
    """Book the sale at the order's branch; PosAck follows. Outputs `sale_id`, `state`.

    Failed with the seconds to wait while the tills are closed for the night.
    """
    body: dict[str, Any] = {
        "order_id": order.key,
        "store": order.store,
        "branch": order.branch,
        "currency": order.currency.value,
        "total": order.totals.grand_total,
        "document_type": attempt.inputs.get("document_type"),
        "folio": attempt.inputs.get("folio"),
        "lines": [
            {"sku": line.sku, "quantity": line.quantity, "unit_price": line.unit_price}
            for line in order.lines
        ],
    }
    got = await post(wire, "/sales", body, Sale, key=attempt.key, refusals=REFUSALS)
    return Done(msgspec.structs.asdict(got)) if isinstance(got, Sale) else got


async def void(attempt: Attempt, order: PurchaseOrder, wire: Wire) -> Answer:
    """Take the sale back; no sale is done at once."""
    got = await post(wire, "/voids", {"order_id": order.key}, Voided, key=attempt.key)
    return Done({"voided": got.voided}) if isinstance(got, Voided) else got


async def query(_attempt: Attempt, order: PurchaseOrder, wire: Wire) -> Answer:
    """The order's sale; `state` is NONE of one that was never booked."""
    got = await get(wire, "/sales", {"order_id": order.key}, Sale, refusals=UNKNOWN)
    if isinstance(got, Refused):
        return Done({"sale_id": None, "state": "NONE"})
    return Done(msgspec.structs.asdict(got)) if isinstance(got, Sale) else got


CONNECTORS = (
    Connector("pos.post_sale", for_order(post_sale), Repeat.BY_KEY),
    Connector("pos.void", for_order(void), Repeat.BY_KEY),
    Connector("pos.query", for_order(query), Repeat.BY_KEY),
)
