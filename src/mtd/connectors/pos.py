"""The point of sale (POS): posts, voids, returns; it honours idempotency keys, and sleeps."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from mtd.connectors.contract import Attempt, Connector, Repeat, for_order
from mtd.connectors.wire import Wire
from mtd.connectors.wire.rest import get, post
from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.core.process.outcome import Answer, Done, Failed, Refused

POSTING = frozenset({"POS_REJECTED", "POS_CLOSED"})
RETURNING = frozenset({"RETURN_TOO_LARGE"})
UNKNOWN = frozenset({"UNKNOWN_ORDER"})
SALES_MAX = 20_000
"""Sales of one store in two days that are compared; more would not fit into one step."""


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The point of sale has none of its own."""


class Sale(msgspec.Struct, frozen=True):
    """A booked sale."""

    sale_id: str
    state: str


class Voided(msgspec.Struct, frozen=True):
    """A sale taken back, if there was one."""

    voided: bool


class Returned(msgspec.Struct, frozen=True):
    """A return that was booked."""

    return_id: str


class Booked(msgspec.Struct, frozen=True):
    """A sale as the books of a day have it."""

    order_id: str
    date: str
    total: Decimal
    state: str


class Day(msgspec.Struct, frozen=True):
    """The sales of one store on one day."""

    sales: list[Booked]


async def post_sale(attempt: Attempt, order: PurchaseOrder, wire: Wire) -> Answer:
    """Book the sale at the order's branch; PosAck follows. Outputs `sale_id`, `state`.

    Refused with POS_REJECTED, or with POS_CLOSED and `opens_at` while the tills are closed for
    the night: the drawing says how that is waited for.
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
    got = await post(wire, "/sales", body, Sale, key=attempt.key, refusals=POSTING)
    return Done(msgspec.structs.asdict(got)) if isinstance(got, Sale) else got


async def void(attempt: Attempt, order: PurchaseOrder, wire: Wire) -> Answer:
    """Take the sale back; no sale is done at once."""
    got = await post(wire, "/voids", {"order_id": order.key}, Voided, key=attempt.key)
    return Done({"voided": got.voided}) if isinstance(got, Voided) else got


async def post_return(attempt: Attempt, order: PurchaseOrder, wire: Wire) -> Answer:
    """Book that the input `amount` of the sale, tax included, is taken back under `folio`.

    Outputs `return_id`. Refused with RETURN_TOO_LARGE when it is more than what is left of it.
    """
    body = {
        "order_id": order.key,
        "amount": attempt.inputs.get("amount"),
        "folio": attempt.inputs.get("folio"),
    }
    got = await post(wire, "/returns", body, Returned, key=attempt.key, refusals=RETURNING)
    return Done({"return_id": got.return_id}) if isinstance(got, Returned) else got


async def sales_of_day(attempt: Attempt, wire: Wire) -> Answer:
    """What the POS booked for the input `store` on the input `day`, a local date, and the next.

    Outputs `booked`: rows of `order`, `day`, `total` and `is_void`; needs no order.
    """
    store, day = (str(attempt.inputs.get(name) or "") for name in ("store", "day"))
    if not store or not day:
        return Failed("store, day: one is missing")
    booked: list[Booked] = []
    for one in (day, (date.fromisoformat(day) + timedelta(days=1)).isoformat()):
        got = await get(wire, "/days", {"store": store, "date": one}, Day)
        if not isinstance(got, Day):
            return got
        booked += got.sales
    if len(booked) > SALES_MAX:
        return Failed(f"{len(booked)} sales in two days; at most {SALES_MAX} are compared")
    rows = [
        {"order": s.order_id, "day": s.date, "total": s.total, "is_void": s.state == "VOIDED"}
        for s in booked
    ]
    return Done({"booked": rows})


async def query(_attempt: Attempt, order: PurchaseOrder, wire: Wire) -> Answer:
    """The order's sale; `state` is NONE of one that was never booked."""
    got = await get(wire, "/sales", {"order_id": order.key}, Sale, refusals=UNKNOWN)
    if isinstance(got, Refused):
        return Done({"sale_id": None, "state": "NONE"})
    return Done(msgspec.structs.asdict(got)) if isinstance(got, Sale) else got


CONNECTORS = (
    Connector("pos.post_sale", for_order(post_sale), Repeat.BY_KEY),
    Connector("pos.void", for_order(void), Repeat.BY_KEY),
    Connector("pos.post_return", for_order(post_return), Repeat.BY_KEY),
    Connector("pos.query", for_order(query), Repeat.BY_KEY),
    Connector("pos.sales_of_day", sales_of_day, Repeat.BY_KEY),
)
