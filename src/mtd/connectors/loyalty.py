"""The points system: it honours no key and answers no question, so it is told once at most."""

from typing import Any

import msgspec

from mtd.connectors.contract import Attempt, Connector, Repeat
from mtd.connectors.wire import Wire
from mtd.connectors.wire.rest import post
from mtd.core.process.outcome import Answer, Done, Failed


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The points system has none of its own."""


class Credited(msgspec.Struct, frozen=True):
    """Points that were credited."""

    credited: int


async def credit(attempt: Attempt, wire: Wire) -> Answer:
    """Credit the input `points` for the input `order_key`; output `credited`."""
    order_key, points = attempt.inputs.get("order_key"), attempt.inputs.get("points")
    if not order_key or not points:
        return Failed("order_key, points: both are needed")
    body: dict[str, Any] = {"order_id": order_key, "points": points}
    got = await post(wire, "/points", body, Credited, key=attempt.key)
    return Done({"credited": got.credited}) if isinstance(got, Credited) else got


CONNECTORS = (Connector("loyalty.credit", credit, Repeat.NEVER),)
