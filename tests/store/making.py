"""What the store's tests are made of: orders, instances and their turns."""

import asyncio
import hashlib
import os
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec

from mtd.core.process.effect import Effect
from mtd.core.process.instance import Incident, Instance, Scope, Token, Wait
from mtd.core.process.journal import (
    Closed,
    Entered,
    Entry,
    Fact,
    Opened,
    Put,
    Record,
    Settled,
    Troubled,
    encode,
    fold,
)
from mtd.store.arriving.arrival import (
    Accepted,
    Arrival,
    ForInstance,
    NewInstance,
    NewOrder,
    Published,
    Receipt,
    Sealed,
)
from mtd.store.engine.collecting import Incoming, collect
from mtd.store.engine.committing import Committed, commit
from mtd.store.engine.turned import NEVER, NOTHING, Turned, turned
from mtd.store.engine.worker import Fenced, Standing, Worker
from mtd.store.ids import slot_of, uuid7
from mtd.store.sessions import Row, Session
from mtd.store.store import Store

START = b'{"type":"start","at":"2026-11-23T12:00:00Z"}'


def new_id() -> str:
    """A fresh UUIDv7."""
    return uuid7(datetime.now(UTC), os.urandom(10))


def id_in(slots: range) -> str:
    """A fresh UUIDv7 of an instance that belongs to one of `slots`."""
    for _ in range(10_000):
        if slot_of(id_ := new_id()) in slots:
            return id_
    raise AssertionError("no slot of the range was met")


def an_order(external_id: str, content: bytes = b"as first sent", **other: Any) -> NewOrder:
    """An order of tenant 1, unless `other` says otherwise."""
    id_ = new_id()
    sealed = Sealed(
        person=b"person",
        key_id=id_,
        wrapped_key=b"wrapped",
        ciphertext=os.urandom(64),
        hash=hashlib.sha256(content).digest(),
    )
    usual = NewOrder(
        tenant=1,
        id=id_,
        country="CL",
        store="paris",
        channel="ecommerce",
        external_id=external_id,
        currency="CLP",
        amount=Decimal(19990),
        placed_at=datetime.now(UTC),
        buyer_document="RECEIPT",
        content=sealed,
        definition="retail_purchase_order@1",
        trigger=START,
        source="api",
    )
    return msgspec.structs.replace(usual, **other)


def a_start(tenant: int = 1, id_: str | None = None) -> NewInstance:
    """The start of an instance without an order."""
    made = id_ or new_id()
    return NewInstance(
        tenant=tenant,
        id=made,
        definition="some_process@1",
        key=made,
        trigger=START,
        source="test",
        message_id=made,
    )


def a_message(name: str, key: str | None, **other: Any) -> Published:
    """A message that may wait a minute, unless `other` says otherwise."""
    id_ = new_id()
    usual = Published(
        tenant=1, id=id_, name=name, key=key, ttl_s=60.0, source="test", message_id=id_
    )
    return msgspec.structs.replace(usual, **other)


def a_trigger(instance: str, **other: Any) -> ForInstance:
    """An operator's change of variables."""
    id_ = new_id()
    usual = ForInstance(
        tenant=1,
        id=id_,
        instance=instance,
        trigger=b'{"type":"changed","at":"2026-11-23T12:00:00Z","variables":{}}',
        source="test",
        message_id=id_,
    )
    return msgspec.structs.replace(usual, **other)


def entry(before: Instance, *facts: Fact, kind: str = "changed") -> Entry:
    """The next journal row of an instance."""
    payload = encode(Record(1, [kind], list(facts)))
    return Entry(before.seq + 1, datetime.now(UTC), kind, "Task_1", payload)


def begun(incoming: Incoming, *effects: Effect, **other: Any) -> Turned:
    """The first turn of an instance, which then waits for `effects` from wait 2 on."""
    blank = Instance(id=incoming.instance, definition=incoming.definition or "", key=incoming.key)
    facts: list[Fact] = [Entered(Scope(0, "Process_1")), Put(Token(1, "Task_1", 0))]
    facts += [Opened(Wait(2 + n, "Task_1", 0, 1, effect)) for n, effect in enumerate(effects)]
    first = entry(blank, *facts, kind="start")
    usual: dict[str, Any] = {
        "tenant": incoming.tenant,
        "before": None,
        "after": fold(blank, [first]),
        "entries": [first],
        "wake_at": NEVER,
        "consumed": incoming.consumed,
    }
    return turned(**(usual | other))


def moved(before: Instance, *facts: Fact, tenant: int = 1, **other: Any) -> Turned:
    """A further turn of an instance that was parked, and is again."""
    following = entry(before, *facts)
    usual: dict[str, Any] = {
        "tenant": tenant,
        "before": before,
        "after": fold(before, [following]),
        "entries": [following],
        "wake_at": NEVER,
        "wake_at_before": NEVER,
        "consumed": NOTHING,
    }
    return turned(**(usual | other))


def met(before: Instance, wait: int, **other: Any) -> Turned:
    """A further turn that closes `wait`."""
    return moved(before, Closed(wait), **other)


def troubled(before: Instance, message: str = "no answer", tenant: int = 1) -> Turned:
    """A further turn that gets the token stuck."""
    incident = Incident(before.next, "Task_1", 1, None, "LEGACY_UNAVAILABLE", message)
    return moved(before, Troubled(incident), tenant=tenant)


def settled(before: Instance, incident: int) -> Turned:
    """A further turn that settles an incident."""
    return moved(before, Settled(incident))


async def deliver_one(store: Store, arrival: Arrival) -> Receipt:
    """The receipt of one arrival."""
    (receipt,) = await store.deliver([arrival])
    return receipt


async def written(worker: Worker, batch: Sequence[Turned]) -> list[Instance]:
    """The instances of a batch that is committed whole."""
    assert await commit(worker, batch) == Committed()
    return [turn.after for turn in batch]


async def parked(
    store: Store, worker: Worker, *effects: Effect, start: NewInstance | None = None
) -> Instance:
    """A new instance that waits for `effects`."""
    start = start or a_start()
    assert await deliver_one(store, start) == Accepted(start.id)
    collected = await collect(worker, 1000)
    (incoming,) = [one for one in collected.incoming if one.instance == start.id]
    (instance,) = await written(worker, [begun(incoming, *effects)])
    return instance


@asynccontextmanager
async def a_worker(store: Store, name: str = "one") -> AsyncGenerator[Worker]:
    """An enrolled worker after its first heartbeat."""
    worker = await store.enroll(name, new_id())
    try:
        assert isinstance(await worker.heartbeat(), Standing)
        yield worker
    finally:
        await worker.close()


@asynccontextmanager
async def two_workers(store: Store) -> AsyncGenerator[tuple[Worker, Worker]]:
    """Two workers that share the slots: the first has the lower half."""
    async with a_worker(store, "one") as one, a_worker(store, "two") as two:
        standing = await one.heartbeat()
        assert not isinstance(standing, Fenced)
        await one.release(standing.surplus)
        await two.heartbeat()
        assert one.slots == frozenset(range(32))
        assert two.slots == frozenset(range(32, 64))
        yield one, two


async def overdue(admin: Session, worker: Worker) -> None:
    """As if `worker` had missed its heartbeats, and everyone else's lease were old."""
    await admin.fetch(
        "UPDATE worker SET lease_until = CASE WHEN id = $1 THEN now() - interval '1 s'"
        " ELSE lease_until END, since = now() - interval '1 min'",
        worker.id,
    )


async def count(admin: Session, table: str, where: str = "true", *args: Any) -> int:
    """How many rows of `table` there are, seen past row-level security."""
    rows: list[Row] = await admin.fetch(f"SELECT count(*) FROM {table} WHERE {where}", *args)
    return rows[0][0]


class Cutter:
    """A proxy before the server that swallows one reply and hangs up, when told to."""

    def __init__(self, socket_path: str) -> None:
        self.cut = 0
        """How many replies were swallowed."""
        self._socket_path = socket_path
        self._armed: bytes | None = None
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def arm(self, reply: bytes) -> None:
        """Swallow the next data from the server that contain `reply`."""
        self._armed = reply

    async def start(self) -> int:
        """Listen on loopback; the port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Hang up on everyone."""
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await asyncio.open_unix_connection(self._socket_path)
        tasks = [
            asyncio.create_task(self._pass(reader, there[1], watched=False)),
            asyncio.create_task(self._pass(there[0], writer, watched=True)),
        ]
        self._tasks.update(tasks)
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for each in (writer, there[1]):
            each.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._tasks.difference_update(tasks)

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, watched: bool
    ) -> None:
        while data := await reader.read(65536):
            if watched and self._armed is not None and self._armed in data:
                self._armed = None
                self.cut += 1
                return
            writer.write(data)
            await writer.drain()
