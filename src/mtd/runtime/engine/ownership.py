"""Ownership: which slots this worker has, kept alive by heartbeats, shared and inherited."""

import asyncio
from datetime import datetime

import structlog

from mtd.runtime.database import persisted
from mtd.store import switches
from mtd.store.engine.worker import HEARTBEAT_S, Fenced, Worker
from mtd.store.ids import slot_of

LOG = structlog.get_logger()

AGAIN_S = 1.0
"""From a heartbeat that failed to the next."""


class Buried(Exception):
    """Somebody else owns what this worker had: forget everything and begin anew."""


class Ownership:
    """One worker's membership, seen from the turn."""

    def __init__(self, worker: Worker) -> None:
        self.worker = worker
        self.buried = False
        self.paused = True
        """Nothing may be sent to the others' systems; so until the first heartbeat says else."""
        self.restored_at: datetime | None = None
        self.gained: set[int] = set()
        """Slots whose live instances are still to be loaded."""
        self.draining: frozenset[int] = frozenset()
        """Slots above this worker's share: nothing is begun there, what is under way ends."""
        self._drained: frozenset[int] = frozenset()
        self._something_drained = asyncio.Event()

    def holds(self, instance: str) -> bool:
        """Whether a call of `instance` may be made by this worker now."""
        return not self.buried and self.is_mine(instance) and self.worker.holds()

    def is_mine(self, instance: str) -> bool:
        """Whether work that comes in for `instance` is to be begun here."""
        slot = slot_of(instance)
        return slot in self.worker.slots and slot not in self.draining

    def bury(self) -> Buried:
        """This worker is no more, as a commit or a mark found: what is to be raised."""
        self.buried = True
        return Buried(self.worker.id)

    async def mark(self, tenant: int, instance: str) -> None:
        """Commit that this instance alone is advanced from now on. Raises Buried."""
        if not await persisted(lambda: self.worker.mark(tenant, instance)):
            raise self.bury()

    async def unmark(self) -> None:
        """Commit that the marked instance did no harm. Raises Buried."""
        if not await persisted(self.worker.unmark):
            raise self.bury()

    def drained(self, slots: frozenset[int]) -> None:
        """Nothing of these slots is in memory or in flight: they can be handed over."""
        if slots - self._drained:
            self._drained |= slots
            self._something_drained.set()

    async def keep(self) -> None:
        """Beat for ever; a database that is away makes it late, and that is the lease's affair."""
        loop = asyncio.get_running_loop()
        beat_s = loop.time()
        while not self.buried:
            try:
                if loop.time() >= beat_s:
                    beat_s = loop.time() + HEARTBEAT_S
                    await self.beat()
                await self._release()
            except Exception as error:  # noqa: BLE001 whatever it is, the lease tells
                LOG.warning("a heartbeat failed", problem=f"{type(error).__name__}: {error}")
                beat_s = min(beat_s, loop.time() + AGAIN_S)
            self._something_drained.clear()
            try:
                async with asyncio.timeout_at(beat_s):
                    await self._something_drained.wait()
            except TimeoutError:
                continue

    async def beat(self) -> None:
        """Renew the lease; see what was gained, what is to be handed over, and who is dead."""
        # First, so that no slot's work begins before it is known whether it may be sent.
        switched = await switches.standing(self.worker.keeping)
        self.paused, self.restored_at = switched.paused is not None, switched.restored_at
        standing = await self.worker.heartbeat()
        if isinstance(standing, Fenced):
            self.buried = True
            return
        self.gained |= standing.gained
        self.draining = standing.surplus
        self._drained &= standing.surplus
        for dead in standing.overdue:
            taken = await self.worker.bury(dead)
            if taken is not None:
                LOG.warning("buried a worker", dead=dead, slots=len(taken))
                self.gained |= taken

    async def _release(self) -> None:
        going, self._drained = self._drained & self.draining, frozenset()
        if going:
            await self.worker.release(going)
            self.draining -= going
