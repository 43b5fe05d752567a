"""The migrations' runner: forward only, each in one transaction, one starter at a time."""

import asyncio
import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from importlib.resources import files
from importlib.resources.abc import Traversable

import asyncpg
import msgspec

from mtd.store.statements import statements

MIGRATIONS: Traversable = files("mtd.store").joinpath("migrations")
"""MTD's own migrations."""

TRIES_MAX = 20
"""Of one migration, when the tables it alters are busy or another starter came first."""

_FILE = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql")
_REST_S = 0.5
_SQL = statements("server/migrate")

_BUSY = (
    asyncpg.LockNotAvailableError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.UniqueViolationError,
    asyncpg.DuplicateTableError,
    asyncpg.DuplicateObjectError,
)


class HistoryRefused(Exception):
    """The files and the database do not belong together; the message names the migration."""


class Migration(msgspec.Struct, frozen=True):
    """One file `NNNN_name.sql`."""

    version: int
    name: str
    sql: str

    @property
    def sha256(self) -> bytes:
        """Of its text, however a checkout ended its lines."""
        return hashlib.sha256(self.sql.encode()).digest()


class Applied(msgspec.Struct, frozen=True):
    """One row of the database's own list."""

    version: int
    name: str
    sha256: bytes
    applied_at: datetime


class Status(msgspec.Struct, frozen=True):
    """How far a database has come; `newer` are migrations that only a later MTD knows."""

    applied: tuple[Applied, ...]
    pending: tuple[Migration, ...]
    newer: tuple[Applied, ...]


async def migrate(dsn: str, folder: Traversable = MIGRATIONS) -> tuple[Migration, ...]:
    """Apply what is pending to the database at `dsn`; what this call has applied.

    Any number of starters may call it at once. Raises HistoryRefused if the files are not a
    sequence 1, 2, 3 … or one that was applied has changed since, and asyncpg's error for a
    migration that fails: that one leaves no trace, those before it stay.
    """
    known = migrations(folder)
    mine: list[Migration] = []
    connection = await asyncpg.connect(dsn)
    try:
        for _ in known:
            applied = await _patiently(connection, known)
            if applied is None:
                break
            mine.append(applied)
    finally:
        await connection.close()
    return tuple(mine)


async def status(dsn: str, folder: Traversable = MIGRATIONS) -> Status:
    """How far the database at `dsn` has come; raises HistoryRefused."""
    connection = await asyncpg.connect(dsn)
    try:
        if not await connection.fetchval(*_SQL["has_history"]()):
            return Status((), migrations(folder), ())
        return await _status(connection, migrations(folder))
    finally:
        await connection.close()


def migrations(folder: Traversable = MIGRATIONS) -> tuple[Migration, ...]:
    """The migrations of `folder` in order; raises HistoryRefused unless they are 1, 2, 3 …"""
    found: list[Migration] = []
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".sql"):
            name = _FILE.fullmatch(file.name)
            if name is None:
                raise HistoryRefused(f"{file.name}: a migration is called NNNN_name.sql")
            found.append(Migration(int(name[1]), name[2], file.read_text(encoding="utf-8")))
    for version, migration in enumerate(found, start=1):
        if migration.version != version:
            raise HistoryRefused(f"{migration.version:04}_{migration.name}: expected {version:04}")
    return tuple(found)


async def _patiently(
    connection: asyncpg.Connection, known: Sequence[Migration]
) -> Migration | None:
    """Apply the next migration; if somebody is in the way, wait and begin it anew."""
    for _ in range(TRIES_MAX - 1):
        try:
            return await _apply_next(connection, known)
        except _BUSY:
            await asyncio.sleep(_REST_S)
    return await _apply_next(connection, known)


async def _apply_next(
    connection: asyncpg.Connection, known: Sequence[Migration]
) -> Migration | None:
    """Apply the first pending migration and say so in the same transaction."""
    if not await connection.fetchval(*_SQL["has_history"]()):
        await connection.execute(*_SQL["create_history"]())
    async with connection.transaction():
        await connection.execute(*_SQL["take_turn"]())
        pending = (await _status(connection, known)).pending
        if not pending:
            return None
        migration = pending[0]
        await connection.execute(*_SQL["do_not_queue"]())
        await connection.execute(migration.sql)
        await connection.execute(
            *_SQL["record"](version=migration.version, name=migration.name, sha256=migration.sha256)
        )
        return migration


async def _status(connection: asyncpg.Connection, known: Sequence[Migration]) -> Status:
    applied = [Applied(*row) for row in await connection.fetch(*_SQL["applied"]())]
    for version, row in enumerate(applied, start=1):
        if row.version != version:
            raise HistoryRefused(f"the database lacks migration {version:04}, but has later ones")
    for row, migration in zip(applied, known, strict=False):
        if row.sha256 != migration.sha256:
            raise HistoryRefused(
                f"{migration.version:04}_{migration.name} has changed since it was applied"
                f" at {row.applied_at:%Y-%m-%d %H:%M}Z: write a new migration instead"
            )
    done = len(applied)
    return Status(tuple(applied), tuple(known[done:]), tuple(applied[len(known) :]))
