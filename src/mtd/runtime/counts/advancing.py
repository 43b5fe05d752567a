"""Advancing: the next rows of the journal are counted, within one transaction."""

from collections.abc import Sequence
from datetime import tzinfo

from mtd.runtime.counts.adding import add
from mtd.runtime.counts.counting import count, followed
from mtd.runtime.counts.tally import Tally
from mtd.store.counts import counting
from mtd.store.counts.course import Course
from mtd.store.sessions import Connection

ROWS_MAX = 5_000
"""Of the journal, that are counted in one go."""


async def advance(connection: Connection, zone: tzinfo, rows_max: int = ROWS_MAX) -> bool:
    """Within a transaction that has the lock: count the next rows; True: there are no more."""
    now = await counting.moment(connection)
    turns = await counting.turns(connection, rows_max)
    some = await counting.courses(connection, turns.firsts)
    if some:
        tally = Tally(zone)
        await count_on(connection, some, tally)
        await add(connection, tally)
        await counting.note(connection, some)
    await counting.done(connection, turns.positions, now if turns.whole else None)
    return turns.whole


async def count_on(connection: Connection, some: Sequence[Course], tally: Tally) -> None:
    """Count the rows of these instances that are not counted yet."""
    by_id = {(one.tenant, one.instance): one for one in some}
    for at, later in (await counting.migrations(connection, some)).items():
        followed(by_id[at], later)
    for at, entry in await counting.entries(connection, some):
        count(by_id[at], entry, tally)
