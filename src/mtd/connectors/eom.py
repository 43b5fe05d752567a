"""The enterprise order management (EOM): stock and the warehouse; it honours idempotency keys."""

from decimal import Decimal
from typing import Any

import msgspec

from mtd.connectors.contract import Attempt, Connector, Repeat, for_order
from mtd.connectors.wire import Wire
from mtd.connectors.wire.rest import post
from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.core.process.outcome import Answer, Done, Refused

REFUSALS = frozenset({"STOCKOUT"})
SHARE_UNIT = Decimal("0.0001")


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """EOM has none of its own."""


class Reserved(msgspec.Struct, frozen=True):
    """Stock put aside."""

    reservation_id: str
    shipment_id: str
    short_lines: list[int] = []


class Released(msgspec.Struct, frozen=True):
    """Stock put back, if there was any."""

    released: bool


class Picking(msgspec.Struct, frozen=True):
    """The warehouse has begun."""

    shipment_id: str


async def reserve(attempt: Attempt, order: PurchaseOrder, wire: Wire) -> Answer:
    """Put the order's goods aside; the input `action` says what to do about missing ones.

    Outputs `shipment_id`, `reservation_id`, `short_lines`; digital goods need no stock, and an
    order of nothing else has the order's key as its shipment. Refused(STOCKOUT) has outputs
    `missing_lines`, `short_share` (of the lines, 0 to 1) and `substitute_node`.
    """
    lines = [line for line in order.lines if not line.digital]
    if not lines:
        return Done({"shipment_id": order.key, "reservation_id": None, "short_lines": []})
    body: dict[str, Any] = {
        "order_id": order.key,
        "store": order.store,
        "method": order.shipment.method.value,
        "branch": order.shipment.pickup_branch,
        "action": attempt.inputs.get("action"),
        "lines": [
            {
                "line_no": line.line_no,
                "sku": line.sku,
                "quantity": line.quantity,
                "node": line.fulfilment_node,
            }
            for line in lines
        ],
    }
    got = await post(wire, "/reservations", body, Reserved, key=attempt.key, refusals=REFUSALS)
    if isinstance(got, Refused):
        return _stockout(got, len(lines))
    return Done(msgspec.structs.asdict(got)) if isinstance(got, Reserved) else got


async def release(attempt: Attempt, order: PurchaseOrder, wire: Wire) -> Answer:
    """Put everything back, whatever the warehouse is doing; nothing there is done at once."""
    body = {"order_id": order.key}
    got = await post(wire, "/releases", body, Released, key=attempt.key)
    return Done({"released": got.released}) if isinstance(got, Released) else got


async def release_to_pick(attempt: Attempt, order: PurchaseOrder, wire: Wire) -> Answer:
    """Let the warehouse begin; its FulfilmentEvent follow. Outputs `shipment_id`."""
    if all(line.digital for line in order.lines):
        return Done({"shipment_id": order.key})
    body = {"order_id": order.key}
    got = await post(wire, "/picks", body, Picking, key=attempt.key)
    return Done({"shipment_id": got.shipment_id}) if isinstance(got, Picking) else got


CONNECTORS = (
    Connector("eom.reserve", for_order(reserve), Repeat.BY_KEY),
    Connector("eom.release", for_order(release), Repeat.BY_KEY),
    Connector("eom.release_to_pick", for_order(release_to_pick), Repeat.BY_KEY),
)


def _stockout(refused: Refused, line_count: int) -> Refused:
    missing = refused.outputs.get("lines", [])
    share = (Decimal(len(missing)) / line_count).quantize(SHARE_UNIT)
    outputs = {
        "missing_lines": missing,
        "short_share": share,
        "substitute_node": refused.outputs.get("substitute_node"),
    }
    return Refused(refused.code, refused.message, outputs)
