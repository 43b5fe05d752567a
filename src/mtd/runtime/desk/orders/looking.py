"""Looking: orders that a filter lets through, found in the time that a page has for it.

Where few are found among very many, as many are looked at as that time allows, and it is said how
far that was: whoever goes on from there comes to the end of the list.
"""

from datetime import datetime

import msgspec

from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.orders import seeking
from mtd.runtime.desk.orders.filters import Filter
from mtd.runtime.desk.people.person import Person
from mtd.store.orders import board, looking, promised
from mtd.store.orders.board import FIRST, LAST, Narrowed, Row, Sought, Stuck
from mtd.store.orders.looking import Edge
from mtd.store.orders.promised import Settled
from mtd.store.patience import hurry
from mtd.store.sessions import Connection, Fault, fault

LOOKING_MS = 250
"""A look through all of a list that takes longer is given up."""
LOOKED_MAX = 100_000
"""Orders that are looked at instead: about a tenth of a second's."""
PROMISES_MAX = 40_000
"""Settled promises, of which each has an order to be looked up."""


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What a look found."""

    rows: list[Row]
    """Newest first, as many as were asked for; fewer: there are no more up to the edge."""
    edge: str | None = None
    """The last order that was looked at; None: all were, or enough was found."""
    edge_at: datetime | None = None
    """When that was received, or was due where the list goes by that."""


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked for, and by which of the lists that are kept of orders."""

    sought: Sought
    back: bool
    only_open: bool = False
    """Among those that are not over, as they are counted."""
    settled: Settled | None = None
    narrow: Narrowed | None = None
    stuck: Stuck | None = None

    @property
    def is_among_few(self) -> bool:
        """Whether no more are looked at than are open or stuck, or than the page has."""
        anything = msgspec.structs.replace(self.sought, above=FIRST, below=LAST) == Sought()
        few = self.only_open or self.narrow is not None or self.stuck is not None
        return self.settled is None and (few or anything)


async def found(
    desk: Desk,
    person: Person,
    asked: Filter,
    *,
    below: str | None = None,
    above: str | None = None,
    limit: int,
) -> Found:
    """At most `limit` orders, the newest below or the oldest above an id. Raises BadFilter."""
    async with desk.app.store.window(desk.tenant) as connection:
        look = await read(desk, connection, person, asked, below, above)
        if look.is_among_few:
            return Found(rows=await _rows(connection, desk.tenant, look, limit))
    try:
        async with desk.app.store.door(desk.tenant) as connection:
            await hurry(connection, LOOKING_MS)
            return Found(rows=await _rows(connection, desk.tenant, look, limit))
    except Exception as error:
        if fault(error) is not Fault.AGAIN:
            raise
    async with desk.app.store.window(desk.tenant) as connection:
        looked = LOOKED_MAX if look.settled is None else PROMISES_MAX
        return await among(connection, desk.tenant, look, limit, looked)


async def among(connection: Connection, tenant: int, look: Look, limit: int, looked: int) -> Found:
    """At most `limit` orders, among the next `looked` of the list alone."""
    edge = await _edge(connection, tenant, look, looked)
    rows = await _rows(connection, tenant, _within(look, edge), limit)
    if edge is None or len(rows) == limit:
        return Found(rows=rows)
    return Found(rows=rows, edge=edge.last.id, edge_at=edge.last.at)


async def read(
    desk: Desk,
    connection: Connection,
    person: Person,
    asked: Filter,
    below: str | None = None,
    above: str | None = None,
) -> Look:
    """What `asked` looks for at this moment, below or above an order. Raises BadFilter."""
    sought, back = seeking.sought(desk, person, asked), above is not None
    if asked.is_settled:
        settled = await seeking.settled(desk, connection, asked, below, above)
        return Look(sought=sought, back=back, settled=settled)
    sought = msgspec.structs.replace(
        sought, below=min(sought.below, below or LAST), above=max(sought.above, above or FIRST)
    )
    if asked.is_narrow:
        narrow = await seeking.narrow(desk, connection, asked)
        return Look(sought=sought, back=back, narrow=narrow)
    if asked.of_cause:
        return Look(sought=sought, back=back, stuck=seeking.stuck(asked))
    only_open = await seeking.only_open(desk, connection, asked)
    return Look(sought=sought, back=back, only_open=only_open)


async def _rows(connection: Connection, tenant: int, look: Look, limit: int) -> list[Row]:
    sought, back = look.sought, look.back
    if look.settled is not None:
        return await promised.page(connection, tenant, sought, look.settled, limit, back=back)
    if look.narrow is not None:
        return await board.narrow(connection, tenant, sought, look.narrow, limit, back=back)
    if look.stuck is not None:
        return await board.troubled(connection, tenant, sought, look.stuck, limit, back=back)
    return await board.page(connection, tenant, sought, limit, back=back, only_open=look.only_open)


async def counted(
    connection: Connection, tenant: int, look: Look, limit: int, limit_ms: int
) -> int:
    """How many there are, counted up to `limit`; who takes longer is cancelled."""
    sought = look.sought
    if look.settled is not None:
        return await promised.counted(connection, tenant, sought, look.settled, limit, limit_ms)
    if look.narrow is not None:
        return await board.counted_narrow(connection, tenant, sought, look.narrow, limit, limit_ms)
    if look.stuck is not None:
        return await board.counted_troubled(connection, tenant, sought, look.stuck, limit, limit_ms)
    return await board.counted(
        connection, tenant, sought, limit, limit_ms, only_open=look.only_open
    )


async def _edge(connection: Connection, tenant: int, look: Look, looked: int) -> Edge | None:
    if look.settled is not None:
        return await looking.of_promises(connection, tenant, look.settled, looked, back=look.back)
    return await looking.of_orders(connection, tenant, look.sought, looked, back=look.back)


def _within(look: Look, edge: Edge | None) -> Look:
    """The same, up to the edge."""
    if edge is None:
        return look
    if look.settled is not None:
        bound = {"under" if look.back else "over": edge.beyond.place}
        return msgspec.structs.replace(look, settled=msgspec.structs.replace(look.settled, **bound))
    bound = {"below" if look.back else "above": edge.beyond.id}
    return msgspec.structs.replace(look, sought=msgspec.structs.replace(look.sought, **bound))
