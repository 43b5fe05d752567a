"""Supervising: the parts of MTD as child processes, started again whenever one dies."""

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import structlog

from mtd.runtime.clock import elapsed_s
from mtd.runtime.database import URL
from mtd.runtime.settings.settings import Settings

LOG = structlog.get_logger()

BREATH_S = 0.2
"""Between a death and the next start, doubled each time that a child dies young."""
BREATH_MAX_S = 5.0
YOUNG_S = 5.0
STOP_S = 20.0
"""From the request to stop to the kill: a clean stop takes the longest attempt's 11.9 s."""
PR_SET_PDEATHSIG = 1


class Child:
    """One part, kept running until told to stop."""

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.name = name
        self._command = command
        self._environment = environment
        self._process: asyncio.subprocess.Process | None = None
        self._stopping = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None
        self.deaths = 0

    @property
    def pid(self) -> int | None:
        """The process's id while it runs."""
        running = self._process is not None and self._process.returncode is None
        return self._process.pid if running and self._process is not None else None

    def start(self) -> None:
        """Begin to keep it running."""
        self._keeper = asyncio.create_task(self._keep())

    async def stop(self) -> None:
        """Ask it to end cleanly, and wait; in the end it is killed."""
        self._stopping.set()
        if self._keeper is None:
            return
        self._ask_to_end()
        try:
            await asyncio.wait_for(asyncio.shield(self._keeper), STOP_S)
        except TimeoutError:
            LOG.error("a part did not stop and is killed", part=self.name)
            if self._process is not None and self._process.returncode is None:
                self._process.kill()
            await self._keeper

    async def _keep(self) -> None:
        breath_s = BREATH_S
        while not self._stopping.is_set():
            began_s = elapsed_s()
            code = await self._lived()
            if self._stopping.is_set():
                return
            self.deaths += 1
            young = elapsed_s() - began_s < YOUNG_S
            breath_s = min(breath_s * 2, BREATH_MAX_S) if young else BREATH_S
            LOG.warning("a part ended and is started again", part=self.name, code=code)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), breath_s)

    async def _lived(self) -> int | None:
        """One life of it; its exit code, or None when it could not even begin."""
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self._command, env=self._environment, preexec_fn=_die_with_parent
            )
        except OSError as error:
            LOG.error("a part cannot be started", part=self.name, problem=str(error))
            return None
        if self._stopping.is_set():
            self._ask_to_end()
        return await self._process.wait()

    def _ask_to_end(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)


async def end_in_time(stopping: asyncio.Event, patience_s: float = STOP_S) -> None:
    """End this process when it was asked to and has not by then.

    It may be waiting for a database that went away for good, and whoever would kill it may have
    died first. To end so is what a kill does, and every promise survives that.
    """
    await stopping.wait()
    await asyncio.sleep(patience_s)
    LOG.error("this part could not end in time, and ends now")
    os._exit(1)


def parts(
    settings: Settings,
    dsn: str,
    place: Path,
    customer: str,
    more: Mapping[str, str] | None = None,
    *,
    portal: bool = False,
) -> list[Child]:
    """The children: API, intake, as many workers as the settings say; the portal and its counts."""
    meters = place / "meters"
    meters.mkdir(parents=True, exist_ok=True)
    for old in meters.glob("*.db"):
        old.unlink(missing_ok=True)
    environment = {
        URL: dsn,
        "MTD_HOME": str(place),
        "PROMETHEUS_MULTIPROC_DIR": str(meters),
        **(more or {}),
    }
    workers = [f"worker-{n + 1}" for n in range(settings.worker.count)]
    faces = ("api", "portal", "statistics") if portal else ("api",)
    return [part(name, customer, environment) for name in (*faces, "intake", *workers)]


def part(name: str, customer: str, environment: Mapping[str, str]) -> Child:
    """`mtd up --only NAME` as a child; `worker-2` is a worker."""
    kind = name.partition("-")[0]
    command = [sys.executable, "-m", "mtd", "up", "--only", kind, "--customer", customer]
    return Child(name, command, {**os.environ, **environment})


def _die_with_parent() -> None:
    """In the child, before it runs: the kernel ends it when its parent is gone."""
    _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


_LIBC = ctypes.CDLL(None)
"""Loaded before any fork: a child may not take the loader's lock."""
