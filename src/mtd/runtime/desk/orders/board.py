"""The board: which orders a person asked to see, page by page, with what lists show of each."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

import msgspec

from mtd.core.process.telling import label
from mtd.runtime.desk.counting import COUNTED_MAX, COUNTING_MS, in_time
from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.orders import looking, seeking
from mtd.runtime.desk.orders.filters import Filter
from mtd.runtime.desk.paging import paged
from mtd.runtime.desk.people.person import Person
from mtd.runtime.operations.operations import NotFound
from mtd.store.orders import board
from mtd.store.orders.board import Cause, Counts, Glance, Row

ROWS = 50


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
    looked_to: datetime | None = None
    """Up to which order was looked, by when it was received or due; None: up to the end."""


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
    back = above is not None
    found = await looking.found(desk, person, asked, below=below, above=above, limit=rows + 1)
    shown, before, after = paged(found.rows, rows, back=back, is_first=below is None)
    lines = [Line(row=row, step=await step(desk, row.definition, row.element)) for row in shown]
    edge_before, edge_after = (found.edge, None) if back else (None, found.edge)
    return Page(
        lines=tuple(lines),
        before=edge_before or (shown[0].id if before else None),
        after=edge_after or (shown[-1].id if after else None),
        looked_to=found.edge_at,
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
    return await in_time(_counted(desk, person, asked))


async def _counted(desk: Desk, person: Person, asked: Filter) -> int:
    async with desk.app.store.door(desk.tenant) as connection:
        look = await looking.read(desk, connection, person, asked)
        return await looking.counted(connection, desk.tenant, look, COUNTED_MAX, COUNTING_MS)


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
