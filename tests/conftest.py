"""Real PostgreSQL for tests: the embedded server, and a fresh database for each test."""

import asyncio
import shutil
import tempfile
import threading
from collections.abc import AsyncGenerator, Coroutine, Generator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import asyncpg
import pytest
from hypothesis import HealthCheck, settings

from mtd.store.server.embedded import Embedded
from mtd.store.server.migrate import migrate

START_TIMEOUT_S = 60.0
MEMORY = Path("/dev/shm")
MEMORY_MIN_BYTES = 2 << 30
"""Free before a server lies in memory: it needs about half a gigabyte, most of it for the log of
writes (`max_wal_size`), and CI runs two servers."""

# How fast examples are made says how busy the machine is, and nothing of the code.
settings.register_profile("mtd", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("mtd")

T = TypeVar("T")


class Server:
    """A running server with a migrated template, from which databases are copied."""

    def __init__(self, embedded: Embedded) -> None:
        self.embedded = embedded

    @asynccontextmanager
    async def database(self, template: str = "migrated") -> AsyncGenerator[str]:
        """The DSN of a fresh database, dropped afterwards; `template1` is an empty one."""
        name = f"test_{uuid4().hex}"
        await _execute(self.embedded.dsn, f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield _named(self.embedded.dsn, name)
        finally:
            # As the superuser: a vacuum may be at work there, and is not mtd's to end.
            await _execute(self.admin(self.embedded.dsn), f"DROP DATABASE {name} WITH (FORCE)")

    def admin(self, dsn: str) -> str:
        """The same database as the cluster's superuser."""
        return dsn.replace("//mtd@", "//postgres@", 1)


@pytest.fixture(scope="session")
def server() -> Generator[Server]:
    """One embedded server for this test process, as durable as in production.

    Its loop has a thread of its own, which lives as long as the tests: their loops come and go.
    """
    home = Path(tempfile.mkdtemp(prefix="mtd-test-", dir=_quick_folder()))
    home.chmod(0o711)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def run(work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, loop).result(START_TIMEOUT_S)

    embedded = run(Embedded.start(home))
    try:
        run(_template(embedded))
        yield Server(embedded)
    finally:
        run(embedded.stop())
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
async def database(server: Server) -> AsyncGenerator[str]:
    """The DSN of a fresh, migrated database; its role is an owner without superuser's rights."""
    async with server.database() as dsn:
        yield dsn


@pytest.fixture
async def empty_database(server: Server) -> AsyncGenerator[str]:
    """The DSN of a fresh database with nothing in it."""
    async with server.database("template1") as dsn:
        yield dsn


@pytest.fixture
def short_folder() -> Generator[Path]:
    """A new folder that any user may pass through, unlike pytest's own under root."""
    folder = Path(tempfile.mkdtemp(prefix="mtd-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def _quick_folder() -> Path | None:
    """Memory where there is enough of it; None is the usual place of temporary folders.

    A test's database is hundreds of files. ext4 gives no inode out that was freed a moment ago, and
    looks at each such one for every file it makes: after a few dropped databases that search took
    most of the time of these tests. What kills a process or a server loses nothing in memory.
    """
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= MEMORY_MIN_BYTES:
        return MEMORY
    return None


async def _template(embedded: Embedded) -> None:
    await _execute(embedded.dsn, "CREATE DATABASE migrated")
    await migrate(_named(embedded.dsn, "migrated"))


async def _execute(dsn: str, sql: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


def _named(dsn: str, database: str) -> str:
    return dsn.replace("/mtd?", f"/{database}?", 1)
