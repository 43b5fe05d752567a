"""Fixtures of the store's tests: an open store, a look past its walls, and a cutting proxy."""

from collections.abc import AsyncGenerator
from urllib.parse import parse_qs, urlsplit

import pytest

from mtd.store.engine.worker import Worker
from mtd.store.sessions import Session
from mtd.store.store import Store
from tests.conftest import Server
from tests.store.making import Cutter, a_worker


@pytest.fixture
async def store(database: str) -> AsyncGenerator[Store]:
    """The store, opened on a fresh database."""
    opened = await Store.open(database, notify=False)
    yield opened
    await opened.close()


@pytest.fixture
async def worker(store: Store) -> AsyncGenerator[Worker]:
    """The only worker: it has every slot."""
    async with a_worker(store) as enrolled:
        yield enrolled


@pytest.fixture
async def admin(server: Server, database: str) -> AsyncGenerator[Session]:
    """A session of the cluster's superuser, whom no policy binds."""
    session = Session(server.admin(database), {})
    yield session
    await session.close()


@pytest.fixture
async def cutter(database: str) -> AsyncGenerator[tuple[Cutter, str]]:
    """A proxy that loses replies, and the DSN that goes through it."""
    parts = urlsplit(database)
    query = parse_qs(parts.query)
    folder, port = query["host"][0], query.get("port", ["5432"])[0]
    proxy = Cutter(f"{folder}/.s.PGSQL.{port}")
    listening = await proxy.start()
    user = parts.username or query["user"][0]
    yield proxy, f"postgresql://{user}@127.0.0.1:{listening}{parts.path}?sslmode=disable"
    await proxy.stop()
