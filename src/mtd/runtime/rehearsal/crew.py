"""A crew: the worker processes of a benchmark, held still while their work is laid out."""

import asyncio
import os
import signal
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager

from mtd.runtime.app import TENANT, App
from mtd.runtime.rehearsal import usage
from mtd.runtime.supervising import Child
from mtd.store.ids import SLOTS
from mtd.store.operations import gauges

READY_S = 60.0
LOOK_S = 0.5
"""What passed meanwhile is told by the journal, not by when it was seen."""


class Crew:
    """Workers that share the slots evenly."""

    def __init__(self, app: App, children: Sequence[Child]) -> None:
        self._app = app
        self._children = children

    @contextmanager
    def held(self) -> Generator[None]:
        """Every worker stands still for as long as this is open.

        Their leases may lapse meanwhile, but nobody is up to bury them.
        """
        for pid in self.pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in self.pids:
                os.kill(pid, signal.SIGCONT)

    @property
    def pids(self) -> list[int]:
        """Of the workers that run."""
        return [child.pid for child in self._children if child.pid is not None]

    def cpu_s(self) -> float:
        """CPU seconds of all of them so far."""
        return sum(map(usage.cpu_s, self.pids))

    async def ready(self) -> None:
        """Until each has its share. Raises TimeoutError after READY_S."""
        fair = -(-SLOTS // len(self._children))
        async with asyncio.timeout(READY_S):
            while True:
                shares = await gauges.shares(self._app.store, TENANT)
                held = sum(shares) == SLOTS and max(shares) <= fair
                if len(shares) == len(self._children) and held:
                    return
                await asyncio.sleep(LOOK_S)

    async def idle(self, limit_s: float) -> None:
        """Until all that came in was done. Raises TimeoutError."""
        async with asyncio.timeout(limit_s):
            while True:
                if await gauges.idle(self._app.store, TENANT):
                    return
                await asyncio.sleep(LOOK_S)


@asynccontextmanager
async def at_work(app: App, children: Sequence[Child]) -> AsyncGenerator[Crew]:
    """The crew, ready, for as long as this is open."""
    for child in children:
        child.start()
    crew = Crew(app, children)
    try:
        await crew.ready()
        yield crew
    finally:
        await asyncio.gather(*(child.stop() for child in children))


async def server(app: App) -> int | None:
    """Process id of the PostgreSQL that serves `app`; None when it is on another machine."""
    backend = (await gauges.reading(app.store, TENANT)).backend
    parent = usage.parent_of(backend)
    return parent if parent is not None and usage.name_of(backend) == "postgres" else None
