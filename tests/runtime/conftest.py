"""Fixtures of the runtime's tests: plants on a fresh database, and hearts that beat quickly."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from mtd.runtime.definitions import library
from mtd.runtime.engine import ownership
from tests.conftest import Server
from tests.runtime.plant import Plant, a_plant
from tests.runtime.works import Works, at_work
from tests.store.making import Cutter

Founded = Callable[..., Any]


@pytest.fixture
async def found(server: Server, database: str) -> AsyncGenerator[Founded]:
    """`await found(definition…, legacy=…)` gives a plant on this test's database."""
    async with AsyncExitStack() as stack:

        async def founded(*definitions: Any, dsn: str = database, **more: Any) -> Plant:
            plant = a_plant(dsn, server.admin(database), *definitions, **more)
            return await stack.enter_async_context(plant)

        yield founded


@pytest.fixture
async def cutter(database: str) -> AsyncGenerator[tuple[Cutter, str]]:
    """A proxy that loses replies, and the DSN that goes through it."""
    parts = urlsplit(database)
    query = parse_qs(parts.query)
    port = query.get("port", ["5432"])[0]
    proxy = Cutter(f"{query['host'][0]}/.s.PGSQL.{port}")
    listening = await proxy.start()
    user = parts.username or query["user"][0]
    yield proxy, f"postgresql://{user}@127.0.0.1:{listening}{parts.path}?sslmode=disable"
    await proxy.stop()


@pytest.fixture
def quick_hearts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers beat ten times a second; their leases are as long as ever."""
    monkeypatch.setattr(ownership, "HEARTBEAT_S", 0.1)


@pytest.fixture
async def works(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncGenerator[Works]:
    """An app at work, whose processes look at once for what was deployed."""
    monkeypatch.setattr(library, "LOOK_S", 0.05)
    async with at_work(database, tmp_path) as found:
        yield found
