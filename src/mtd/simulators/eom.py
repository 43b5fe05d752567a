"""The enterprise order management (EOM): stock, the warehouse's work, and pickup at a branch."""

from decimal import Decimal
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from mtd.simulators.announcer import Event
from mtd.simulators.rest import Context, Operation, RestDesk, positive, say_malformed
from mtd.simulators.system import Reply, System, applied, refused, unchanged
from mtd.simulators.world import World

LINES_MAX = 1_000
PICKED_AFTER_S = 1_800.0
PACKED_AFTER_S = 600.0
READY_AFTER_S = 3_600.0
PICKED_UP_AFTER_S = 14_400.0
OTHER_NODE = "CD-02"
"""The distribution centre that has what another lacks."""

Name = Annotated[str, Meta(min_length=1, max_length=255)]


class Wanted(msgspec.Struct, frozen=True):
    """An article and how many of it."""

    line_no: Annotated[int, Meta(ge=1)]
    sku: Name
    quantity: Decimal
    node: str | None = None

    def __post_init__(self) -> None:
        positive(quantity=self.quantity)


class Reserving(msgspec.Struct, frozen=True):
    """Stock to be put aside for an order: all lines or none."""

    order_id: Name
    store: Name
    method: Literal["home_delivery", "pickup"]
    lines: Annotated[list[Wanted], Meta(min_length=1, max_length=LINES_MAX)]
    branch: str | None = None
    """Where the customer picks it up."""
    action: Literal["substitute", "partial", "backorder", "cancel_line"] | None = None
    """After a stock-out: from another node, what there is, later, or without the lines."""


class Naming(msgspec.Struct, frozen=True):
    """Just the order."""

    order_id: Name


class Reservation(msgspec.Struct):
    """What was put aside."""

    reservation_id: str
    shipment_id: str
    method: str
    short_lines: list[int] = []
    """Lines that were not put aside, as `action` allows."""
    state: str = "RESERVED"


class Warehouse:
    """The reservation of each order."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._announcer = world.announcer
        self._picked_s = world.delay_s("picked", PICKED_AFTER_S)
        self._packed_s = world.delay_s("packed", PACKED_AFTER_S)
        self._ready_s = world.delay_s("ready_for_pickup", READY_AFTER_S)
        self._picked_up_s = world.delay_s("picked_up", PICKED_UP_AFTER_S)
        self._out = frozenset(world.option("out_of_stock", list[str], []))
        self._reservations: dict[str, Reservation] = {}

    def reserve(self, body: Reserving, context: Context) -> Reply:
        """Put the articles aside, or name the lines that are missing.

        What came up short in the warehouse is put aside anew for the same shipment.
        """
        missing = [line.line_no for line in body.lines if line.sku in self._out]
        if context.verdict == "stockout" and not missing:
            missing = [body.lines[-1].line_no]
        if missing and body.action in (None, "substitute"):
            return self._stockout(body, missing)
        new_id = self._world.new_id
        before = self._reservations.get(body.order_id)
        again = before is not None and before.state == "SHORT"
        shipment_id = before.shipment_id if before is not None and again else new_id("SH")
        made = Reservation(new_id("RS"), shipment_id, body.method, missing)
        self._reservations[body.order_id] = made
        return applied(made, ("reserve", "release_to_pick") if again else ())

    def release(self, body: Naming, _context: Context) -> Reply:
        """Put everything back, whatever the warehouse is doing; nothing there is no error."""
        self._announcer.break_off(body.order_id)
        reservation = self._reservations.pop(body.order_id, None)
        if reservation is None:
            return unchanged({"released": False})
        answer = {"released": True, "shipment_id": reservation.shipment_id}
        return applied(answer, undoes=("reserve", "release_to_pick", "release"))

    def release_to_pick(self, body: Naming, context: Context) -> Reply:
        """Let the warehouse begin; its events follow."""
        reservation = self._reservations.get(body.order_id)
        if reservation is None:
            return refused(409, "NOT_RESERVED", "nothing is reserved for this order")
        undoes = ("release_to_pick",) if reservation.state == "SHORT" else ()
        reservation.state = "PICKING"
        story = self._story(body.order_id, reservation, short=context.verdict == "short")
        self._announcer.tell(body.order_id, story)
        answer = {"shipment_id": reservation.shipment_id, "state": "PICKING"}
        return applied(answer, undoes)

    def _stockout(self, body: Reserving, missing: list[int]) -> Reply:
        """What is missing, and for every second order the node that has it."""
        elsewhere = body.action is None and self._world.chance("node", body.order_id) < 0.5
        return refused(
            409,
            "STOCKOUT",
            "not in stock",
            lines=missing,
            substitute_node=OTHER_NODE if elsewhere else None,
        )

    def _story(self, order: str, reservation: Reservation, *, short: bool) -> list[Event]:
        """PICKED, PACKED and, for pickup, ReadyForPickup, PickedUp; or SHORT and no more."""
        if short:
            return [self._event("FulfilmentEvent", order, reservation, "SHORT", self._picked_s)]
        story = [
            self._event("FulfilmentEvent", order, reservation, "PICKED", self._picked_s),
            self._event("FulfilmentEvent", order, reservation, "PACKED", self._packed_s),
        ]
        if reservation.method == "pickup":
            story += [
                self._event("ReadyForPickup", order, reservation, "READY", self._ready_s),
                self._event("PickedUp", order, reservation, "PICKED_UP", self._picked_up_s),
            ]
        return story

    def _event(
        self, name: str, order: str, reservation: Reservation, status: str, after_s: float
    ) -> Event:
        payload = {
            "order_id": order,
            "shipment_id": reservation.shipment_id,
            "status": status,
        }
        return Event(
            name=name,
            key=reservation.shipment_id,
            payload=payload,
            after_s=after_s,
            then=lambda: setattr(reservation, "state", status),
        )


def eom(world: World) -> System:
    """The enterprise order management."""
    warehouse = Warehouse(world)
    desk = RestDesk(
        {
            ("POST", "/reservations"): Operation(
                name="reserve", shape=Reserving, act=warehouse.reserve
            ),
            ("POST", "/releases"): Operation(name="release", shape=Naming, act=warehouse.release),
            ("POST", "/picks"): Operation(
                name="release_to_pick", shape=Naming, act=warehouse.release_to_pick
            ),
        }
    )
    return System(
        name="eom",
        median_ms=150,
        p99_ms=1_500,
        shares={
            "error": 0.01,
            "stockout": 0.02,
            "short": 0.0,
            "event_late": 0.02,
            "event_repeated": 0.02,
            "event_swapped": 0.01,
        },
        verdicts=frozenset({"stockout", "short"}),
        read=desk.read,
        malformed=say_malformed,
    )
