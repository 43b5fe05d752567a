"""A backup is whole, private and comes back with its connectors paused."""

import asyncio
import stat
from contextlib import suppress
from pathlib import Path

import asyncpg
import pytest

from mtd.store import switches
from mtd.store.server.backup import RESTORED, BackupRefused, backup, release, restore
from mtd.store.server.migrate import status
from mtd.store.sessions import Session
from tests.conftest import Server


async def test_there_and_back(server: Server, database: str, tmp_path: Path) -> None:
    await _change(server, database, "INSERT INTO tenant (tenant_id, name) VALUES (7, 'before')")
    kept = await backup(database, tmp_path / "mtd.dump")
    await _change(server, database, "UPDATE tenant SET name = 'after' WHERE tenant_id = 7")

    restored = await restore(database, kept.path)

    assert await _ask(server, database, "SELECT name FROM tenant WHERE tenant_id = 7") == "before"
    past = database.replace(restored.database, restored.past)
    assert await _ask(server, past, "SELECT name FROM tenant WHERE tenant_id = 7") == "after"
    assert await _policies(server, database) == await _policies(server, past)
    session = Session(database, {})
    assert (await switches.standing(session)).paused == RESTORED
    await release(database)
    assert (await switches.standing(session)).paused is None
    await session.close()
    assert not (await status(database)).pending
    await _change(server, _other(database, "postgres"), f"DROP DATABASE {restored.past}")


async def test_a_backup_is_private_and_known_by_its_hash(
    server: Server, database: str, tmp_path: Path
) -> None:
    kept = await backup(database, tmp_path / "mtd.dump")
    assert stat.S_IMODE(kept.path.stat().st_mode) == 0o600
    assert kept.size_bytes == kept.path.stat().st_size
    assert [path.name for path in tmp_path.iterdir()] == ["mtd.dump"]
    with pytest.raises(BackupRefused, match="exists already"):
        await backup(database, kept.path)


async def test_a_login_that_sees_a_part_is_refused(
    server: Server, database: str, tmp_path: Path
) -> None:
    """As on a server whose administrator has not made the role for backups."""
    await _ask(server, database, "REVOKE mtd_backup FROM mtd")
    try:
        with pytest.raises(BackupRefused, match="does not see every row"):
            await backup(database, tmp_path / "mtd.dump")
    finally:
        await _ask(server, database, "GRANT mtd_backup TO mtd WITH INHERIT FALSE, SET TRUE")
    assert not list(tmp_path.iterdir())


async def test_sessions_end_with_a_restore(server: Server, database: str, tmp_path: Path) -> None:
    """Who is connected loses the connection, and finds the restored database when it comes back."""
    kept = await backup(database, tmp_path / "mtd.dump")
    connected = await asyncpg.connect(database)
    enough = asyncio.Event()
    async with asyncio.TaskGroup() as insistent:
        for _ in range(8):
            insistent.create_task(_reconnect(database, enough))
        restored = await restore(database, kept.path)
        enough.set()
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError)):
        await connected.fetchval("SELECT 1")
    connected.terminate()
    assert await _ask(server, database, "SELECT connectors_paused FROM engine") is True
    await _change(server, _other(database, "postgres"), f"DROP DATABASE {restored.past}")


@pytest.mark.parametrize("content", [b"", b"PGDMP", b"not an archive at all"])
async def test_what_is_no_archive_is_refused(
    server: Server, database: str, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "mtd.dump"
    path.write_bytes(content)
    with pytest.raises(BackupRefused):
        await restore(database, path)
    assert await _ask(server, database, "SELECT connectors_paused FROM engine") is False


async def test_another_archive_is_refused(
    server: Server, database: str, empty_database: str, tmp_path: Path
) -> None:
    foreign = await backup(empty_database, tmp_path / "foreign.dump")
    with pytest.raises(BackupRefused, match="no backup of MTD"):
        await restore(database, foreign.path)


async def test_a_damaged_archive_changes_nothing(
    server: Server, database: str, tmp_path: Path
) -> None:
    kept = await backup(database, tmp_path / "mtd.dump")
    whole = kept.path.read_bytes()
    kept.path.write_bytes(whole[: len(whole) * 9 // 10])
    with pytest.raises(BackupRefused, match="pg_restore failed"):
        await restore(database, kept.path)
    assert await _ask(server, database, "SELECT connectors_paused FROM engine") is False
    drafts = "SELECT count(*) FROM pg_database WHERE datname LIKE '%restoring'"
    assert await _ask(server, database, drafts) == 0


async def test_a_missing_file_is_named(database: str, tmp_path: Path) -> None:
    with pytest.raises(BackupRefused, match="No such file"):
        await restore(database, tmp_path / "nothing.dump")


async def _reconnect(dsn: str, enough: asyncio.Event) -> None:
    """What a worker does that has lost its session."""
    while not enough.is_set():
        try:
            connection = await asyncpg.connect(dsn)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            await asyncio.sleep(0.001)
            continue
        with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            await connection.fetch("SELECT pg_sleep(0.05)")
        # At once and whatever happened: what the server ended is not closed on this side by that.
        connection.terminate()


def _other(dsn: str, database: str) -> str:
    head, _, tail = dsn.partition("?")
    return f"{head.rpartition('/')[0]}/{database}?{tail}"


async def _ask(server: Server, dsn: str, sql: str) -> object:
    connection = await asyncpg.connect(server.admin(dsn))
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


async def _policies(server: Server, dsn: str) -> object:
    """What guards the rows, table by table."""
    return await _ask(
        server,
        dsn,
        """SELECT string_agg(
            (relname, relrowsecurity, relforcerowsecurity, relacl, policies)::text, E'\\n'
            ORDER BY relname)
        FROM pg_class, LATERAL (
            SELECT array_agg((policyname, roles, qual)::text ORDER BY policyname) AS policies
            FROM pg_policies WHERE tablename = relname
        ) AS guards
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace""",
    )


async def _change(server: Server, dsn: str, sql: str) -> None:
    await _ask(server, dsn, sql)
