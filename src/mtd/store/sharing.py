"""Sharing: some sessions with one database, for many who ask at once."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from mtd.store.sessions import Row, Session, Unavailable


class Sessions:
    """So many sessions; whoever asks has one alone, the one that was used last if it is free."""

    def __init__(self, dsn: str, settings: dict[str, str], count: int) -> None:
        self._every = [Session(dsn, settings) for _ in range(count)]
        self._free = asyncio.LifoQueue[Session]()
        for session in self._every:
            self._free.put_nowait(session)

    @asynccontextmanager
    async def one(self, wait_s: float | None = None) -> AsyncGenerator[Session]:
        """A session. Raises Unavailable when none is free for `wait_s`; None: waits for ever."""
        try:
            async with asyncio.timeout(wait_s):
                session = await self._free.get()
        except TimeoutError:
            raise Unavailable("every connection is in use") from None
        try:
            yield session
        finally:
            self._free.put_nowait(session)

    async def fetch(self, query: str, /, *args: Any) -> list[Row]:
        """The rows of one autocommitted statement."""
        async with self.one() as session:
            return await session.fetch(query, *args)

    async def close(self) -> None:
        """End every connection, waiting for whoever uses one."""
        await asyncio.gather(*(session.close() for session in self._every))
