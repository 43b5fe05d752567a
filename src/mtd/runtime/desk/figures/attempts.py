"""Attempts that failed or were refused, one by one: what a counterpart's counts are made of."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from mtd.runtime.desk.counting import COUNTED_MAX, COUNTING_MS, in_time
from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.figures.periods import Period, read_period
from mtd.runtime.desk.orders import board
from mtd.runtime.desk.orders.filters import BadFilter
from mtd.runtime.desk.people.person import Person
from mtd.store.counts import failed
from mtd.store.counts.failed import PAGE_MAX, Listed, Place, Wanted
from mtd.store.orders.board import FIRST

ROWS = 50
FAILURES, REFUSALS = "failures", "refusals"
OUTCOMES = (FAILURES, REFUSALS)
"""Failures: they failed, or nobody knows; refusals: a business no."""
SEQ_MAX = 2**31 - 1


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """Which attempts a person asks for; empty: whatever it is."""

    period: Period
    outcome: str = FAILURES
    """One of OUTCOMES."""
    system: str = ""
    definition: str = ""
    element: str = ""

    def query(self) -> dict[str, object]:
        """As it stands in an address."""
        names = {
            "outcome": self.outcome, "system": self.system, "definition": self.definition,
            "element": self.element, "from": self.period.first.isoformat(),
            "to": self.period.last.isoformat(),
        }  # fmt: skip
        return {name: value for name, value in names.items() if value}


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """An attempt in the list."""

    row: Listed
    step: str
    """What the drawing calls where it was made."""


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the list."""

    lines: tuple[Line, ...]
    after: Place | None
    """Before which the next page is; None: this is the last."""


def read_asked(query: Mapping[str, Sequence[str]], desk: Desk) -> Asked:
    """What an address asks for. Raises BadFilter."""
    outcome = _one(query, "outcome") or FAILURES
    if outcome not in OUTCOMES:
        raise BadFilter(f"outcome: {outcome}")
    return Asked(
        period=read_period(query, desk.app.clock.now(), desk.zone),
        outcome=outcome,
        system=_one(query, "system"),
        definition=_one(query, "definition"),
        element=_one(query, "element"),
    )


def read_place(text: str) -> Place | None:
    """A place as `written` has it. Raises BadFilter."""
    if not text:
        return None
    try:
        at, instance, seq = text.split("_")
        place = datetime.fromisoformat(at), str(UUID(instance)), int(seq)
    except ValueError as error:
        raise BadFilter(f"below: {text}") from error
    if place[0].tzinfo is None or not 0 <= place[2] <= SEQ_MAX:
        raise BadFilter(f"below: {text}")
    return place


def written(place: Place) -> str:
    """A place as an address names it."""
    return f"{place[0].isoformat()}_{place[1]}_{place[2]}"


async def page(
    desk: Desk, person: Person, asked: Asked, *, below: Place | None = None, rows: int = ROWS
) -> Page:
    """Of the person's stores, the latest before the one at `below`."""
    person.must("statistics.see")
    person.must("orders.see")
    async with desk.app.store.window(desk.tenant) as connection:
        wanted = _wanted(person, asked, below)
        found = await failed.page(connection, desk.tenant, wanted, rows + 1)
    lines = [
        Line(row=row, step=await board.step(desk, row.definition, row.element))
        for row in found[:rows]
    ]
    return Page(lines=tuple(lines), after=lines[-1].row.place if len(found) > rows else None)


async def every(desk: Desk, person: Person, asked: Asked) -> AsyncIterator[Sequence[Line]]:
    """All of them, the latest first, some at a time."""
    below: Place | None = None
    while True:
        found = await page(desk, person, asked, below=below, rows=PAGE_MAX)
        yield found.lines
        if found.after is None:
            return
        below = found.after


async def counted(desk: Desk, person: Person, asked: Asked) -> int | None:
    """How many there are, up to COUNTED_MAX; None: counting them would take too long."""
    person.must("statistics.see")
    person.must("orders.see")
    return await in_time(_counted(desk, _wanted(person, asked, None)))


async def _counted(desk: Desk, wanted: Wanted) -> int:
    async with desk.app.store.door(desk.tenant) as connection:
        return await failed.counted(connection, desk.tenant, wanted, COUNTED_MAX, COUNTING_MS)


def _wanted(person: Person, asked: Asked, below: Place | None) -> Wanted:
    end: Place = (asked.period.until, FIRST, 0)
    return Wanted(
        since=asked.period.since,
        under=end if below is None else min(end, below),
        refused=asked.outcome == REFUSALS,
        system=asked.system or None,
        definition=asked.definition or None,
        element=asked.element or None,
        stores=person.stores,
    )


def _one(query: Mapping[str, Sequence[str]], name: str) -> str:
    return next(iter(query.get(name, ())), "")
