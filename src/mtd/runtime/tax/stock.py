"""The stock: the folios that one worker may give out of its memory, and where each of them is.

A folio is free here, flying with an answer that is not committed yet, or gone. One whose answer
comes to nothing is free again; nothing is handed back to others while any of its block flies.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone

import structlog

from mtd.connectors.desk import NoneLeft, NotYet
from mtd.runtime.folio_book import FolioBook
from mtd.store.engine import folio_blocks
from mtd.store.engine.folio_blocks import Block, Series
from mtd.store.engine.worker import Worker
from mtd.store.sessions import Fault as StoreFault
from mtd.store.sessions import delay_s, fault

LOG = structlog.get_logger()

SIZE_MIN = 8
SIZE_MAX = 200
"""Folios of one block: the first is small, each further one twice as large."""
LOOK_S = 1.0
"""How often a worker looks whether others lack folios."""
LATEST = timezone(-timedelta(hours=12))
"""Where a day ends last: what was reserved before that day began is of yesterday everywhere."""
AGAIN_S = 1.5
"""When to ask again for folios that others were asked to hand back."""


class Stock:
    """One worker's folios, by issuer, type and series."""

    def __init__(self, worker: Worker, now: Callable[[], datetime], book: FolioBook | None) -> None:
        self._worker = worker
        self._now = now
        self._book = book
        self._shelves: dict[Series, _Shelf] = {}

    async def take(self, series: Series, environment: str, today: date) -> int | NoneLeft:
        """A folio that nobody else has; it flies until `keep`, `put_back` or `give_up`.

        `today`: the issuer's own day. Raises NotYet while others still hold some that they do not
        use.
        """
        shelf = self._shelves.setdefault(series, _Shelf())
        if (folio := shelf.take(today)) is not None:
            return folio
        async with shelf.filling:
            if (folio := shelf.take(today)) is not None:
                return folio
            block = await self._reserved(series, shelf, environment, today)
            if block is None:
                if await folio_blocks.recall(
                    self._worker.asking, self._worker.id, series, environment, today
                ):
                    raise NotYet("folios of this type are with other workers", AGAIN_S)
                return NoneLeft(f"no folio of type {series.named} is left for {series.issuer}")
            shelf.add(block, today)
            folio = shelf.take(today)
            assert folio is not None, "a block has at least one folio"
            return folio

    def keep(self, series: Series, folio: int) -> None:
        """It is a document's for ever: its commit is durable."""
        self._shelves[series].land(folio)

    def put_back(self, series: Series, folio: int) -> None:
        """Its answer came to nothing, and nothing of it was written."""
        self._shelves[series].land(folio, free=True)

    async def tend(self) -> None:
        """Hand back what others lack, and find blocks whose reply was lost; for ever."""
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                await self._tend()
            except Exception as error:
                if fault(error) is StoreFault.BUG:
                    raise
                LOG.warning("folios are not tended", problem=type(error).__name__)

    async def _tend(self) -> None:
        if not self._shelves:
            return
        worker, today = self._worker, self._now().astimezone(LATEST).date()
        for shelf in self._shelves.values():
            shelf.age(today)
        for held in await folio_blocks.mine(worker.asking, worker.id):
            shelf = self._shelves.setdefault(held.of, _Shelf())
            if shelf.filling.locked():
                continue  # its reply may be on its way
            block = Block(first=held.first, last=held.last, range_first=held.range_first)
            if held.recalled or not shelf.knows(held.first):
                shelf.close(block)
        idle = [
            (series, first)
            for series, shelf in self._shelves.items()
            for first in shelf.closed_and_landed()
        ]
        if idle:
            await folio_blocks.hand_back(worker.asking, worker.id, idle)
            for series, first in idle:
                self._shelves[series].forget(first)

    async def _reserved(
        self, series: Series, shelf: "_Shelf", environment: str, day: date
    ) -> Block | None:
        """A new block; tried until the database is there."""
        tries = 0
        while True:
            used_up = shelf.used_up()
            try:
                block = await folio_blocks.reserve(
                    self._worker.asking,
                    self._worker.id,
                    series,
                    environment=environment,
                    day=day,
                    size=shelf.size,
                    used_up=used_up,
                )
            except Exception as error:
                if fault(error) is not StoreFault.AGAIN:
                    raise
                await asyncio.sleep(delay_s(tries))
                tries += 1
                continue
            for first in used_up:
                shelf.forget(first)
            if block is not None and self._book is not None:
                # On disk before one of them is used: a restored database passes them over.
                await asyncio.to_thread(self._book.mark, series, block.last)
            return block


class _Open:
    """A block, of which some folios are free and some fly."""

    __slots__ = ("block", "closed", "day", "flying", "free")

    def __init__(self, block: Block, day: date | None) -> None:
        self.block = block
        self.day = day
        """On which its range was looked at: another day, it may have expired."""
        self.free = deque(range(block.first, block.last + 1))
        self.flying: set[int] = set()
        self.closed = day is None


class _Shelf:
    """The blocks of one series, the first of them in use."""

    def __init__(self) -> None:
        self.filling = asyncio.Lock()
        self.size = SIZE_MIN
        self._blocks: dict[int, _Open] = {}

    def take(self, today: date) -> int | None:
        for one in self._blocks.values():
            if one.day != today:
                one.closed = True
            if not one.closed and one.free:
                folio = one.free.popleft()
                one.flying.add(folio)
                return folio
        return None

    def age(self, today: date) -> None:
        """Whatever was reserved before `today` goes back: its range may have expired."""
        for one in self._blocks.values():
            one.closed = one.closed or one.day is None or one.day < today

    def add(self, block: Block, day: date) -> None:
        self._blocks[block.first] = _Open(block, day)
        self.size = min(2 * self.size, SIZE_MAX)

    def land(self, folio: int, *, free: bool = False) -> None:
        for one in self._blocks.values():
            if folio in one.flying:
                one.flying.remove(folio)
                if free:
                    one.free.appendleft(folio)
                return

    def close(self, block: Block) -> None:
        one = self._blocks.setdefault(block.first, _Open(block, None))
        one.closed = True
        self.size = SIZE_MIN

    def knows(self, first: int) -> bool:
        return first in self._blocks

    def used_up(self) -> list[int]:
        """Blocks all of whose folios are documents'."""
        blocks = self._blocks.items()
        return [first for first, one in blocks if not (one.free or one.flying or one.closed)]

    def closed_and_landed(self) -> list[int]:
        return [first for first, one in self._blocks.items() if one.closed and not one.flying]

    def forget(self, first: int) -> None:
        self._blocks.pop(first, None)
