"""The tally: what journal rows add to the counts of each hour and day."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import NamedTuple

from mtd.runtime.counts.sketch import Histogram, bucket, bucket_of
from mtd.store.counts.course import Course, Sale
from mtd.store.counts.failed import FailedAttempt
from mtd.store.counts.settled import SettledPromise

HOUR, DAY = "hour", "day"


class OrderKey(NamedTuple):
    """What entries of orders into a state are counted by."""

    tenant: int
    grain: str
    since: datetime
    country: str
    store: str
    channel: str
    document: str
    currency: str
    state: str
    definition: str


class StepKey(NamedTuple):
    """What happenings at an element are counted by."""

    tenant: int
    grain: str
    since: datetime
    definition: str
    element: str
    store: str


class PromiseKey(NamedTuple):
    """What promises are counted by; `since` is when they were due."""

    tenant: int
    grain: str
    since: datetime
    country: str
    store: str
    channel: str
    carrier: str


class OrderSum:
    """Entries into a state, being counted."""

    __slots__ = ("amount", "n", "spans")

    def __init__(self) -> None:
        self.n = 0
        self.amount = Decimal(0)
        self.spans: Histogram = {}


class StepSum:
    """What happens at an element, being counted."""

    __slots__ = (
        "attempts", "failures", "incidents", "leaves", "overdue", "refusals", "rests", "tooks",
        "visits",
    )  # fmt: skip

    def __init__(self) -> None:
        self.visits = self.leaves = self.attempts = self.refusals = self.failures = 0
        self.incidents = self.overdue = 0
        self.rests: Histogram = {}
        self.tooks: Histogram = {}


class PromiseSum:
    """What becomes of promises, being counted."""

    __slots__ = ("dropped", "kept", "missed")

    def __init__(self) -> None:
        self.kept = self.missed = self.dropped = 0


class Tally:
    """Counts in the making; days begin where `zone` says."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._days: dict[datetime, datetime] = {}
        self.orders: dict[OrderKey, OrderSum] = {}
        self.steps: dict[StepKey, StepSum] = {}
        self.promises: dict[PromiseKey, PromiseSum] = {}
        self.settlements: list[SettledPromise] = []
        """Of what promises are the sums."""
        self.failed: list[FailedAttempt] = []
        """Of what refusals and failures are the sums."""

    def entered(self, course: Course, sale: Sale, state: str, at: datetime) -> None:
        """An order entered `state`."""
        for grain, since in self._grains(at):
            key = OrderKey(
                course.tenant, grain, since, sale.country, sale.store, sale.channel,
                sale.document, sale.currency, state, course.definition,
            )  # fmt: skip
            one = self.orders.get(key) or self.orders.setdefault(key, OrderSum())
            one.n += 1
            one.amount += sale.amount
            _add(one.spans, bucket_of(at - sale.received_at))

    def settled(self, course: Course, sale: Sale, due: datetime, became: str) -> None:
        """A promise was `kept`, `missed` or `dropped`."""
        for grain, since in self._grains(due):
            key = PromiseKey(
                course.tenant, grain, since, sale.country, sale.store, sale.channel, course.carrier
            )
            one = self.promises.get(key) or self.promises.setdefault(key, PromiseSum())
            setattr(one, became, getattr(one, became) + 1)
        self.settlements.append(
            SettledPromise(
                tenant=course.tenant, instance=course.instance, due_at=due, became=became,
                store=sale.store, channel=sale.channel, carrier=course.carrier,
            )
        )  # fmt: skip

    def visited(self, course: Course, definition: str, element: str, at: datetime) -> None:
        """A token came to an element."""
        for one in self._steps(course, definition, element, at):
            one.visits += 1

    def left(
        self, course: Course, definition: str, element: str, at: datetime, rested: timedelta,
        *, late: bool,
    ) -> None:  # fmt: skip
        """A token went on from an element, or ended there."""
        for one in self._steps(course, definition, element, at):
            one.leaves += 1
            one.overdue += late
            _add(one.rests, bucket_of(rested))

    def attempted(
        self, course: Course, definition: str, element: str, at: datetime, outcome: str,
        took_ms: float,
    ) -> None:  # fmt: skip
        """A call came back, or was given up: so says the row that the course is at."""
        if outcome != "done":
            self.failed.append(
                FailedAttempt(
                    tenant=course.tenant, instance=course.instance, seq=course.seq, at=at,
                    outcome=outcome, definition=definition, element=element,
                    store="" if course.sale is None else course.sale.store,
                )
            )  # fmt: skip
        for one in self._steps(course, definition, element, at):
            one.attempts += 1
            one.refusals += outcome == "refused"
            one.failures += outcome not in ("done", "refused")
            _add(one.tooks, bucket(took_ms))

    def troubled(self, course: Course, definition: str, element: str, at: datetime) -> None:
        """A token got stuck."""
        for one in self._steps(course, definition, element, at):
            one.incidents += 1

    def _steps(
        self, course: Course, definition: str, element: str, at: datetime
    ) -> Iterator[StepSum]:
        store = "" if course.sale is None else course.sale.store
        for grain, since in self._grains(at):
            key = StepKey(course.tenant, grain, since, definition, element, store)
            yield self.steps.get(key) or self.steps.setdefault(key, StepSum())

    def _grains(self, at: datetime) -> tuple[tuple[str, datetime], ...]:
        hour = at.replace(minute=0, second=0, microsecond=0)
        day = self._days.get(hour) or self._days.setdefault(hour, day_of(hour, self._zone))
        return (HOUR, hour), (DAY, day)


def day_of(at: datetime, zone: tzinfo) -> datetime:
    """When the day of a moment began, in `zone`; told in UTC."""
    return datetime.combine(at.astimezone(zone).date(), time(), zone).astimezone(UTC)


def _add(spans: Histogram, number: int) -> None:
    spans[number] = spans.get(number, 0) + 1
