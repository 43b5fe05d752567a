"""The embedded PostgreSQL lives as long as it should, and not longer."""

import asyncio
import os
import signal
import stat
import subprocess
import time
from pathlib import Path

import asyncpg
import pytest

from mtd.store.arriving import door
from mtd.store.server.embedded import Embedded, StartFailed
from mtd.store.server.postgres import processes
from mtd.store.server.postgres.processes import SHUTDOWNS, inhabitants
from mtd.store.sessions import delay_s
from tests.store.watching import another, answers, gone, kept, nobody_in, supervises, until

BACK_S = 5.0
LOG_MAX_MB = 384
GONE_S = 10.0

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives privileges up")

WRITE = "INSERT INTO kept SELECT n FROM generate_series(1, 50000000) AS n"


async def test_durable_and_private(short_folder: Path) -> None:
    async with await Embedded.start(short_folder / "home") as server:
        connection = await asyncpg.connect(server.dsn)
        settings = {
            name: await connection.fetchval("SELECT current_setting($1)", name)
            for name in ("fsync", "synchronous_commit", "full_page_writes", "data_checksums")
        }
        listens = await connection.fetchval("SHOW listen_addresses")
        rights = await connection.fetchrow(
            "SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
        )
        await connection.close()
        home = short_folder / "home" / "pg"
        modes = [stat.S_IMODE((home / name).stat().st_mode) for name in ("data", "socket")]
    assert set(settings.values()) == {"on"}
    assert listens == ""
    assert rights is not None
    assert not any(rights)
    assert modes == [0o700, 0o700]


@as_root
async def test_root_gives_its_privileges_up(short_folder: Path) -> None:
    before = os.getgroups()
    os.setgroups([*before, 0])
    async with await Embedded.start(short_folder) as server:
        assert server.pid is not None
        user = Path(f"/proc/{server.pid}").stat().st_uid
        groups = [
            line.split()[1:]
            for line in Path(f"/proc/{server.pid}/status").read_text().splitlines()
            if line.startswith("Groups:")
        ]
    os.setgroups(before)
    assert user != 0
    assert groups == [[]]


@pytest.mark.parametrize("loaded", [False, True], ids=["idle", "in the middle of writing"])
async def test_back_after_a_kill(short_folder: Path, loaded: bool) -> None:
    async with await Embedded.start(short_folder) as server:
        connection = await asyncpg.connect(server.dsn)
        await connection.execute("CREATE TABLE kept (n int)")
        await connection.execute("INSERT INTO kept VALUES (42)")
        writing = asyncio.create_task(connection.execute(WRITE if loaded else "SELECT"))
        await asyncio.sleep(0.5 if loaded else 0)
        killed = server.pid
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        began = time.monotonic()
        await until(lambda: kept(server.dsn), BACK_S)
        assert time.monotonic() - began < BACK_S
        assert server.pid != killed
        await asyncio.gather(writing, return_exceptions=True)
        connection.terminate()


async def test_a_recovery_has_little_to_do(short_folder: Path) -> None:
    """However busy the server was: so much log to read, and no thousand files to flush."""
    async with await Embedded.start(short_folder) as server:
        connection = await asyncpg.connect(server.dsn)
        log_mb = await connection.fetchval(
            "SELECT setting::int FROM pg_settings WHERE name = 'max_wal_size'"
        )
        flushes = await connection.fetchval("SELECT current_setting('recovery_init_sync_method')")
        await connection.close()
    assert log_mb <= LOG_MAX_MB
    linux = tuple(int(part) for part in os.uname().release.split(".")[:2])
    assert flushes == ("syncfs" if linux >= (5, 8) else "fsync")


def test_who_waits_for_a_killed_server_waits_long_enough_and_not_much_longer() -> None:
    assert sum(delay_s(tries) for tries in range(door.TRIES_MAX)) >= BACK_S
    assert max(delay_s(tries) for tries in range(100)) <= BACK_S / 10


async def test_a_crash_of_a_backend_is_its_own_affair(short_folder: Path) -> None:
    async with await Embedded.start(short_folder) as server:
        connection = await asyncpg.connect(server.dsn)
        backend = await connection.fetchval("SELECT pg_backend_pid()")
        master = server.pid
        os.kill(backend, signal.SIGKILL)
        await until(lambda: answers(server.dsn), BACK_S)
        assert server.pid == master
        connection.terminate()


async def test_ends_with_a_killed_parent(short_folder: Path) -> None:
    process, master, _ = await another(short_folder)
    process.kill()
    await process.wait()
    await until(lambda: gone(master), GONE_S)
    await until(lambda: nobody_in(short_folder / "pg" / "data"), GONE_S)


async def test_leftovers_of_another_are_ended(short_folder: Path) -> None:
    """A server that nobody watches any more is replaced, whatever its lock file says."""
    async with await Embedded.start(short_folder) as server:
        command = Path(f"/proc/{server.pid}/cmdline").read_bytes().split(b"\0")[:-1]
        owner = Path(f"/proc/{server.pid}").stat().st_uid
    orphan = await asyncio.create_subprocess_exec(
        *(part.decode() for part in command),
        preexec_fn=lambda: os.setuid(owner),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    await until(lambda: answers(server.dsn), GONE_S)
    async with await Embedded.start(short_folder) as again:
        assert again.pid != orphan.pid
        assert orphan.returncode is not None
        assert await answers(again.dsn)


async def test_children_of_a_dead_postmaster_do_not_stop_the_next(short_folder: Path) -> None:
    """A frozen child neither notices that its postmaster is gone nor lets the next one start."""
    async with await Embedded.start(short_folder) as server:
        connection = await asyncpg.connect(server.dsn)
        child = await connection.fetchval("SELECT pg_backend_pid()")
        os.kill(child, signal.SIGSTOP)
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        await until(lambda: answers(server.dsn), BACK_S)
        assert child not in inhabitants(short_folder / "pg" / "data")
        connection.terminate()


async def test_a_lock_file_of_a_reused_process_id(short_folder: Path) -> None:
    async with await Embedded.start(short_folder) as server:
        owner = Path(f"/proc/{server.pid}").stat().st_uid
        assert server.pid is not None
        lock = short_folder / "pg" / "data" / "postmaster.pid"
        content = lock.read_text()
    stranger = await asyncio.create_subprocess_exec(
        "sleep", "60", cwd="/", preexec_fn=lambda: os.setuid(owner)
    )
    lock.write_text(content.replace(content.split("\n", 1)[0], str(stranger.pid), 1))
    os.chown(lock, owner, -1)
    async with await Embedded.start(short_folder, start_timeout_s=GONE_S) as again:
        assert await answers(again.dsn)
    assert stranger.returncode is None, "it was none of ours"
    stranger.kill()
    await stranger.wait()


async def test_two_share_one_server_and_one_survives_the_other(short_folder: Path) -> None:
    first, master, _ = await another(short_folder)
    async with await Embedded.start(short_folder) as second:
        assert second.pid is None
        assert await answers(second.dsn)
        first.kill()
        await first.wait()
        await until(lambda: answers(second.dsn), GONE_S)
        await until(lambda: supervises(second), GONE_S)
        assert second.pid != master


async def test_a_clean_stop_leaves_nothing(short_folder: Path) -> None:
    server = await Embedded.start(short_folder)
    await server.stop()
    data = short_folder / "pg" / "data"
    assert not inhabitants(data)
    assert not (data / "postmaster.pid").exists()
    await server.stop()


async def test_a_stop_in_the_middle_of_a_recovery_ends(
    short_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL 18.4 may wait for ever when it is told to shut down fast then."""
    (fast, _), *firmer = SHUTDOWNS
    monkeypatch.setattr(processes, "SHUTDOWNS", ((fast, 1.0), *firmer))
    server = await Embedded.start(short_folder)
    connection = await asyncpg.connect(server.dsn)
    os.kill(await connection.fetchval("SELECT pg_backend_pid()"), signal.SIGKILL)
    await asyncio.sleep(0.005)
    async with asyncio.timeout(GONE_S):
        await server.stop()
    assert not inhabitants(short_folder / "pg" / "data")
    connection.terminate()


async def test_a_half_made_cluster_is_made_anew(short_folder: Path) -> None:
    (short_folder / "pg" / "data.new").mkdir(parents=True)
    (short_folder / "pg").chmod(0o711)
    (short_folder / "pg" / "data.new" / "PG_VERSION").write_text("1")
    async with await Embedded.start(short_folder) as server:
        assert await answers(server.dsn)


async def test_a_server_that_cannot_start_says_why(short_folder: Path) -> None:
    with pytest.raises(StartFailed, match="unrecognized configuration parameter"):
        await Embedded.start(short_folder, settings={"no_such_parameter": "1"})
    assert not inhabitants(short_folder / "pg" / "data")
