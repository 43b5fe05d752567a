"""Migrations go forward, once, whoever starts and however many start at once."""

import asyncio
from pathlib import Path

import asyncpg
import pytest

from mtd.store.server.migrate import HistoryRefused, migrate, migrations, status

FIRST = "CREATE TABLE one (n int); INSERT INTO one VALUES (1);"
SECOND = "ALTER TABLE one ADD m int DEFAULT 2;"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "0001_first.sql").write_text(FIRST)
    (tmp_path / "0002_second.sql").write_text(SECOND)
    (tmp_path / "README.md").write_text("not a migration")
    return tmp_path


async def test_applied_in_order_and_once(empty_database: str, folder: Path) -> None:
    before = await status(empty_database, folder)
    assert [m.version for m in before.pending] == [1, 2]
    assert [m.name for m in await migrate(empty_database, folder)] == ["first", "second"]
    assert await migrate(empty_database, folder) == ()
    after = await status(empty_database, folder)
    assert [m.version for m in after.applied] == [1, 2]
    assert not after.pending
    assert await _ask(empty_database, "SELECT (n, m) FROM one") == (1, 2)


async def test_many_starters_at_once(empty_database: str, folder: Path) -> None:
    """One does each migration; the others do not even begin it."""
    (folder / "0001_first.sql").write_text("CREATE SEQUENCE begun; " + FIRST)
    (folder / "0002_second.sql").write_text("SELECT nextval('begun'), pg_sleep(0.2); " + SECOND)
    done = await asyncio.gather(*(migrate(empty_database, folder) for _ in range(8)))
    assert sorted(m.version for mine in done for m in mine) == [1, 2]
    assert await _ask(empty_database, "SELECT last_value FROM begun") == 1


async def test_a_failing_migration_leaves_no_trace(empty_database: str, folder: Path) -> None:
    (folder / "0002_second.sql").write_text("CREATE TABLE two (); SELECT 1 / 0;")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate(empty_database, folder)
    assert [m.version for m in (await status(empty_database, folder)).applied] == [1]
    assert await _ask(empty_database, "SELECT to_regclass('two')") is None
    (folder / "0002_second.sql").write_text(SECOND)
    assert [m.version for m in await migrate(empty_database, folder)] == [2]


async def test_changed_history_is_refused(empty_database: str, folder: Path) -> None:
    await migrate(empty_database, folder)
    (folder / "0001_first.sql").write_text(FIRST + " ")
    for verb in (migrate, status):
        with pytest.raises(HistoryRefused, match="0001_first has changed"):
            await verb(empty_database, folder)


async def test_line_ends_of_a_checkout_are_no_change(empty_database: str, folder: Path) -> None:
    (folder / "0001_first.sql").write_text("CREATE TABLE one (n int);\n")
    await migrate(empty_database, folder)
    (folder / "0001_first.sql").write_bytes(b"CREATE TABLE one (n int);\r\n")
    assert await migrate(empty_database, folder) == ()


async def test_older_code_works_on_a_newer_database(empty_database: str, folder: Path) -> None:
    """Expand and contract: old and new code run together while one replaces the other."""
    await migrate(empty_database, folder)
    (folder / "0002_second.sql").unlink()
    assert await migrate(empty_database, folder) == ()
    assert [m.name for m in (await status(empty_database, folder)).newer] == ["second"]


async def test_a_hole_in_the_history_is_refused(empty_database: str, folder: Path) -> None:
    await migrate(empty_database, folder)
    await _ask(empty_database, "DELETE FROM migration WHERE version = 1")
    with pytest.raises(HistoryRefused, match="lacks migration 0001"):
        await migrate(empty_database, folder)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("0004_fourth.sql", "expected 0003"),
        ("0002_again.sql", "expected"),
        ("third.sql", "NNNN_name"),
        ("0003-third.sql", "NNNN_name"),
    ],
)
def test_files_that_are_no_sequence(folder: Path, name: str, said: str) -> None:
    (folder / name).write_text("SELECT 1;")
    with pytest.raises(HistoryRefused, match=said):
        migrations(folder)


async def test_a_busy_table_is_waited_for_in_turns(empty_database: str, folder: Path) -> None:
    """Whoever works on a table goes on working while its migration waits."""
    await migrate(empty_database, folder)
    (folder / "0003_third.sql").write_text("ALTER TABLE one ADD k int;")
    busy = await asyncpg.connect(empty_database)
    transaction = busy.transaction()
    await transaction.start()
    await busy.execute("SELECT * FROM one")
    waiting = asyncio.create_task(migrate(empty_database, folder))
    await asyncio.sleep(0.3)
    async with asyncio.timeout(4.0):
        assert await _ask(empty_database, "SELECT n FROM one") == 1
    await transaction.commit()
    await busy.close()
    assert [m.version for m in await waiting] == [3]


async def test_mtds_own_go_through(empty_database: str) -> None:
    applied = await migrate(empty_database)
    assert applied == migrations()


async def _ask(dsn: str, sql: str) -> object:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()
