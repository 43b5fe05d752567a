"""A crew that is held stands still, and goes on afterwards."""

import asyncio
import os
import sys
from pathlib import Path

from mtd.runtime.rehearsal.crew import Crew
from mtd.runtime.supervising import Child
from tests.runtime.conftest import Founded
from tests.runtime.plant import Plant

STOPPED = "T"
BUSY = "while True: sum(range(10_000))"


def state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


async def test_whoever_is_held_stands_still_and_uses_nothing(found: Founded) -> None:
    plant: Plant = await found()
    child = Child("one", [sys.executable, "-c", BUSY], dict(os.environ))
    child.start()
    crew = Crew(plant.app, [child])
    try:
        async with asyncio.timeout(20):
            while not crew.pids or crew.cpu_s() == 0.0:  # noqa: ASYNC110 the kernel counts
                await asyncio.sleep(0.05)
        (pid,) = crew.pids
        with crew.held():
            await asyncio.sleep(0.05)
            assert state(pid) == STOPPED
            used_s = crew.cpu_s()
            await asyncio.sleep(0.3)
            assert crew.cpu_s() == used_s
        async with asyncio.timeout(20):
            while crew.cpu_s() == used_s:  # noqa: ASYNC110 the kernel counts
                await asyncio.sleep(0.05)
    finally:
        await child.stop()
    assert crew.pids == []
