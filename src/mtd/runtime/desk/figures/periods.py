"""Periods: the span of days that figures are asked for, as the address of a page says it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta, tzinfo

import msgspec

from mtd.runtime.counts.tally import DAY, HOUR
from mtd.runtime.desk.orders.filters import BadFilter, day
from mtd.store.counts.figures import Scope

NAMED = {"today": 1, "yesterday": 1, "week": 7, "month": 28}
"""Days of each period that has a name."""
CUSTOM = "custom"
DAYS_MAX = 800
HOURLY_DAYS_MAX = 2
"""Longer periods are told by days."""


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """Whole days of a time zone."""

    name: str
    first: date
    last: date
    """Included."""
    zone: tzinfo

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1

    @property
    def grain(self) -> str:
        """By what it is told."""
        return HOUR if self.days <= HOURLY_DAYS_MAX else DAY

    @property
    def since(self) -> datetime:
        """When it begins."""
        return datetime.combine(self.first, time(), self.zone)

    @property
    def until(self) -> datetime:
        """When it is over."""
        return datetime.combine(self.last + timedelta(days=1), time(), self.zone)

    def before(self) -> "Period":
        """The period of as many days before it."""
        days = timedelta(days=self.days)
        return Period(name="", first=self.first - days, last=self.last - days, zone=self.zone)

    def scope(self, stores: tuple[str, ...] | None) -> Scope:
        """The counts of it."""
        return Scope(grain=self.grain, since=self.since, until=self.until, stores=stores)

    def query(self) -> dict[str, str]:
        """As it stands in an address."""
        if self.name == CUSTOM:
            return {"from": self.first.isoformat(), "to": self.last.isoformat()}
        return {} if self.name == "today" else {"period": self.name}


def read_period(query: Mapping[str, Sequence[str]], now: datetime, zone: tzinfo) -> Period:
    """The period that an address says; today, if it says none. Raises BadFilter."""
    today = now.astimezone(zone).date()
    first, last = _one(query, "from"), _one(query, "to")
    if first or last:
        begins = day("from", first) if first else today
        ends = day("to", last) if last else today
        if not 0 <= (ends - begins).days < DAYS_MAX:
            raise BadFilter(f"from: {first}, to: {last}")
        return Period(name=CUSTOM, first=begins, last=ends, zone=zone)
    name = _one(query, "period") or "today"
    if name not in NAMED:
        raise BadFilter(f"period: {name}")
    ends = today - timedelta(days=1) if name == "yesterday" else today
    return Period(name=name, first=ends - timedelta(days=NAMED[name] - 1), last=ends, zone=zone)


def _one(query: Mapping[str, Sequence[str]], name: str) -> str:
    return next(iter(query.get(name, ())), "")
