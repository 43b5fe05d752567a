"""The embedded PostgreSQL lives as long as it should, and not longer."""

import asyncio
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncpg
import pytest

from mtd.store import embedded
from mtd.store.embedded import Embedded, StartFailed
from mtd.store.postgres import place as places
from mtd.store.postgres import processes
from mtd.store.postgres.place import PlaceRefused
from mtd.store.postgres.processes import SHUTDOWNS, inhabitants
from mtd.store.postgres.programs import bundled

BACK_S = 5.0
GONE_S = 10.0
SOURCE = Path(__file__).resolve().parents[2] / "src"

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives privileges up")

WRITE = "INSERT INTO kept SELECT n FROM generate_series(1, 50000000) AS n"

OPEN_AND_SAY = """
import asyncio, sys
from pathlib import Path
from mtd.store.embedded import Embedded

async def main():
    server = await Embedded.start(Path(sys.argv[1]))
    print(server.pid, server.dsn, flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await server.stop()

asyncio.run(main())
"""


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
        await _until(lambda: _kept(server.dsn), BACK_S)
        assert time.monotonic() - began < BACK_S
        assert server.pid != killed
        await asyncio.gather(writing, return_exceptions=True)
        connection.terminate()


async def test_a_crash_of_a_backend_is_its_own_affair(short_folder: Path) -> None:
    async with await Embedded.start(short_folder) as server:
        connection = await asyncpg.connect(server.dsn)
        backend = await connection.fetchval("SELECT pg_backend_pid()")
        master = server.pid
        os.kill(backend, signal.SIGKILL)
        await _until(lambda: _answers(server.dsn), BACK_S)
        assert server.pid == master
        connection.terminate()


async def test_ends_with_a_killed_parent(short_folder: Path) -> None:
    process, master, _ = await _another(short_folder)
    process.kill()
    await process.wait()
    await _until(lambda: _gone(master), GONE_S)
    await _until(lambda: _nobody(short_folder / "pg" / "data"), GONE_S)


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
    await _until(lambda: _answers(server.dsn), GONE_S)
    async with await Embedded.start(short_folder) as again:
        assert again.pid != orphan.pid
        assert orphan.returncode is not None
        assert await _answers(again.dsn)


async def test_children_of_a_dead_postmaster_do_not_stop_the_next(short_folder: Path) -> None:
    """A frozen child neither notices that its postmaster is gone nor lets the next one start."""
    async with await Embedded.start(short_folder) as server:
        connection = await asyncpg.connect(server.dsn)
        child = await connection.fetchval("SELECT pg_backend_pid()")
        os.kill(child, signal.SIGSTOP)
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        await _until(lambda: _answers(server.dsn), BACK_S)
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
        assert await _answers(again.dsn)
    assert stranger.returncode is None, "it was none of ours"
    stranger.kill()
    await stranger.wait()


async def test_two_share_one_server_and_one_survives_the_other(short_folder: Path) -> None:
    first, master, _ = await _another(short_folder)
    async with await Embedded.start(short_folder) as second:
        assert second.pid is None
        assert await _answers(second.dsn)
        first.kill()
        await first.wait()
        await _until(lambda: _answers(second.dsn), GONE_S)
        await _until(lambda: _supervised(second), GONE_S)
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
        assert await _answers(server.dsn)


async def test_a_server_that_cannot_start_says_why(short_folder: Path) -> None:
    with pytest.raises(StartFailed, match="unrecognized configuration parameter"):
        await Embedded.start(short_folder, settings={"no_such_parameter": "1"})
    assert not inhabitants(short_folder / "pg" / "data")


async def test_a_long_path_gets_a_short_socket(short_folder: Path) -> None:
    home = short_folder / ("long" * 40) / "home"
    async with await Embedded.start(home) as server:
        assert await _answers(server.dsn)
        socket = places.socket_folder(home.resolve() / "pg")
    assert len(str(socket)) < 100
    assert stat.S_IMODE(socket.stat().st_mode) == 0o700
    socket.rmdir()


@as_root
def test_a_socket_folder_of_somebody_else_is_refused(short_folder: Path) -> None:
    path = short_folder / "socket"
    path.mkdir(mode=0o700)
    nobody = pwd.getpwnam("nobody")
    with pytest.raises(PlaceRefused, match="not a private folder"):
        places.private_folder(path, places.Owner("nobody", nobody.pw_uid, nobody.pw_gid))


@as_root
async def test_a_closed_home_stays_closed(
    short_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root's own folder may be closed to others: data and programs go elsewhere."""
    monkeypatch.setattr(places, "SYSTEM_STATE", short_folder / "state")
    monkeypatch.setattr(embedded, "SYSTEM_STATE", short_folder / "state")
    monkeypatch.setattr(embedded, "bundled", lambda: _closed_programs(closed))
    closed = short_folder / "closed"
    closed.mkdir(mode=0o700)
    async with await Embedded.start(closed / "home") as server:
        assert await _answers(server.dsn)
        program = Path(f"/proc/{server.pid}/exe").readlink()
    assert program.is_relative_to(short_folder / "state")
    where = Path((closed / "home" / "pg.place").read_text().strip())
    assert where.parent == short_folder / "state"
    assert (where / "data" / "PG_VERSION").exists()
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    async with await Embedded.start(closed / "home") as again:
        assert await _answers(again.dsn)
    assert len(list((short_folder / "state").iterdir())) == 2, "the data, and the programs"


@as_root
def test_an_ordinary_user_runs_its_own(short_folder: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    user = places.Owner("nobody", nobody.pw_uid, nobody.pw_gid)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    pythons = [Path(sys.executable), Path("/usr/bin") / version]
    python = next((p for p in pythons if p.exists() and places.reachable(p, user)), None)
    if python is None or not places.reachable(Path(asyncpg.__file__).parent, user):
        pytest.skip("this Python lies where no other user may run it")
    home = short_folder / "home"
    home.mkdir()
    shutil.chown(home, nobody.pw_uid)
    packages = Path(asyncpg.__file__).parents[1]
    done = subprocess.run(
        [python, "-c", OPEN_AND_SAY, home],
        user=nobody.pw_uid,
        group=nobody.pw_gid,
        extra_groups=[],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": f"{SOURCE}:{packages}"},
        cwd="/",
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (home / "pg" / "data").stat().st_uid == nobody.pw_uid


# -- what the tests look at -----------------------------------------------------------------------


def _closed_programs(closed: Path) -> Path:
    """The programs as they lie in a checkout below a closed folder."""
    wheel = bundled().parents[1]
    for folder in (wheel, wheel.with_name(f"{wheel.name}.libs")):
        link = closed / folder.name
        if not link.exists():
            shutil.copytree(folder, link, ignore=shutil.ignore_patterns("include", "pginstall"))
    return closed / bundled().relative_to(wheel.parent)


async def _until(check: Callable[[], Awaitable[bool]], limit_s: float) -> None:
    deadline = time.monotonic() + limit_s
    while not await check():
        assert time.monotonic() < deadline, f"not within {limit_s} s"
        await asyncio.sleep(0.02)


async def _answers(dsn: str) -> bool:
    try:
        connection = await asyncpg.connect(dsn, timeout=2)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return False
    await connection.close()
    return True


async def _kept(dsn: str) -> bool:
    if not await _answers(dsn):
        return False
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval("SELECT n FROM kept WHERE n = 42") == 42
    finally:
        await connection.close()


async def _gone(pid: int) -> bool:
    return not Path(f"/proc/{pid}").exists()


async def _nobody(data: Path) -> bool:
    return not inhabitants(data)


async def _supervised(server: Embedded) -> bool:
    return server.pid is not None


async def _another(home: Path) -> tuple[asyncio.subprocess.Process, int, str]:
    """Another process of MTD that opened the server of `home`."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-c", OPEN_AND_SAY, home),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
    )
    assert process.stdout is not None
    pid, dsn = (await process.stdout.readline()).decode().split()
    return process, int(pid), dsn
