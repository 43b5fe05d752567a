"""Live: what changed, looked for once a second for all viewers together, sent to each as it fits.

Whatever the number of viewers, the database is asked one set of questions a second, and only while
somebody looks. A viewer gets changed cells and counters, never a table: what they have ticked or
half typed is theirs. Who reads too slowly loses old frames, for the newest one says it all.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Mapping
from datetime import datetime

import msgspec
from structlog import get_logger

from mtd.runtime.clock import elapsed_s
from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.orders import board
from mtd.runtime.desk.orders.board import Counts, Glance
from mtd.runtime.desk.people.person import Person

LOG = get_logger()
TICK_S = 1.0
FRESH_S = 1.5
"""A snapshot is shown to pages for this long before it is taken anew."""
WATCHED_MAX = 100
"""Orders on one page."""


class Frame(msgspec.Struct, frozen=True):
    """What is known at one tick."""

    at: datetime
    counts: Mapping[tuple[str, ...] | None, Counts]
    """By the stores that somebody sees; None: all."""
    glances: Mapping[str, Glance]
    """The watched orders, by id."""
    newest: tuple[Glance, ...]
    """Orders that came lately, newest first."""


class Viewer:
    """Somebody who looks at a page."""

    def __init__(self, person: Person, watched: frozenset[str], above: str | None) -> None:
        self.person = person
        self.watched = watched
        self.above = above
        """The id of the page's first order; None: it is no page of orders."""
        self.frames: asyncio.Queue[Frame] = asyncio.Queue(maxsize=1)

    def offer(self, frame: Frame) -> None:
        """Give the frame, in the place of one that was not taken yet."""
        with contextlib.suppress(asyncio.QueueEmpty):
            self.frames.get_nowait()
        self.frames.put_nowait(frame)


class Pulse:
    """The ticker, and who listens to it."""

    def __init__(self, desk: Desk, stopping: asyncio.Event) -> None:
        self._desk = desk
        self._stopping = stopping
        self._viewers: set[Viewer] = set()
        self._counts: dict[tuple[str, ...] | None, tuple[float, Counts]] = {}
        self._asking = asyncio.Lock()
        self._ticking: asyncio.Task[None] | None = None

    async def counts(self, person: Person) -> Counts:
        """The counters beside the pages' names, at most FRESH_S old."""
        async with self._asking:
            taken_s, known = self._counts.get(person.stores, (0.0, None))
            if known is None or elapsed_s() - taken_s > FRESH_S:
                known = await board.counts(self._desk, person.stores)
                self._counts[person.stores] = (elapsed_s(), known)
            return known

    async def next(self, viewer: Viewer) -> Frame | None:
        """The viewer's next frame; None: the portal stops, and an open stream must not hold it."""
        coming = asyncio.create_task(viewer.frames.get())
        ending = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait((coming, ending), return_when=asyncio.FIRST_COMPLETED)
            return coming.result() if coming.done() else None
        finally:
            coming.cancel()
            ending.cancel()

    @contextlib.asynccontextmanager
    async def viewing(self, viewer: Viewer) -> AsyncGenerator[None]:
        """`viewer` gets frames while this is open."""
        self._viewers.add(viewer)
        if self._ticking is None:
            self._ticking = asyncio.create_task(self._tick())
        try:
            yield
        finally:
            self._viewers.discard(viewer)

    async def _tick(self) -> None:
        """Until nobody looks any more."""
        try:
            while self._viewers:
                began_s = elapsed_s()
                try:
                    frame = await self._frame()
                except Exception as error:  # noqa: BLE001 the database will come back
                    LOG.warning("nobody is told what changed", problem=type(error).__name__)
                else:
                    for viewer in self._viewers:
                        viewer.offer(frame)
                await asyncio.sleep(max(0.0, TICK_S - (elapsed_s() - began_s)))
        finally:
            self._ticking = None

    async def _frame(self) -> Frame:
        viewers = list(self._viewers)
        watched = sorted({id_ for viewer in viewers for id_ in viewer.watched})
        above = min((viewer.above for viewer in viewers if viewer.above), default=None)
        counts = {person.stores: await self.counts(person) for person in _scopes(viewers)}
        glances, newest = await board.glances(self._desk, watched, above)
        return Frame(
            at=self._desk.app.clock.now(),
            counts=counts,
            glances={one.id: one for one in glances},
            newest=tuple(newest),
        )


def _scopes(viewers: list[Viewer]) -> list[Person]:
    """One person for each set of stores that somebody sees."""
    return list({viewer.person.stores: viewer.person for viewer in viewers}.values())
