"""Supervising: a part that dies comes back, one that is told to stop does not."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import asyncpg
import pytest

from mtd.runtime import supervising
from mtd.runtime.database import URL
from mtd.runtime.supervising import Child
from mtd.store.server.embedded import Embedded
from mtd.store.server.migrate import migrate

PATIENCE_S = 30.0

SLEEPER = (sys.executable, "-S", "-c", "import time; time.sleep(60)")
STUBBORN = (
    *SLEEPER[:-1],
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)",
)


async def living(child: Child, *, other_than: int | None = None) -> int:
    for _ in range(500):
        if (pid := child.pid) is not None and pid != other_than:
            return pid
        await asyncio.sleep(0.01)
    raise AssertionError("it does not live")


def a_child(command: Sequence[str]) -> Child:
    child = Child("part", command, os.environ)
    child.start()
    return child


async def test_who_is_killed_comes_back_and_who_is_stopped_does_not() -> None:
    child = a_child(SLEEPER)
    first = await living(child)
    os.kill(first, signal.SIGKILL)
    second = await living(child, other_than=first)
    await child.stop()
    assert child.deaths == 1
    assert child.pid is None
    with pytest.raises(ProcessLookupError):
        os.kill(second, 0)


async def test_who_dies_young_again_and_again_is_given_time_but_ends_at_once() -> None:
    child = a_child((sys.executable, "-S", "-c", "raise SystemExit(3)"))
    await asyncio.sleep(1.5)
    assert 1 <= child.deaths <= 3
    async with asyncio.timeout(1):
        await child.stop()


async def test_what_cannot_be_started_is_tried_again() -> None:
    child = a_child(("/nowhere/at/all",))
    await asyncio.sleep(0.3)
    assert child.deaths
    async with asyncio.timeout(1):
        await child.stop()


async def test_who_does_not_listen_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervising, "STOP_S", 0.5)
    child = a_child(STUBBORN)
    pid = await living(child)
    await asyncio.sleep(0.3)
    await child.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


SECRETS = {"PAPERLESS_LOGIN": "mtd", "PAPERLESS_PASSWORD": "mtd"}
WITHOUT_A_DATABASE = """
import mtd.runtime.supervising as supervising
from mtd.up import up
supervising.end_in_time.__defaults__ = (0.5,)
raise SystemExit(up(only="worker"))
"""


async def a_worker(server: Embedded, home: Path) -> asyncio.subprocess.Process:
    """The real part, whose patience when it is asked to end is short."""
    environment = {**os.environ, **SECRETS, URL: server.dsn, "MTD_HOME": str(home)}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", WITHOUT_A_DATABASE, env=environment, stderr=subprocess.PIPE
    )


async def enrolled(server: Embedded) -> None:
    """Until a worker is."""
    connection = await asyncpg.connect(server.dsn)
    async with asyncio.timeout(PATIENCE_S):
        while not await connection.fetchval("SELECT count(*) FROM worker"):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    await connection.close()


async def test_a_worker_whose_database_went_away_for_good_ends_when_it_is_asked_to(
    short_folder: Path,
) -> None:
    """Also where whoever started it is dead, and nobody is left to kill it."""
    async with await Embedded.start(short_folder) as server:
        await migrate(server.dsn)
        worker = await a_worker(server, short_folder)
        await enrolled(server)
    worker.terminate()
    async with asyncio.timeout(PATIENCE_S):
        _, said = await worker.communicate()
    assert worker.returncode == 1
    assert b"could not end in time" in said


async def test_a_worker_that_begins_while_the_database_is_away_waits_for_it(
    short_folder: Path,
) -> None:
    async with await Embedded.start(short_folder) as server:
        await migrate(server.dsn)
    worker = await a_worker(server, short_folder)
    await asyncio.sleep(2.0)
    async with await Embedded.start(short_folder) as again:
        await enrolled(again)
        assert worker.returncode is None
        worker.terminate()
        async with asyncio.timeout(PATIENCE_S):
            await worker.communicate()
