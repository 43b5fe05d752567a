"""The whole of MTD for end-to-end tests: database, worker, API and the simulated legacy systems."""

import asyncio
import os
import re
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from mtd.connectors import connectors
from mtd.core.orders.json import write_json
from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.faces.api.application import application
from mtd.faces.cli.starting import operations_of
from mtd.faces.serving import serve
from mtd.runtime.app import App, open_app
from mtd.runtime.engine.working import work
from mtd.runtime.intake import take_in
from mtd.runtime.operations.books import own_books
from mtd.runtime.operations.deploying import deploy_all, first_key
from mtd.runtime.rehearsal.furnishing import authority_of, by_paperless, furnish, trusting
from mtd.runtime.rehearsal.town import environment
from mtd.runtime.settings.settings import issuers, load
from mtd.simulators import town
from mtd.simulators.faults import Down, Outage, Scripted
from mtd.simulators.ledger import Entry
from mtd.simulators.settings import Callback, TownSettings
from mtd.simulators.town import Running
from tests.conftest import Server
from tests.core.orders.examples import plain_order
from tests.processes.premises import (
    KEY,
    LOOK_S,
    PATIENCE_S,
    Neighbourhood,
    free_port,
    made_key,
    ready,
)

ROOT = Path(__file__).parents[2]
LOOKS_MAX = round(PATIENCE_S / LOOK_S)
PERSON = "ana"
TASKS = ("PAYMENT", "ALTERNATIVE", "TAX_DATA", "DELIVERY", "RETURN", "EXCEPTION", "MAIL")
BRIEF = {
    "MTD__DURATIONS__CLAIMS_WINDOW": "PT0.1S",
    **{f"MTD__DURATIONS__{task}_DUE": "PT2M" for task in TASKS},
}
"""Waits that no test is about: an order closes soon, and nobody is late with a task."""
ENDED = ("CLOSED", "CANCELLED")
_NUMBERS = count(1)


class Shop:
    """What a test may do: place orders, answer tasks, tell, and look at what came of it."""

    def __init__(self, app: App, legacy: Running, session: aiohttp.ClientSession) -> None:
        self.app = app
        self.legacy = legacy
        self.session = session

    async def place(self, order: PurchaseOrder) -> str:
        """Take an order in; its key."""
        await self.accepted("/orders", write_json(order))
        return order.key

    async def accepted(self, path: str, body: Any) -> Any:
        """POST what must be accepted; the answer."""
        content = body if isinstance(body, bytes) else msgspec.json.encode(body)
        headers = {"Content-Type": "application/json"}
        async with self.session.post(path, data=BytesIO(content), headers=headers) as answer:
            assert answer.status in (200, 201, 202), (path, answer.status, await answer.text())
            return await answer.json(content_type=None)

    async def status_of(self, path: str, body: Any) -> tuple[int, Any]:
        """Status and answer of a POST."""
        content = msgspec.json.encode(body)
        headers = {"Content-Type": "application/json"}
        async with self.session.post(path, data=BytesIO(content), headers=headers) as answer:
            return answer.status, await answer.json(content_type=None)

    async def get(self, path: str) -> Any:
        """The JSON at `path`."""
        async with self.session.get(path) as answer:
            assert answer.status == 200, (path, answer.status, await answer.text())
            return await answer.json(content_type=None)

    async def order(self, key: str) -> dict[str, Any]:
        """An order as the API shows it."""
        return await self.get(f"/orders/{key}")

    async def until(self, key: str, *states: str) -> str:
        """The order's state once it is one of these."""

        async def reached() -> str | None:
            state = str((await self.order(key))["state"])
            return state if state in states else None

        return await self.soon(reached, f"{key} in {states}", lambda: self.told(key))

    async def ended(self, key: str) -> str:
        """The state in which the order ended."""
        return await self.until(key, *ENDED)

    async def task(self, key: str, name: str) -> dict[str, Any]:
        """The order's open task of this name, once there is one."""
        instance = (await self.order(key))["id"]

        async def found() -> dict[str, Any] | None:
            tasks = await self.get("/tasks")
            mine = [t for t in tasks if t["instance"] == instance and t["name"] == name]
            return mine[0] if mine else None

        return await self.soon(found, f"{key} task {name}", lambda: self.told(key))

    async def do(self, key: str, name: str, **outputs: Any) -> None:
        """A person completes the order's task of this name, and it is closed."""
        task = await self.task(key, name)
        place = f"/tasks/{task['instance']}/{task['wait']}/complete"
        await self.accepted(place, {"person": PERSON, "outputs": outputs})

        async def closed() -> bool:
            open_ = [(t["instance"], t["wait"]) for t in await self.get("/tasks")]
            return (task["instance"], task["wait"]) not in open_

        await self.soon(closed, f"{key} task {name} closed", lambda: self.told(key))

    async def tell(self, name: str, key: str, **payload: Any) -> Any:
        """A message for whoever awaits `key`."""
        body = {
            "name": name,
            "key": key,
            "message_id": f"{name}-{next(_NUMBERS)}",
            "payload": payload,
        }
        return await self.accepted("/messages", body)

    async def told(self, key: str) -> str:
        """What became of the order, for a test that waits in vain."""
        order = await self.order(key)
        trace = await self.get(f"/orders/{key}/trace")
        incidents = await self.get(f"/orders/{key}/incidents")
        return f"{order}\n{incidents}\n{str(trace[-3:])[-3000:]}"

    async def soon(self, look: Callable[[], Any], what: str, told: Callable[[], Any]) -> Any:
        """What `look` finds, once it finds something."""
        for _ in range(LOOKS_MAX):
            if found := await look():
                return found
            await asyncio.sleep(LOOK_S)
        raise AssertionError(f"never: {what}\n{await told()}")

    def script(self, system: str, fault: str, key: str, operation: str, times: int = 1) -> None:
        """The next calls of this operation for this order suffer `fault`."""
        scripted = Scripted(fault=fault, order=key, operation=operation, times=times)
        self.legacy.stations[system].faults.script(scripted)

    def outage(self, system: str, seconds: float) -> None:
        """The system answers 503 for so long; 0 ends it."""
        self.legacy.stations[system].faults.fail(Outage(seconds=seconds, mode=Down.ERROR))

    def silence(self, system: str, key: str) -> None:
        """The system tells nothing of this order: a test speaks in its place."""
        self.legacy.stations[system].announcer.silenced.add(key)

    def listen(self, system: str, key: str) -> None:
        """The system tells of this order again."""
        self.legacy.stations[system].announcer.silenced.remove(key)

    async def cancel(self, key: str) -> None:
        """Somebody cancels the order."""
        await self.accepted(f"/orders/{key}/cancel", {"actor": PERSON, "reason": "no longer"})

    async def variable(self, key: str, name: str) -> Any:
        """The last value that the order's instance gave a variable."""
        trace = await self.get(f"/orders/{key}/trace")
        found = re.findall(rf'"{name}":("[^"]*"|[^,}}]*)', msgspec.json.encode(trace).decode())
        return msgspec.json.decode(found[-1]) if found else None

    async def evidence(self, key: str, service: str) -> str:
        """The requests that were sent for the order by this connector."""
        trace = await self.get(f"/orders/{key}/trace")
        tries = [one for row in trace for one in row["attempts"] if one["service"] == service]
        return "\n".join(str(one["request"]) for one in tries)

    async def command(self, system: str, **command: Any) -> None:
        """An order that only this system knows."""
        url = f"{self.legacy.control_url}/{system}/__control"
        await self.accepted(url, {"system": command})

    def effects(self, system: str, key: str, operation: str | None = None) -> list[Entry]:
        """What took effect at a system for an order."""
        return [
            entry
            for entry in self.legacy.stations[system].ledger.effects()
            if entry.order == key and operation in (None, entry.operation)
        ]

    async def until_effect(
        self, system: str, key: str, operation: str, count: int = 1
    ) -> list[Entry]:
        """The effects of this operation, once there are so many."""

        async def there() -> list[Entry]:
            effects = self.effects(system, key, operation)
            return effects if len(effects) >= count else []

        return await self.soon(there, f"{key} {system} {operation}", lambda: self.told(key))

    def mails(self, key: str) -> list[str]:
        """Kinds of the letters that the order's customer and staff got."""
        return [entry.subject.partition(" ")[0] for entry in self.effects("mail", key)]

    def duplicates(self, key: str) -> list[str]:
        """Effects of an order that took place while the same effect stood."""
        stations = self.legacy.stations.items()
        return [
            f"{name} {twice.operation} {twice.subject}"
            for name, station in stations
            for twice in station.ledger.duplicates
            if twice.order == key
        ]


def an_order(**changes: Any) -> PurchaseOrder:
    """The plain order as of now, under a number of its own."""
    now = datetime.now(UTC).replace(microsecond=0)
    dated = {"placed_at": now, "promised_at": now + timedelta(days=3)}
    return plain_order(external_id=f"PW-{next(_NUMBERS)}", **(dated | changes))


@asynccontextmanager
async def open_shop(
    server: Server,
    home: Path,
    customer: str = "demo",
    settings: Mapping[str, str] | None = None,
    intake: bool = False,
    places: Sequence[Path] = (ROOT,),
    native: bool = False,
) -> AsyncGenerator[Shop]:
    """A shop with no faults but those that a test scripts; its files are below `places`.

    `native`: MTD issues the tax documents itself, to the simulated authority; else Paperless does.
    """
    customers = [place / "customers" for place in places]
    port = free_port()
    async with server.database() as dsn:
        told = Callback(url=f"http://127.0.0.1:{port}", api_key=made_key(home))
        quiet = TownSettings(latency_scale=0, time_scale=1e-5, default_faults=False, callback=told)
        legacy = await town.serve(quiet)
        own, url = load(customer, {}, customers), f"http://127.0.0.1:{port}"
        issued = trusting(own, authority_of(home)) if native else by_paperless(own)
        led = {**issued, **environment(legacy.urls, own.legacy), **BRIEF}
        led |= own_books(own, url, KEY) | {"MTD__API__PORT": str(port), **(settings or {})}
        os.environ.update({k: v for k, v in led.items() if not k.startswith("MTD__")})
        app = await open_app(load(customer, led, customers), home, dsn)
        if native:
            await furnish(app, Neighbourhood(legacy))
        await deploy_all(app, [place / "processes" for place in places])
        key = await first_key(app)
        stopping = asyncio.Event()
        operations = await operations_of(app)
        hands = work(app, connectors(issuers(app.settings)), stopping)
        parts = [hands, serve(application(operations), app.settings.api, stopping)]
        if intake:
            parts.append(take_in(app, operations, stopping))
        tasks = [asyncio.create_task(part) for part in parts]
        session = aiohttp.ClientSession(
            f"http://127.0.0.1:{port}", headers={"Authorization": f"Bearer {key}"}
        )
        try:
            await ready(session, tasks)
            yield Shop(app, legacy, session)
        finally:
            stopping.set()
            await asyncio.gather(*tasks)
            await session.close()
            await app.close()
            await legacy.close()
