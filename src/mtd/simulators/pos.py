"""The point of sale (POS): posts, voids and returns sales, closes days, and is shut at night."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta

from mtd.simulators.announcer import Event
from mtd.simulators.clock import now_s
from mtd.simulators.ledger import Outcome
from mtd.simulators.rest import Context, Operation, RestDesk, positive, say_malformed
from mtd.simulators.system import Reply, System, applied, refused, told, unchanged
from mtd.simulators.world import World

ACKNOWLEDGED_AFTER_S = 60.0
ZONE = "America/Santiago"
CLOSED_FROM = "02:00"
CLOSED_UNTIL = "04:00"

Name = Annotated[str, Meta(min_length=1, max_length=255)]
LocalDate = Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")]


class Posting(msgspec.Struct, frozen=True):
    """A sale to be booked at a branch."""

    order_id: Name
    store: Name
    branch: Name
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")]
    total: Decimal
    lines: Annotated[list[dict[str, Any]], Meta(min_length=1, max_length=1_000)]
    document_type: int | None = None
    folio: int | str | None = None

    def __post_init__(self) -> None:
        positive(total=self.total)


class Naming(msgspec.Struct, frozen=True):
    """Just the order."""

    order_id: Name


class Returning(msgspec.Struct, frozen=True):
    """A part of a sale that is taken back."""

    order_id: Name
    amount: Decimal
    folio: int | str | None = None

    def __post_init__(self) -> None:
        positive(amount=self.amount)


class Day(msgspec.Struct, frozen=True):
    """The sales of a store on a local date are asked for."""

    store: Name
    date: LocalDate


class Closing(msgspec.Struct, frozen=True):
    """A branch's day to be closed: a local date."""

    branch: Name
    date: LocalDate


class Sale(msgspec.Struct):
    """A booked sale."""

    sale_id: str
    order_id: str
    store: str
    branch: str
    date: str
    total: Decimal
    state: str = "POSTED"
    returned: Decimal = Decimal(0)
    """What was taken back of `total`."""


class Tills:
    """The sales of each order, and the hours."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._announcer = world.announcer
        self._acknowledged_s = world.delay_s("acknowledged", ACKNOWLEDGED_AFTER_S)
        self._zone = ZoneInfo(world.option("time_zone", str, ZONE))
        self._from = time.fromisoformat(world.option("closed_from", str, CLOSED_FROM))
        self._until = time.fromisoformat(world.option("closed_until", str, CLOSED_UNTIL))
        self._open_whatever_the_hour: bool | None = None
        self._sales: dict[str, Sale] = {}

    def post(self, body: Posting, context: Context) -> Reply:
        """Book the sale; PosAck follows."""
        shut = self._shut()
        if shut is not None:
            return shut
        if context.verdict == "rejected":
            return refused(409, "POS_REJECTED", "the till rejects the sale")
        today = self._local().date().isoformat()
        sale_id = self._world.new_id("PS")
        sale = Sale(sale_id, body.order_id, body.store, body.branch, today, body.total)
        if context.verdict == "forgotten":
            return msgspec.structs.replace(applied(sale), outcome=Outcome.FAILED)
        self._sales[body.order_id] = sale
        payload = {"order_id": body.order_id, "sale_id": sale.sale_id, "status": "POSTED"}
        ack = Event(name="PosAck", key=sale.sale_id, payload=payload, after_s=self._acknowledged_s)
        self._announcer.tell(body.order_id, [ack])
        return applied(sale)

    def void(self, body: Naming, _context: Context) -> Reply:
        """Take the sale back; no sale is no error."""
        shut = self._shut()
        if shut is not None:
            return shut
        sale = self._sales.get(body.order_id)
        if sale is None or sale.state == "VOIDED":
            return unchanged({"voided": False})
        sale.state = "VOIDED"
        self._announcer.break_off(body.order_id)
        return applied({"voided": True, "sale_id": sale.sale_id}, undoes=("post", "void"))

    def take_back(self, body: Returning, context: Context) -> Reply:
        """Book a return; never more than what is left of the sale."""
        shut = self._shut()
        if shut is not None:
            return shut
        sale = self._sales.get(body.order_id)
        if sale is None or sale.state == "VOIDED":
            return refused(404, "UNKNOWN_ORDER", "no sale of this order")
        if body.amount > sale.total - sale.returned:
            return refused(409, "RETURN_TOO_LARGE", "more than what is left of the sale")
        sale.returned += body.amount
        return applied({"return_id": self._world.new_id("PR")}, subject=context.key)

    def day(self, body: Day, _context: Context) -> Reply:
        """Every sale that a store had on a day."""
        sales = [s for s in self._sales.values() if (s.store, s.date) == (body.store, body.date)]
        return told({"sales": sales})

    def query(self, body: Naming, _context: Context) -> Reply:
        """The sale of an order."""
        sale = self._sales.get(body.order_id)
        if sale is None:
            return refused(404, "UNKNOWN_ORDER", "no sale of this order")
        return told(sale)

    def close_day(self, body: Closing, context: Context) -> Reply:
        """How many sales the branch's day had, and their total."""
        sales = [
            sale
            for sale in self._sales.values()
            if (sale.branch, sale.date, sale.state) == (body.branch, body.date, "POSTED")
        ]
        total = sum((sale.total for sale in sales), Decimal(0))
        subject = f"{body.branch}/{body.date}/{context.key}"
        return applied({"sales": len(sales), "total": total, "date": body.date}, subject=subject)

    def command(self, command: dict[str, Any]) -> None:
        """`{"open": true | false | null}`: whatever the hour, or by the hour again.

        `{"hours": [from, until]}`: closed between these local times. `{"lose": [orders]}`: their
        sales are not in the books any more.
        """
        try:
            if "hours" in command:
                closed = msgspec.convert(command["hours"], tuple[str, str])
                self._from, self._until = map(time.fromisoformat, closed)
            lost = msgspec.convert(command.get("lose", []), list[str])
            if "open" in command:
                self._open_whatever_the_hour = msgspec.convert(command["open"], bool | None)
        except msgspec.ValidationError as error:
            raise ValueError(f"system: {error}") from error
        for order in lost:
            self._sales.pop(order, None)

    def _local(self) -> datetime:
        return datetime.fromtimestamp(now_s(), UTC).astimezone(self._zone)

    def _is_night(self, at: time) -> bool:
        """Closed at that local time; the hours may go over midnight."""
        if self._from <= self._until:
            return self._from <= at < self._until
        return at >= self._from or at < self._until

    def _shut(self) -> Reply | None:
        """The answer while it is shut, with the seconds until it opens; not remembered."""
        local = self._local()
        if self._open_whatever_the_hour is True:
            return None
        if self._open_whatever_the_hour is None and not self._is_night(local.time()):
            return None
        opens = datetime.combine(local.date(), self._until, self._zone)
        if opens <= local:
            opens += timedelta(days=1)
        seconds = max(1, int((opens - local).total_seconds()))
        shut = refused(409, "POS_CLOSED", "closed for the night", opens_at=opens.isoformat())
        return msgspec.structs.replace(
            shut, headers={"Retry-After": str(seconds)}, remembered=False
        )


def pos(world: World) -> System:
    """The point of sale."""
    tills = Tills(world)
    desk = RestDesk(
        {
            ("POST", "/sales"): Operation(name="post", shape=Posting, act=tills.post),
            ("POST", "/voids"): Operation(name="void", shape=Naming, act=tills.void),
            ("POST", "/returns"): Operation(name="return", shape=Returning, act=tills.take_back),
            ("GET", "/days"): Operation(name="day", shape=Day, act=tills.day, keyed=False),
            ("GET", "/sales"): Operation(name="query", shape=Naming, act=tills.query, keyed=False),
            ("POST", "/closings"): Operation(name="close_day", shape=Closing, act=tills.close_day),
        }
    )
    return System(
        name="pos",
        median_ms=200,
        p99_ms=2_000,
        shares={"rejected": 0.01},
        verdicts=frozenset({"rejected", "forgotten"}),
        read=desk.read,
        malformed=say_malformed,
        command=tills.command,
    )
