"""A plant: workers on a real database, with sketched processes and connectors made for a test."""

import asyncio
import os
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from mtd.connectors.contract import Attempt, Connector, Repeat
from mtd.connectors.settings import LegacySettings
from mtd.connectors.tax.settings import IssuerSettings
from mtd.connectors.wire import Wire
from mtd.core.process.compiler import Surroundings
from mtd.core.process.definition import Definition, Retry, Service
from mtd.core.process.outcome import Answer, Done
from mtd.core.process.trigger import Retried, Start, Submitted, Trigger
from mtd.runtime.app import App
from mtd.runtime.clock import Clock
from mtd.runtime.definitions.library import Library
from mtd.runtime.engine.working import work
from mtd.runtime.receiving import Receiving
from mtd.runtime.rehearsal.orders.generator import generate
from mtd.runtime.settings.parts import Route, WorkerSettings
from mtd.runtime.settings.settings import Settings
from mtd.runtime.telemetry import Meters
from mtd.runtime.vault import Vault
from mtd.store.arriving.arrival import ForInstance, NewInstance, Published, Receipt
from mtd.store.sessions import Row, Session
from mtd.store.store import Store
from tests.core.process.sketch import Sketch
from tests.store.making import new_id

PATIENCE_S = 25.0
LOOK_S = 0.02
MASTER_KEY = b"0123456789abcdef0123456789abcdef"

Run = Callable[[Attempt, Wire], Awaitable[Answer]]


class Killed(BaseException):
    """Ends a worker where it stands, as a kill would: nothing is tidied up."""


class Sketches(Library):
    """Definitions by their names, without a drawing."""

    def __init__(self, store: Store, definitions: Mapping[str, Definition]) -> None:
        super().__init__(store, Surroundings(connectors=frozenset()))
        self._sketched = definitions

    def latest(self, tenant: int) -> Mapping[str, str]:
        """Each of them, in its only version."""
        return {name: f"{name}@1" for name in self._sketched}

    async def definition(self, tenant: int, id_: str) -> Definition:
        """The one of this name; LookupError when there is none."""
        return self._sketched[id_.partition("@")[0]]


class Plant:
    """One database, the processes that run on it, and what its connectors saw."""

    def __init__(self, app: App, admin: Session) -> None:
        self.app = app
        self.admin = admin
        self.connectors: dict[str, Connector] = {}
        self.seen: dict[str, list[Attempt]] = {}
        self.tasks: list[asyncio.Task[None]] = []

    def connect(self, name: str, run: Run | None = None, repeat: Repeat = Repeat.BY_KEY) -> None:
        """Let `name` be served by `run`, else by one that is always done; each attempt is kept."""

        async def kept(attempt: Attempt, wire: Wire) -> Answer:
            self.seen.setdefault(name, []).append(attempt)
            return Done() if run is None else await run(attempt, wire)

        self.connectors[name] = Connector(name, kept, repeat)

    @asynccontextmanager
    async def worker(self) -> AsyncGenerator["Employed"]:
        """A worker, at work with slots of its own, for as long as this is open."""
        before = [row[0] for row in await self.rows("SELECT id FROM worker")]
        stopping = asyncio.Event()
        employed = Employed(asyncio.create_task(work(self.app, self.connectors, stopping)))
        self.tasks.append(employed.task)
        employed.id = await self.until(
            "SELECT id FROM worker WHERE NOT id = ANY($1::uuid[])", before
        )
        try:
            yield employed
        finally:
            stopping.set()
            await employed.end()
            self.tasks.remove(employed.task)

    async def start(self, process: str, key: str = "", **variables: Any) -> str:
        """A new instance that carries no order; its id."""
        trigger = Start(at=datetime.now(UTC), variables=variables)
        id_ = new_id()
        arrival = NewInstance(
            tenant=1,
            id=id_,
            definition=f"{process}@1",
            key=key or id_,
            trigger=msgspec.json.encode(trigger),
            source="test",
            message_id=id_,
        )
        await self.app.store.deliver([arrival])
        return id_

    async def orders(self, process: str, count: int, seed: int = 1) -> list[str]:
        """New orders; their ids."""
        receiving = Receiving(
            tenant=1,
            settings=self.app.settings,
            vault=self.app.vault,
            latest=lambda _: f"{process}@1",
            now=self.app.clock.now,
            chance=os.urandom,
        )
        made = list(generate(seed, count, self.app.clock.now()))
        arrivals = [receiving.arrival(order, "test", None) for order in made]
        await self.app.store.deliver(arrivals)
        return [arrival.id for arrival in arrivals]

    async def publish(self, name: str, key: str | None, ttl_s: float = 60, **more: Any) -> Receipt:
        """A message, or without a key a signal; `id` and `message_id` may be given."""
        id_ = new_id()
        usual: dict[str, Any] = {"tenant": 1, "id": id_, "source": "test", "message_id": id_}
        message = Published(name=name, key=key, ttl_s=ttl_s, **(usual | more))
        (receipt,) = await self.app.store.deliver([message])
        return receipt

    async def let_in(self, instance: str, trigger: Trigger) -> None:
        """A trigger for one instance."""
        id_ = new_id()
        arrival = ForInstance(
            tenant=1,
            id=id_,
            instance=instance,
            trigger=msgspec.json.encode(trigger),
            source="test",
            message_id=id_,
        )
        await self.app.store.deliver([arrival])

    async def retry(self, instance: str) -> None:
        """An operator retries every incident."""
        await self.let_in(instance, Retried(at=datetime.now(UTC), actor="operator"))

    async def submit(self, instance: str, wait: int, **outputs: Any) -> None:
        """A person completes a task."""
        await self.let_in(instance, Submitted(at=datetime.now(UTC), wait=wait, outputs=outputs))

    async def rows(self, sql: str, *args: Any) -> list[Row]:
        """What the cluster's superuser sees."""
        return await self.admin.fetch(sql, *args)

    async def value(self, sql: str, *args: Any) -> Any:
        """The first column of the first row; None without rows."""
        rows = await self.rows(sql, *args)
        return rows[0][0] if rows else None

    async def until(self, sql: str, *args: Any) -> Any:
        """The value once it is something."""
        deadline_s = time.monotonic() + PATIENCE_S
        while not (found := await self.value(sql, *args)):
            for task in self.tasks:
                if task.done() and not task.cancelled() and (error := task.exception()):
                    raise AssertionError("a worker broke") from error
            assert time.monotonic() < deadline_s, f"never: {sql} {args}"
            await asyncio.sleep(LOOK_S)
        return found

    async def until_ended(self, count: int) -> None:
        """So many instances have come to their end."""
        await self.until("SELECT count(*) >= $1 FROM instance WHERE state = 'COMPLETED'", count)

    async def expire(self, dead: Any) -> None:
        """As if `dead` had missed its heartbeats, and everyone else's lease were old."""
        await self.rows(
            "UPDATE worker SET since = now() - interval '1 min', lease_until ="
            " CASE WHEN id = $1 THEN now() - interval '1 s' ELSE lease_until END",
            dead,
        )

    async def take_over(self, dead: "Employed") -> None:
        """The survivors bury it and take its slots."""
        await dead.kill()
        await self.expire(dead.id)
        await self.until("SELECT count(*) = 0 FROM worker WHERE id = $1", dead.id)

    async def until_seen(self, service: str, count: int) -> None:
        """So many attempts of `service` were begun."""
        deadline_s = time.monotonic() + PATIENCE_S
        while len(self.seen.get(service, ())) < count:
            assert time.monotonic() < deadline_s, f"{service} is not called"
            await asyncio.sleep(LOOK_S)

    async def kinds(self, instance: str) -> list[str]:
        """Kinds of an instance's journal rows, in order."""
        rows = await self.rows(
            "SELECT kind FROM journal WHERE instance_id = $1 ORDER BY seq", instance
        )
        return [row["kind"] for row in rows]

    async def code(self, instance: str) -> str | None:
        """The code of the newest open incident."""
        open_ = "SELECT code FROM incident WHERE instance_id = $1 AND settled_at IS NULL"
        return await self.value(f"{open_} ORDER BY id DESC", instance)


class Employed:
    """A worker's task."""

    def __init__(self, task: asyncio.Task[None]) -> None:
        self.task = task
        self.id: Any = None

    async def end(self) -> None:
        """Wait for it; one that was killed is past that."""
        try:
            await self.task
        except (Killed, asyncio.CancelledError):
            return

    async def kill(self) -> None:
        """End it where it stands; its rows stay as they are."""
        self.task.cancel()
        await self.end()


@asynccontextmanager
async def a_plant(
    dsn: str,
    admin_dsn: str,
    *definitions: Definition,
    legacy: Mapping[str, LegacySettings] | None = None,
    issuers: Mapping[str, IssuerSettings] | None = None,
    **worker: Any,
) -> AsyncGenerator[Plant]:
    """A plant without workers, for as long as this is open."""
    settings = Settings(
        customer="test",
        processes=[],
        routes=[Route(process="any")],
        stores={},
        legacy=dict(legacy or {}),
        issuers=dict(issuers or {}),
        worker=WorkerSettings(**worker),
    )
    store = await Store.open(dsn)
    admin = Session(admin_dsn, {})
    app = App(
        settings=settings,
        home=Path(),
        store=store,
        library=Sketches(store, {one.name: one for one in definitions}),
        vault=Vault(MASTER_KEY, os.urandom),
        clock=Clock(),
        meters=Meters(),
    )
    try:
        yield Plant(app, admin)
    finally:
        await admin.close()
        await app.close()


def a_legacy(**other: Any) -> LegacySettings:
    """Settings of a system that nobody calls by its address."""
    usual: dict[str, Any] = {"base_url": "http://127.0.0.1:9", "timeout_s": 0.3}
    return LegacySettings(**(usual | other))


def named(sketch: Sketch, name: str) -> Definition:
    """The definition under its own name, so that a plant can run several."""
    return msgspec.structs.replace(sketch.definition(), name=name)


def chain(
    name: str, services: Sequence[str], states: Sequence[str] = (), backoff_s: float = 0.02
) -> Definition:
    """Services one after the other; entering the n-th makes the order's n-th state."""
    sketch = Sketch()
    sketch.add("startEvent", "start")
    retry = Retry(attempts_max=3, backoff_s=backoff_s, factor=1.0)
    for n, service in enumerate(services):
        entering = states[n] if n < len(states) else None
        work_ = Service(connector=service, retry=retry)
        sketch.add("serviceTask", f"t{n}", work=work_, entering=entering)
    sketch.add("endEvent", "end")
    sketch.chain("start", *(f"t{n}" for n in range(len(services))), "end")
    return named(sketch, name)
