"""The board: which orders a person asked to see, page by page, with what lists show of each."""

from collections.abc import AsyncIterator, Sequence

import msgspec

from mtd.core.process.telling import label
from mtd.runtime.desk.counting import in_time
from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.orders import seeking
from mtd.runtime.desk.orders.filters import Filter
from mtd.runtime.desk.people.person import Person
from mtd.runtime.operations.operations import NotFound
from mtd.store.orders import board, promised
from mtd.store.orders.board import FIRST, LAST, Cause, Counts, Glance, Row, Sought

ROWS = 50
COUNTED_MAX = 10_001
"""Of more than that it is said that there are more."""
COUNTING_MS = 250
"""A count that takes longer is not shown."""


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
    sought, back = seeking.sought(desk, person, asked), above is not None
    if not asked.is_settled:
        below_, above_ = min(sought.below, below or LAST), max(sought.above, above or FIRST)
        sought = msgspec.structs.replace(sought, below=below_, above=above_)
    async with desk.app.store.window(desk.tenant) as connection:
        if asked.is_settled:
            settled = await seeking.settled(desk, connection, asked, below, above)
            found = await promised.page(
                connection, desk.tenant, sought, settled, rows + 1, back=back
            )
        elif asked.is_narrow:
            narrow = await seeking.narrow(desk, connection, asked)
            found = await board.narrow(connection, desk.tenant, sought, narrow, rows + 1, back=back)
        elif asked.of_cause:
            found = await board.troubled(
                connection, desk.tenant, sought, seeking.stuck(asked), rows + 1, back=back
            )
        else:
            only_open = await seeking.only_open(desk, connection, asked)
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
    return await in_time(_counted(desk, seeking.sought(desk, person, asked), asked))


async def _counted(desk: Desk, sought: Sought, asked: Filter) -> int:
    async with desk.app.store.door(desk.tenant) as connection:
        if asked.is_settled:
            settled = await seeking.settled(desk, connection, asked, None, None)
            return await promised.counted(
                connection, desk.tenant, sought, settled, COUNTED_MAX, COUNTING_MS
            )
        if asked.is_narrow:
            narrow = await seeking.narrow(desk, connection, asked)
            return await board.counted_narrow(
                connection, desk.tenant, sought, narrow, COUNTED_MAX, COUNTING_MS
            )
        if asked.of_cause:
            return await board.counted_troubled(
                connection, desk.tenant, sought, seeking.stuck(asked), COUNTED_MAX, COUNTING_MS
            )
        only_open = await seeking.only_open(desk, connection, asked)
        return await board.counted(
            connection, desk.tenant, sought, COUNTED_MAX, COUNTING_MS, only_open=only_open
        )


async def causes(desk: Desk, person: Person, asked: Filter) -> list[Cause]:
    """Open exceptions by error and element, of the orders that `asked` lets through otherwise."""
    person.must("orders.see")
    async with desk.app.store.window(desk.tenant) as connection:
        return await board.causes(connection, desk.tenant, seeking.sought(desk, person, asked))


async def counts(desk: Desk, stores: Sequence[str] | None) -> Counts:
    """What waits for people in these stores; None: in all."""
    async with desk.app.store.window(desk.tenant) as connection:
        return await board.counts(connection, desk.tenant, stores)


async def glances(
    desk: Desk, watched: Sequence[str], above: str | None
) -> tuple[list[Glance], list[Glance]]:
    """Where the watched orders stand, and those that came after the id `above`."""
    if not watched and above is None:
        return [], []
    async with desk.app.store.window(desk.tenant) as connection:
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
