"""The database of a start: the server that the environment names, or our own; migrated."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from math import inf
from pathlib import Path
from typing import TypeVar

from mtd.runtime.clock import elapsed_s
from mtd.store.server.embedded import Embedded
from mtd.store.server.migrate import migrate
from mtd.store.sessions import Fault, Unavailable, delay_s, fault

URL = "MTD_DATABASE_URL"
T = TypeVar("T")


@asynccontextmanager
async def database(
    home: Path,
    environment: Mapping[str, str],
    settings: Mapping[str, str] | None = None,
    patience_s: float = 0.0,
) -> AsyncGenerator[str]:
    """The address of a migrated database, for as long as this is open.

    `settings`: parameters of a server of our own, over those that it has anyway.
    `patience_s`: how long a server that is not ours is waited for while it is away.
    """
    given = environment.get(URL)
    if given:
        await persisted(lambda: migrate(given), patience_s)
        yield given
        return
    async with await Embedded.start(home, settings=settings) as server:
        await migrate(server.dsn)
        yield server.dsn


async def persisted(act: Callable[[], Awaitable[T]], patience_s: float = inf) -> T:
    """What `act` gives, tried until the database is there; to give up is to be cancelled.

    `patience_s`: once they are over, what it raised last is raised.
    """
    began_s, tries = elapsed_s(), 0
    while True:
        try:
            return await act()
        except Exception as error:
            is_away = isinstance(error, Unavailable) or fault(error) is Fault.AGAIN
            if not is_away or elapsed_s() - began_s >= patience_s:
                raise
            await asyncio.sleep(delay_s(tries))
            tries += 1
