"""The carrier: prepares and delivers shipments on request, tells how it goes, can be called back.

What it prepared itself leaves only once it has the dispatch guide.
"""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from mtd.simulators.announcer import Event
from mtd.simulators.rest import Context, Operation, RestDesk, say_malformed
from mtd.simulators.system import Reply, System, applied, refused, told, unchanged
from mtd.simulators.world import World

READY_AFTER_S = 3_600.0
DISPATCHED_AFTER_S = 7_200.0
DELIVERED_AFTER_S = 28_800.0

OVER = frozenset({"DELIVERED", "FAILED", "CANCELLED"})
"""States of a trip that nothing changes any more."""

Name = Annotated[str, Meta(min_length=1, max_length=255)]


class Requesting(msgspec.Struct, frozen=True):
    """A shipment to be fetched and delivered."""

    order_id: Name
    shipment_id: Name
    recipient: Name
    address: dict[str, Any]
    carrier: str | None = None
    guide_folio: int | None = None
    slot: dict[str, Any] | None = None


class Preparing(msgspec.Struct, frozen=True):
    """Goods to be picked, packed and delivered."""

    order_id: Name
    recipient: Name
    lines: Annotated[list[dict[str, Any]], Meta(min_length=1, max_length=1_000)]
    address: dict[str, Any] | None = None
    pickup_branch: str | None = None
    carrier: str | None = None
    slot: dict[str, Any] | None = None


class Guiding(msgspec.Struct, frozen=True):
    """The dispatch guide under which prepared goods may leave."""

    order_id: Name
    shipment_id: Name
    guide_folio: Annotated[int, Meta(ge=1)]


class Asking(msgspec.Struct, frozen=True):
    """Where a shipment is."""

    shipment_id: Name


class Cancelling(msgspec.Struct, frozen=True):
    """A shipment that is not to be delivered."""

    order_id: Name
    shipment_id: Name


class Trip(msgspec.Struct):
    """One attempt to deliver a shipment."""

    tracking: str
    shipment_id: str
    delivery_attempt: int
    state: str = "REQUESTED"


class Carrier:
    """The last trip of each shipment."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._announcer = world.announcer
        self._ready_s = world.delay_s("ready", READY_AFTER_S)
        self._dispatched_s = world.delay_s("dispatched", DISPATCHED_AFTER_S)
        self._delivered_s = world.delay_s("delivered", DELIVERED_AFTER_S)
        self._trips: dict[str, Trip] = {}

    def prepare(self, body: Preparing, _context: Context) -> Reply:
        """Pick and pack; LogisticsEvent READY follows, and nothing leaves without its guide."""
        if not body.address and not body.pickup_branch:
            return refused(422, "NO_ADDRESS", "address: nothing to deliver to")
        trip = Trip("", self._world.new_id("SH"), 1, state="PREPARING")
        self._trips[trip.shipment_id] = trip
        ready = self._event("LogisticsEvent", "READY", body.order_id, trip, self._ready_s)
        self._announcer.tell(body.order_id, [ready])
        return applied({"shipment_id": trip.shipment_id, "state": trip.state})

    def guide(self, body: Guiding, context: Context) -> Reply:
        """The goods leave under this guide: Dispatched, then Delivered or DeliveryFailed follow."""
        trip = self._trips.get(body.shipment_id)
        if trip is None:
            return refused(404, "UNKNOWN_SHIPMENT", "no such shipment")
        if trip.state not in ("PREPARING", "READY"):
            return unchanged(trip)
        trip.tracking = self._world.new_id("TR")
        trip.state = "REQUESTED"
        story = self._story(body.order_id, trip, fails=context.verdict == "delivery_failed")
        self._announcer.tell(body.order_id, story)
        return applied(trip)

    def request(self, body: Requesting, context: Context) -> Reply:
        """Take the shipment over; a second request after a failed delivery tries once more."""
        if not body.address:
            return refused(422, "NO_ADDRESS", "address: nothing to deliver to")
        before = self._trips.get(body.shipment_id)
        undoes = ("request",) if before is not None and before.state == "FAILED" else ()
        nth = 1 if before is None else before.delivery_attempt + 1
        trip = Trip(self._world.new_id("TR"), body.shipment_id, nth)
        self._trips[body.shipment_id] = trip
        story = self._story(body.order_id, trip, fails=context.verdict == "delivery_failed")
        self._announcer.tell(body.order_id, story)
        return applied(trip, undoes=undoes)

    def cancel(self, body: Cancelling, _context: Context) -> Reply:
        """Stop the trip, wherever it is; one that is over, or was never asked for, stays so."""
        trip = self._trips.get(body.shipment_id)
        if trip is None or trip.state in OVER:
            return unchanged({"state": "NONE" if trip is None else trip.state})
        self._announcer.break_off(body.order_id)
        trip.state = "CANCELLED"
        return applied({"state": trip.state}, ("prepare", "guide", "request", "cancel"))

    def track(self, body: Asking, _context: Context) -> Reply:
        """Where it is."""
        trip = self._trips.get(body.shipment_id)
        if trip is None:
            return refused(404, "UNKNOWN_SHIPMENT", "no such shipment")
        return told(trip)

    def _story(self, order: str, trip: Trip, *, fails: bool) -> list[Event]:
        last = ("DeliveryFailed", "FAILED") if fails else ("Delivered", "DELIVERED")
        return [
            self._event("Dispatched", "DISPATCHED", order, trip, self._dispatched_s),
            self._event(*last, order, trip, self._delivered_s),
        ]

    def _event(self, name: str, state: str, order: str, trip: Trip, after_s: float) -> Event:
        payload: dict[str, Any] = {
            "order_id": order,
            "shipment_id": trip.shipment_id,
            "tracking": trip.tracking,
            "delivery_attempt": trip.delivery_attempt,
            "status": state,
        }
        if state == "FAILED":
            payload["reason"] = "nobody at home"
        return Event(
            name=name,
            key=trip.shipment_id,
            payload=payload,
            after_s=after_s,
            then=lambda: setattr(trip, "state", state),
        )


def logistics(world: World) -> System:
    """The carrier."""
    carrier = Carrier(world)
    desk = RestDesk(
        {
            ("POST", "/preparations"): Operation(
                name="prepare", shape=Preparing, act=carrier.prepare
            ),
            ("POST", "/guides"): Operation(name="guide", shape=Guiding, act=carrier.guide),
            ("POST", "/dispatches"): Operation(
                name="request", shape=Requesting, act=carrier.request
            ),
            ("POST", "/cancellations"): Operation(
                name="cancel", shape=Cancelling, act=carrier.cancel
            ),
            ("GET", "/dispatches"): Operation(
                name="track", shape=Asking, act=carrier.track, keyed=False
            ),
        }
    )
    return System(
        name="logistics",
        median_ms=150,
        p99_ms=1_000,
        shares={"delivery_failed": 0.03, "event_repeated": 0.03, "event_late": 0.01},
        verdicts=frozenset({"delivery_failed"}),
        read=desk.read,
        malformed=say_malformed,
    )
