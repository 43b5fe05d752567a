"""Supervising: a part that dies comes back, one that is told to stop does not."""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence

import pytest

from mtd.runtime import supervising
from mtd.runtime.supervising import Child

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
