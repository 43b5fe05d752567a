"""Watching: the kernel tells of changes, and a flood of them drowns no other signal."""

import asyncio
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from mtd.runtime.intake.watching import watching

FILES = 1_000
"""Far more than the loop's pipe has room for signals."""


def renamed(folder: Path, count: int) -> None:
    for n in range(count):
        (folder / f".{n}").touch()
        (folder / f".{n}").rename(folder / f"{n}.xml")


async def test_a_change_is_told_again_after_each_look(tmp_path: Path) -> None:
    changed = asyncio.Event()
    with watching(changed.set) as watched:
        assert watched.only([tmp_path])
        for n in range(3):
            changed.clear()
            assert not watched.only([tmp_path])
            (tmp_path / f"{n}.xml").touch()
            await asyncio.wait_for(changed.wait(), 2)


async def test_a_flood_of_changes_drowns_no_other_signal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the loop is busy a thread moves files, as the intake does; then we are told to stop."""
    ignored: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", ignored.append)
    changed, stopping = asyncio.Event(), asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR2, stopping.set)
    with watching(changed.set) as watched, ThreadPoolExecutor(1) as mover:
        watched.only([tmp_path])
        mover.submit(renamed, tmp_path, FILES).result()  # blocks the loop
        os.kill(os.getpid(), signal.SIGUSR2)
        await asyncio.wait_for(changed.wait(), 2)
        await asyncio.wait_for(stopping.wait(), 2)
    asyncio.get_running_loop().remove_signal_handler(signal.SIGUSR2)
    assert not ignored, "signal wakeup fd"
