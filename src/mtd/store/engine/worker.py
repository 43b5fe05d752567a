"""A worker: who may commit, for which slots, and for how long it is surely so."""

import asyncio
from collections.abc import Iterable

import msgspec

from mtd.store.engine import folio_blocks
from mtd.store.engine.depth import Depth
from mtd.store.ids import SLOTS
from mtd.store.sessions import ENGINE, Row, Session
from mtd.store.statements import statements

LEASE_S = 15.0
"""A worker that did not renew its lease for so long, in database time, may be buried."""
HEARTBEAT_S = 5.0
"""How often the lease is to be renewed."""
UNBROKEN_S = 10.0
"""Only who has held its lease for so long buries others: after an outage of the database
everyone's lease has lapsed, and all get two heartbeats' time to say that they live."""
SUSPECTS_PER_SLOT = 64
"""How deep the inbox of a dead worker's slot is held suspect; more than one collect takes."""

_SQL = statements("engine/worker")


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What a heartbeat found."""

    slots: frozenset[int]
    gained: frozenset[int]
    """Slots that came with this heartbeat: load the instances that lived in them."""
    surplus: frozenset[int]
    """Slots above this worker's share: drain them, then `release`."""
    workers: int
    overdue: tuple[str, ...]
    """Workers whose lease has lapsed: `bury` them."""


class Fenced(msgspec.Struct, frozen=True):
    """This worker was buried: forget everything, and enroll as a new one."""


class Worker:
    """An enrolled worker's connections, its slots and its lease."""

    def __init__(self, dsn: str, name: str, id_: str) -> None:
        settings = {**ENGINE, "application_name": f"mtd {id_}"}
        self.id = id_
        self.name = name
        self.slots: frozenset[int] = frozenset()
        self.turns = 0
        """Commits so far; each has its number."""
        self.reading = Session(dsn, settings)
        self.writing = Session(dsn, settings)
        self.keeping = Session(dsn, settings)
        self.asking = Session(dsn, settings)
        """For what the hands must know of tax documents and folios; opened when first used."""
        self.depth = Depth()
        """How far back the next look at the slots goes."""
        self._held_until = float("-inf")
        self._membership = asyncio.Lock()
        """Held by whatever changes the slots: what one read must not undo what another did."""

    @classmethod
    async def enroll(cls, dsn: str, name: str, id_: str) -> "Worker":
        """A worker with a row and a lease, and no slot until its first heartbeat."""
        worker = cls(dsn, name, id_)
        sent_at = _now_s()
        await worker.keeping.fetch(*_SQL["enroll"](id=id_, name=name, lease_s=LEASE_S))
        worker._held_until = sent_at + LEASE_S
        return worker

    def holds(self) -> bool:
        """Whether nobody can have buried this worker yet, counted from before the last renewal."""
        return _now_s() < self._held_until

    async def heartbeat(self) -> Standing | Fenced:
        """Renew the lease and take free slots, up to this worker's share."""
        async with self._membership:
            return await self._heartbeat()

    async def release(self, slots: Iterable[int]) -> None:
        """Give slots back once nothing of theirs is in memory or in flight."""
        gone = frozenset(slots)
        async with self._membership:
            self.slots -= gone
            await self.keeping.fetch(*_SQL["release"](id=self.id, slots=sorted(gone)))

    async def retire(self) -> None:
        """End cleanly: give every slot and folio back; nobody has anything to bury."""
        async with self._membership:
            self.slots = frozenset()
            self._held_until = float("-inf")
            async with self.keeping.use() as connection, connection.transaction():
                await connection.execute(*_SQL["retire"](id=self.id))
                await connection.execute(*_SQL["leave"](id=self.id))
                await folio_blocks.leave(connection, self.id)
        await self.close()

    async def close(self) -> None:
        """End the connections and nothing else; what a killed worker leaves stays."""
        sessions = (self.reading, self.writing, self.keeping, self.asking)
        await asyncio.gather(*(session.close() for session in sessions))

    async def mark(self, tenant: int, instance: str) -> bool:
        """Commit that this instance is advanced alone from now on; False: buried."""
        return bool(
            await self.keeping.insist(*_SQL["trying"](id=self.id, tenant=tenant, instance=instance))
        )

    async def unmark(self) -> bool:
        """Commit that the marked instance did no harm; False: buried."""
        return bool(
            await self.keeping.insist(*_SQL["trying"](id=self.id, tenant=None, instance=None))
        )

    async def bury(self, dead: str) -> frozenset[int] | None:
        """End an overdue worker and take its slots; None: not allowed, or it lives.

        Allowed only to a worker whose own lease has been unbroken for UNBROKEN_S. One
        transaction: what the dead one had at hand becomes suspect, its sessions are ended,
        its row goes, what it held of folios is free, its slots come. The caller then loads
        what lived in them.
        """
        async with self._membership:
            taken = await self._bury(dead)
            self._own(self.slots | (taken or frozenset()))
            return taken

    async def _heartbeat(self) -> Standing | Fenced:
        sent_at = _now_s()
        if not await self.keeping.fetch(*_SQL["beat"](id=self.id, lease_s=LEASE_S)):
            self._held_until = float("-inf")
            return Fenced()
        self._held_until = sent_at + LEASE_S
        standing = await self._standing()
        share = -(-SLOTS // standing["workers"])
        if standing["free"] and len(standing["slots"] or ()) < share:
            await self.keeping.fetch(*_SQL["claim"](id=self.id, share=share))
            standing = await self._standing()
        slots = frozenset[int](standing["slots"] or ())
        gained = slots - self.slots
        self._own(slots)
        return Standing(
            slots=slots,
            gained=gained,
            surplus=frozenset(sorted(slots)[share:]),
            workers=standing["workers"],
            overdue=tuple(str(id_) for id_ in standing["overdue"] or ()),
        )

    async def _bury(self, dead: str) -> frozenset[int] | None:
        async with self.keeping.use() as connection, connection.transaction():
            marks = await connection.fetch(
                *_SQL["may_bury"](id=self.id, dead=dead, unbroken_s=UNBROKEN_S)
            )
            if not marks:
                return None
            await connection.execute(*_SQL["impatient"]())
            await connection.execute(*_SQL["as_login"]())
            await connection.execute(*_SQL["terminate"](application=f"mtd {dead}"))
            await connection.execute(*_SQL["as_engine"]())
            if not await connection.fetch(*_SQL["bury"](dead=dead)):
                return None
            await connection.execute(
                *_SQL["suspect"](
                    dead=dead,
                    per_slot=SUSPECTS_PER_SLOT,
                    trying_tenant=marks[0]["trying_tenant"],
                    trying=marks[0]["trying"],
                )
            )
            await folio_blocks.leave(connection, dead)
            rows = await connection.fetch(*_SQL["inherit"](id=self.id, dead=dead))
        return frozenset(row["slot"] for row in rows)

    def _own(self, slots: frozenset[int]) -> None:
        if slots - self.slots:
            self.depth = Depth()  # what waits in a new slot may have waited long
        self.slots = slots

    async def _standing(self) -> Row:
        return (await self.keeping.fetch(*_SQL["standing"](id=self.id)))[0]


def _now_s() -> float:
    """The loop's clock, which no one sets."""
    return asyncio.get_running_loop().time()
