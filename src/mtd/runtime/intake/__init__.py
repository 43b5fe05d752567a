"""Intake: order files from a folder to the door (I0-I9); every file ends in exactly one state."""

import asyncio
from datetime import timedelta
from pathlib import Path

import structlog

from mtd.core.process.compiler.timing import duration
from mtd.runtime.app import App
from mtd.runtime.intake.delivering import Delivering
from mtd.runtime.intake.folder import levels
from mtd.runtime.intake.registering import Registering
from mtd.runtime.intake.watching import watching
from mtd.runtime.operations.operations import Operations
from mtd.runtime.settings.parts import IntakeSettings
from mtd.runtime.settings.settings import BadSettings

__all__ = ["take_in"]

LOG = structlog.get_logger()
LEVELS = 4
"""Of folders, the root included: those that one watching reveals are watched by the next."""
GATHER_S = 0.02
"""Between two looks at the folder, however much happens there."""
LOOK_SHARE = 4.0
"""And so many times as long as the last look took."""
STOP_S = 10.0
"""What is under way when we are to stop gets so long; what is not done then is claimed again."""


async def take_in(app: App, operations: Operations, stopping: asyncio.Event) -> None:
    """Take in the files of the intake folder until told to stop.

    Several processes may do so at once: the store decides who attempts which file. Raises
    BadSettings, and OSError when the folder can be neither found nor made.
    """
    settings = app.settings.intake
    root = app.home / settings.folder
    await asyncio.to_thread(root.mkdir, parents=True, exist_ok=True)
    registering = Registering(app, operations.tenant, root, _seconds(settings, "settle"))
    delivering = Delivering(
        app,
        operations,
        registering,
        backoff_s=_seconds(settings, "attempt_backoff"),
        backoff_max_s=_seconds(settings, "attempt_backoff_max"),
    )
    due, changed = asyncio.Event(), asyncio.Event()
    scan_s = _seconds(settings, "scan")
    async with asyncio.TaskGroup() as group:
        parts = [
            group.create_task(_register(registering, root, scan_s, changed, due, stopping)),
            group.create_task(_deliver(delivering, scan_s, changed, due, stopping)),
        ]
        await stopping.wait()
        _, late = await asyncio.wait(parts, timeout=STOP_S)
        for part in late:
            part.cancel()


async def _register(
    registering: Registering,
    root: Path,
    scan_s: float,
    changed: asyncio.Event,
    due: asyncio.Event,
    stopping: asyncio.Event,
) -> None:
    loop = asyncio.get_running_loop()
    tidy_at_s = loop.time()
    with watching(changed.set) as watched:
        while not stopping.is_set():
            changed.clear()
            # What appears in a folder before it is watched is found by the look that follows.
            for _ in range(LEVELS):
                if not watched.only(await asyncio.to_thread(levels, root)):
                    break
            try:
                await registering.register(due.set)
                if loop.time() >= tidy_at_s:
                    await registering.tidy()
                    tidy_at_s = loop.time() + scan_s
            except OSError as error:
                LOG.error("the intake cannot go on", error=error.strerror)
            soon_s = registering.settle_s if registering.settling else scan_s
            await _pause(min(soon_s, scan_s), changed, stopping)
            # Each file put away is a change too: looking must not take all of the time.
            await _pause(GATHER_S + LOOK_SHARE * registering.looked_s, stopping)


async def _deliver(
    delivering: Delivering,
    scan_s: float,
    changed: asyncio.Event,
    due: asyncio.Event,
    stopping: asyncio.Event,
) -> None:
    loop = asyncio.get_running_loop()
    while not stopping.is_set():
        due.clear()
        count, retries_s = await delivering.deliver()
        for retry_s in retries_s:
            loop.call_later(retry_s, due.set)
        if count:
            changed.set()
        else:
            await _pause(scan_s, due, stopping)


async def _pause(seconds: float, *events: asyncio.Event) -> None:
    """Until one of the events, or for so many seconds."""
    waiting = [asyncio.create_task(event.wait()) for event in events]
    await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for one in waiting:
        one.cancel()


def _seconds(settings: IntakeSettings, key: str) -> float:
    text = getattr(settings, key)
    try:
        exact = duration(text)
    except ValueError as error:
        raise BadSettings(f"intake.{key}: {error}") from error
    if not isinstance(exact, timedelta) or exact < timedelta(0):
        raise BadSettings(f"intake.{key}: {text!r} is no time to wait, such as PT0.5S")
    return exact.total_seconds()
