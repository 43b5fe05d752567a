"""Reading: the journal is followed at about a second's distance, and counted.

Each go is one transaction: what it adds to the counts, and how far it came. A reader that dies has
either counted its rows or it has not. Who begins on a database of which nothing was ever counted
counts all of it first.
"""

import asyncio
from datetime import tzinfo
from zoneinfo import ZoneInfo

from mtd.runtime.app import App
from mtd.runtime.counts.advancing import ROWS_MAX, advance
from mtd.runtime.counts.rebuilding import KEPT, rebuild
from mtd.runtime.rounds import rounds
from mtd.store.counts import counting
from mtd.store.sessions import COUNTER, Session

READ_S = 1.0
"""Between two looks when all is counted."""
TIDY_S = 600.0
"""How often what is older than that is forgotten."""


class Reader:
    """Follows the journal in one database."""

    def __init__(self, dsn: str, zone: tzinfo, rows_max: int = ROWS_MAX) -> None:
        self._session = Session(dsn, COUNTER)
        self._zone = zone
        self._rows_max = rows_max
        self._tidied_s = float("-inf")

    async def go(self) -> bool:
        """Count the next rows; True: there are no more for now."""
        async with self._session.use() as connection:
            async with connection.transaction():
                began = await counting.lock(connection) is not None
                whole = began and await advance(connection, self._zone, self._rows_max)
            if not began:
                await rebuild(connection, self._zone)
        await self._tidy()
        return whole

    async def close(self) -> None:
        """End the connection."""
        await self._session.close()

    async def _tidy(self) -> None:
        now_s = asyncio.get_running_loop().time()
        if now_s - self._tidied_s < TIDY_S:
            return
        self._tidied_s = now_s
        async with self._session.use() as connection:
            await counting.forget_courses(connection, KEPT.total_seconds())


async def keep_counting(app: App, stopping: asyncio.Event) -> None:
    """Follow the journal until told to stop."""
    reader = Reader(app.store.dsn, ZoneInfo(app.settings.time_zone))

    async def caught_up() -> None:
        while not stopping.is_set() and not await reader.go():
            pass

    try:
        await rounds(caught_up, READ_S, stopping, "the journal is not counted")
    finally:
        await reader.close()
