"""The database of a start: the server that the environment names, or our own; migrated."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from mtd.store.server.embedded import Embedded
from mtd.store.server.migrate import migrate

URL = "MTD_DATABASE_URL"


@asynccontextmanager
async def database(
    home: Path, environment: Mapping[str, str], settings: Mapping[str, str] | None = None
) -> AsyncGenerator[str]:
    """The address of a migrated database, for as long as this is open.

    `settings`: parameters of a server of our own, over those that it has anyway.
    """
    given = environment.get(URL)
    if given:
        await migrate(given)
        yield given
        return
    async with await Embedded.start(home, settings=settings) as server:
        await migrate(server.dsn)
        yield server.dsn
