"""What the tests of the reference process share: its paths in states, and how one is driven."""

from typing import Any

from mtd.core.process.instance import State
from tests.processes.deployed import compiled
from tests.processes.world import World

HAPPY = ["RECEIVED", "VALIDATED", "PAYMENT_CONFIRMED", "DTE_ISSUANCE", "INVOICED", "IN_FULFILLMENT"]
DELIVERED = [*HAPPY, "DISPATCHED", "DELIVERED", "CLOSED"]
PICKED_UP = [*HAPPY, "READY_FOR_PICKUP", "DELIVERED", "CLOSED"]
CANCELLED = ["CANCELLATION_REQUESTED", "CANCELLED"]
REVERSALS = [
    "eom.release",
    "logistics.cancel_dispatch",
    "payment.refund",
    "giftcard.reverse",
    "mail.send",
]
"""What takes back whatever was under way when an order is cancelled, and the last letter."""


def drive(order: dict[str, Any] | None = None, **script: Any) -> World:
    """One order from its start until nothing more would happen."""
    definition = compiled().definition
    assert definition is not None, compiled().faults
    return World(definition, order, **script).run()


def assert_ended(world: World, states: list[str]) -> None:
    """The instance is over, with no incident, and went through just these states."""
    assert (world.states, world.instance.state) == (states, State.COMPLETED), world.resting()
    assert not world.instance.incidents
