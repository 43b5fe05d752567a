"""Ownership: which slots this worker has, kept alive by heartbeats, shared and inherited."""

import asyncio

import structlog

from mtd.runtime.live import Live
from mtd.store.ids import slot_of
from mtd.store.worker import HEARTBEAT_S, Fenced, Worker

LOG = structlog.get_logger()


class Ownership:
    """One worker's membership, seen from the turn."""

    def __init__(self, worker: Worker) -> None:
        self.worker = worker
        self.buried = False
        self.gained: set[int] = set()
        """Slots whose live instances are still to be loaded."""
        self._draining: frozenset[int] = frozenset()

    def holds(self, instance: str) -> bool:
        """Whether a call of `instance` may be made by this worker now."""
        slot = slot_of(instance)
        mine = slot in self.worker.slots and slot not in self._draining
        return mine and not self.buried and self.worker.holds()

    def is_mine(self, instance: str) -> bool:
        """Whether work that comes in for `instance` is to be begun here."""
        slot = slot_of(instance)
        return slot in self.worker.slots and slot not in self._draining

    async def beat(self) -> None:
        """Renew the lease; see what was gained, what is to be handed over, and who is dead."""
        standing = await self.worker.heartbeat()
        if isinstance(standing, Fenced):
            self.buried = True
            return
        self.gained |= standing.gained
        self._draining = standing.surplus
        for dead in standing.overdue:
            taken = await self.worker.bury(dead)
            if taken is not None:
                LOG.warning("buried a worker", dead=dead, slots=len(taken))
                self.gained |= taken

    async def keep(self) -> None:
        """Beat for ever; a database that is away makes it late, and that is the lease's affair."""
        while not self.buried:
            await asyncio.sleep(HEARTBEAT_S)
            try:
                await self.beat()
            except Exception as error:  # noqa: BLE001 the lease tells, not the error
                LOG.warning("a heartbeat failed", problem=str(error))

    async def hand_over(self, lives: dict[tuple[int, str], Live]) -> None:
        """Give up the slots above this worker's share in which nothing is under way.

        Instances that rest in memory are forgotten; their rows say it all.
        """
        if not self._draining:
            return
        busy = {slot_of(id_) for (_, id_), live in lives.items() if live.flying}
        drained = self._draining - busy
        for key in [key for key in lives if slot_of(key[1]) in drained]:
            del lives[key]
        if drained:
            await self.worker.release(drained)
            self._draining -= drained
            self.gained -= drained
