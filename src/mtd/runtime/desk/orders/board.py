"""The board: which orders a person asked to see, page by page, with what lists show of each."""

from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime, time, timedelta, tzinfo

import msgspec

from mtd.core.orders.purchase_order import Channel
from mtd.core.orders.states import FINAL
from mtd.core.process.compiler.timing import after
from mtd.core.process.telling import label
from mtd.runtime.counts.usual import usual
from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.orders.filters import LATE, LIVE, NONE, Filter, day
from mtd.runtime.desk.people.person import Person
from mtd.runtime.operations.operations import NotFound
from mtd.store.counts import figures
from mtd.store.ids import uuid7
from mtd.store.orders import board
from mtd.store.orders.board import FIRST, LAST, Cause, Counts, Glance, Narrowed, Row, Sought, Stuck
from mtd.store.sessions import Connection, Fault, fault

ROWS = 50
COUNTED_MAX = 10_001
"""Of more than that it is said that there are more."""
COUNTED_LATELY = timedelta(seconds=10)
"""How far what is counted of the journal may lag for lists to go by it."""
COUNTING_MS = 250
"""A count that takes longer is not shown."""
NO_CHANCE = b"\0" * 10


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """An order in a list."""

    row: Row
    step: str
    """The label of where it is."""


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A page of a list."""

    lines: tuple[Line, ...]
    before: str | None
    """Id above which the previous page is; None: this is the first."""
    after: str | None
    """Id below which the next page is; None: this is the last."""


async def page(
    desk: Desk,
    person: Person,
    asked: Filter,
    *,
    below: str | None = None,
    above: str | None = None,
    rows: int = ROWS,
) -> Page:
    """A page of what `asked` lets through: the newest below or the oldest above an id."""
    person.must("orders.see")
    sought = _sought(desk, person, asked)
    if below is not None:
        sought = msgspec.structs.replace(sought, below=min(sought.below, below))
    if above is not None:
        sought = msgspec.structs.replace(sought, above=max(sought.above, above))
    back = above is not None
    async with desk.app.store.door(desk.tenant) as connection:
        if asked.is_narrow:
            narrow = await _narrow(desk, connection, asked)
            found = await board.narrow(connection, desk.tenant, sought, narrow, rows + 1, back=back)
        elif asked.of_cause:
            found = await board.troubled(
                connection, desk.tenant, sought, _stuck(asked), rows + 1, back=back
            )
        else:
            only_open = await _only_open(desk, connection, asked)
            found = await board.page(
                connection, desk.tenant, sought, rows + 1, back=back, only_open=only_open
            )
    more = len(found) > rows
    shown = (found[1:] if back else found[:-1]) if more else found
    lines = [Line(row=row, step=await step(desk, row.definition, row.element)) for row in shown]
    first, last = (shown[0].id, shown[-1].id) if shown else (None, None)
    return Page(
        lines=tuple(lines),
        before=first if (more if back else below is not None) else None,
        after=last if back or more else None,
    )


async def every(desk: Desk, person: Person, asked: Filter) -> AsyncIterator[Sequence[Line]]:
    """All orders that `asked` lets through, newest first, some at a time."""
    below: str | None = None
    while True:
        found = await page(desk, person, asked, below=below, rows=board.PAGE_MAX - 1)
        yield found.lines
        if found.after is None:
            return
        below = found.after


async def counted(desk: Desk, person: Person, asked: Filter) -> int | None:
    """How many orders there are, up to COUNTED_MAX; None: counting them would take too long."""
    person.must("orders.see")
    sought = _sought(desk, person, asked)
    try:
        async with desk.app.store.door(desk.tenant) as connection:
            if asked.is_narrow:
                narrow = await _narrow(desk, connection, asked)
                return await board.counted_narrow(
                    connection, desk.tenant, sought, narrow, COUNTED_MAX, COUNTING_MS
                )
            if asked.of_cause:
                return await board.counted_troubled(
                    connection, desk.tenant, sought, _stuck(asked), COUNTED_MAX, COUNTING_MS
                )
            only_open = await _only_open(desk, connection, asked)
            return await board.counted(
                connection, desk.tenant, sought, COUNTED_MAX, COUNTING_MS, only_open=only_open
            )
    except Exception as error:
        if fault(error) is Fault.AGAIN:
            return None
        raise


async def causes(desk: Desk, person: Person, asked: Filter) -> list[Cause]:
    """Open exceptions by error and element, of the orders that `asked` lets through otherwise."""
    person.must("orders.see")
    async with desk.app.store.door(desk.tenant) as connection:
        return await board.causes(connection, desk.tenant, _sought(desk, person, asked))


async def arrived(desk: Desk, person: Person) -> int | None:
    """How many orders came in the last hour, up to COUNTED_MAX."""
    hour_ago = desk.app.clock.now() - timedelta(hours=1)
    sought = Sought(stores=person.stores, above=uuid7(hour_ago, NO_CHANCE))
    try:
        async with desk.app.store.door(desk.tenant) as connection:
            return await board.counted(connection, desk.tenant, sought, COUNTED_MAX, COUNTING_MS)
    except Exception as error:
        if fault(error) is Fault.AGAIN:
            return None
        raise


async def counts(desk: Desk, stores: Sequence[str] | None) -> Counts:
    """What waits for people in these stores; None: in all."""
    async with desk.app.store.door(desk.tenant) as connection:
        return await board.counts(connection, desk.tenant, stores)


async def glances(
    desk: Desk, watched: Sequence[str], above: str | None
) -> tuple[list[Glance], list[Glance]]:
    """Where the watched orders stand, and those that came after the id `above`."""
    if not watched and above is None:
        return [], []
    async with desk.app.store.door(desk.tenant) as connection:
        seen = await board.glances(connection, desk.tenant, watched) if watched else []
        newest = await board.newest(connection, desk.tenant, above) if above else []
    return seen, newest


async def step(desk: Desk, definition: str, element: str) -> str:
    """What a drawing calls an element; its id where the drawing cannot be had any more."""
    if not definition or not element:
        return ""
    try:
        return label(await desk.app.library.definition(desk.tenant, definition), element)
    except (LookupError, NotFound):
        return element


def narrowed(person: Person, stores: Sequence[str]) -> tuple[str, ...] | None:
    """The stores that a filter may look at: those asked for, as far as the person sees them."""
    if not stores:
        return person.stores
    return tuple(store for store in stores if person.sees(store))


def _stuck(asked: Filter) -> Stuck:
    return Stuck(
        code=asked.code or None,
        element=asked.element or None,
        codes_out=asked.codes_out or None,
        elements_out=asked.elements_out or None,
    )


async def _only_open(desk: Desk, connection: Connection, asked: Filter) -> bool:
    """Whether the orders that are not over, as they are counted, are all that may be found.

    Where nobody counts, or lags behind, the orders themselves are looked through.
    """
    states = set(asked.states)
    if asked.documents:
        return False
    if asked.kind not in (LIVE, LATE) and (not states or states & FINAL):
        return False
    read_at = await figures.read_at(connection)
    return read_at is not None and desk.app.clock.now() - read_at < COUNTED_LATELY


def _sought(desk: Desk, person: Person, asked: Filter) -> Sought:
    zone = desk.zone
    late = asked.kind == LATE
    over = tuple(FINAL) if asked.kind in (LIVE, LATE) else ()
    return Sought(
        states=asked.states or None,
        finals=(*over, *asked.states_out) or None,
        stores=narrowed(person, asked.stores),
        stores_out=asked.stores_out or None,
        channels=_channels(asked),
        documents=asked.documents or None,
        late=desk.app.clock.now() if late else None,
        above=_bound(day("from", asked.since), zone) if asked.since else FIRST,
        below=_bound(day("to", asked.until) + timedelta(days=1), zone) if asked.until else LAST,
    )


def _channels(asked: Filter) -> tuple[str, ...] | None:
    """The channels that are asked for, without those that are left out."""
    if not asked.channels_out:
        return asked.channels or None
    wanted = asked.channels or tuple(channel.value for channel in Channel)
    return tuple(one for one in wanted if one not in asked.channels_out)


async def _narrow(desk: Desk, connection: Connection, asked: Filter) -> Narrowed:
    """What is asked of orders that are not over, as it stands at this moment."""
    now, zone = desk.app.clock.now(), desk.zone
    kinds = await usual(connection, desk.tenant, now, None) if asked.promise else []
    last = day("due_to", asked.due_until) + timedelta(days=1) if asked.due_until else None
    return Narrowed(
        now=now,
        risk=after(now, desk.app.at_risk()),
        standing=asked.promise or None,
        due_since=_start(day("due_from", asked.due_since), zone) if asked.due_since else None,
        due_until=_start(last, zone) if last else None,
        carriers=tuple("" if one == NONE else one for one in asked.carriers) or None,
        system=asked.system or None,
        usual=tuple(kinds),
        of_cause=asked.of_cause,
        cause=_stuck(asked),
    )


def _start(first: date, zone: tzinfo) -> datetime:
    return datetime.combine(first, time(), zone)


def _bound(first: date, zone: tzinfo) -> str:
    """The least id of an order that was received on that day or later."""
    return uuid7(_start(first, zone), NO_CHANCE)
