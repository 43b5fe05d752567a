"""Supervising: the parts of MTD as child processes, started again whenever one dies."""

import asyncio
import ctypes
import os
import signal
import sys
from collections.abc import Mapping, Sequence

import structlog

from mtd.runtime.clock import elapsed_s

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
        self._stopping = False
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
        self._stopping = True
        if self._keeper is None:
            return
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self._keeper, STOP_S)
        except TimeoutError:
            LOG.error("a part did not stop and is killed", part=self.name)
            if self._process is not None:
                self._process.kill()
                await self._process.wait()

    async def _keep(self) -> None:
        breath_s = BREATH_S
        while not self._stopping:
            began_s = elapsed_s()
            self._process = await asyncio.create_subprocess_exec(
                *self._command, env=self._environment, preexec_fn=_die_with_parent
            )
            code = await self._process.wait()
            if self._stopping:
                return
            self.deaths += 1
            young = elapsed_s() - began_s < YOUNG_S
            breath_s = min(breath_s * 2, BREATH_MAX_S) if young else BREATH_S
            LOG.warning("a part ended and is started again", part=self.name, code=code)
            await asyncio.sleep(breath_s)


def part(name: str, customer: str, environment: Mapping[str, str]) -> Child:
    """`mtd up --only NAME` as a child; `worker-2` is a worker."""
    kind = name.partition("-")[0]
    command = [sys.executable, "-m", "mtd", "up", "--only", kind, "--customer", customer]
    return Child(name, command, {**os.environ, **environment})


def _die_with_parent() -> None:
    """In the child, before it runs: the kernel ends it when its parent is gone."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
