"""Logistics: prepares, fetches and delivers shipments; it honours idempotency keys."""

from typing import Any

import msgspec

from mtd.connectors.contract import Attempt, Connector, Repeat, for_order
from mtd.connectors.wire import Wire
from mtd.connectors.wire.rest import get, post
from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.core.process.outcome import Answer, Done, Failed, Refused

REFUSALS = frozenset({"NO_ADDRESS", "NO_ROUTE"})
UNKNOWN = frozenset({"UNKNOWN_SHIPMENT"})


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The carrier has none of its own."""


class Trip(msgspec.Struct, frozen=True):
    """An attempt to deliver a shipment."""

    tracking: str
    state: str
    delivery_attempt: int


class Preparation(msgspec.Struct, frozen=True):
    """A shipment that is being picked and packed."""

    shipment_id: str
    state: str


class Stopped(msgspec.Struct, frozen=True):
    """A trip that was called back, or how it had ended."""

    state: str


async def request_preparation(attempt: Attempt, order: PurchaseOrder, wire: Wire) -> Answer:
    """Have the order's goods picked and packed; LogisticsEvent READY follows.

    They leave only once `send_guide` has told their guide. Outputs `shipment_id`, `state`.
    Refused with NO_ADDRESS or NO_ROUTE.
    """
    shipment = order.shipment
    address = shipment.address or (None if shipment.pickup_branch else order.customer.address)
    body: dict[str, Any] = {
        "order_id": order.key,
        "recipient": order.customer.name,
        "address": None if address is None else msgspec.to_builtins(address),
        "pickup_branch": shipment.pickup_branch,
        "carrier": shipment.carrier,
        "slot": None if shipment.slot is None else msgspec.to_builtins(shipment.slot),
        "lines": [
            {"sku": line.sku, "quantity": line.quantity} for line in order.lines if not line.digital
        ],
    }
    path = "/preparations"
    got = await post(wire, path, body, Preparation, key=attempt.key, refusals=REFUSALS)
    return Done(msgspec.structs.asdict(got)) if isinstance(got, Preparation) else got


async def send_guide(attempt: Attempt, order: PurchaseOrder, wire: Wire) -> Answer:
    """The goods of the input `shipment_id` may leave under the input `guide_folio`.

    Dispatched, then Delivered or DeliveryFailed follow. Outputs `tracking`, `state`,
    `delivery_attempt`. Failed without a guide: goods never leave without one.
    """
    named = {name: attempt.inputs.get(name) for name in ("shipment_id", "guide_folio")}
    missing = [name for name, value in named.items() if not value]
    if missing:
        return Failed(f"{', '.join(missing)}: missing; goods do not leave without a guide")
    body = {"order_id": order.key, **named}
    got = await post(wire, "/guides", body, Trip, key=attempt.key)
    return Done(msgspec.structs.asdict(got)) if isinstance(got, Trip) else got


async def request_dispatch(attempt: Attempt, order: PurchaseOrder, wire: Wire) -> Answer:
    """Have the input `shipment_id` fetched; Dispatched, then Delivered or DeliveryFailed follow.

    Outputs `tracking`, `state`, `delivery_attempt`.
    """
    shipment_id = attempt.inputs.get("shipment_id")
    if not shipment_id:
        return Failed("shipment_id: missing; the goods must be reserved first")
    address = order.shipment.address or order.customer.address
    if address is None:
        return Refused("NO_ADDRESS", "the order has no address to deliver to")
    slot = order.shipment.slot
    body: dict[str, Any] = {
        "order_id": order.key,
        "shipment_id": shipment_id,
        "recipient": order.customer.name,
        "address": msgspec.to_builtins(address),
        "carrier": order.shipment.carrier,
        "guide_folio": attempt.inputs.get("guide_folio"),
        "slot": None if slot is None else msgspec.to_builtins(slot),
    }
    got = await post(wire, "/dispatches", body, Trip, key=attempt.key, refusals=REFUSALS)
    return Done(msgspec.structs.asdict(got)) if isinstance(got, Trip) else got


async def cancel_dispatch(attempt: Attempt, order: PurchaseOrder, wire: Wire) -> Answer:
    """Call the input `shipment_id` back, wherever it is; nothing requested is done at once.

    Outputs `state`: CANCELLED, NONE, or DELIVERED or FAILED of a trip that is over already.
    """
    shipment_id = attempt.inputs.get("shipment_id")
    if not shipment_id:
        return Done({"state": "NONE"})
    body = {"order_id": order.key, "shipment_id": shipment_id}
    got = await post(wire, "/cancellations", body, Stopped, key=attempt.key)
    return Done({"state": got.state}) if isinstance(got, Stopped) else got


async def track(attempt: Attempt, _order: PurchaseOrder, wire: Wire) -> Answer:
    """Where the input `shipment_id` is; `state` is NONE of one that nobody requested."""
    shipment_id = str(attempt.inputs.get("shipment_id") or "")
    got = await get(wire, "/dispatches", {"shipment_id": shipment_id}, Trip, refusals=UNKNOWN)
    if isinstance(got, Refused):
        return Done({"tracking": None, "state": "NONE", "delivery_attempt": 0})
    return Done(msgspec.structs.asdict(got)) if isinstance(got, Trip) else got


CONNECTORS = (
    Connector("logistics.request_preparation", for_order(request_preparation), Repeat.BY_KEY),
    Connector("logistics.send_guide", for_order(send_guide), Repeat.BY_KEY),
    Connector("logistics.request_dispatch", for_order(request_dispatch), Repeat.BY_KEY),
    Connector("logistics.cancel_dispatch", for_order(cancel_dispatch), Repeat.BY_KEY),
    Connector("logistics.track", for_order(track), Repeat.BY_KEY),
)
