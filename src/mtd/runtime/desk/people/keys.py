"""Keys: who may call the API, with which key, and how it goes for them."""

import os
import secrets
from collections.abc import Iterable, Mapping
from datetime import timedelta

import msgspec
from prometheus_client.metrics_core import Metric

from mtd.runtime.app import App
from mtd.runtime.desk.people.accounts import By
from mtd.runtime.desk.people.person import Person
from mtd.runtime.desk.reasons import given
from mtd.runtime.operations.operations import Conflict, NotFound, key_hash
from mtd.store.ids import uuid7
from mtd.store.people import audit, clients
from mtd.store.people.clients import Client
from mtd.store.sessions import Connection

MANAGE = "clients.manage"
NAME_MAX = 100
OVERLAP_MAX = timedelta(days=30)
"""How long an old key may go on beside the one that follows it."""
SHARE = 0.95
COUNTS = {"mtd_api_requests": "calls", "mtd_api_4xx": "refused", "mtd_api_5xx": "failed"}
LATENCY = "mtd_api_latency_seconds"


class Usage(msgspec.Struct, kw_only=True):
    """How it went for a client since the API started."""

    calls: int = 0
    refused: int = 0
    """Answers of the class 4xx."""
    failed: int = 0
    p95_s: float | None = None
    """In how many seconds 95 % were answered at most, by the bounds of the meter; None: nobody
    knows."""


class Made(msgspec.Struct, frozen=True):
    """A key, which is kept nowhere, and whose it is."""

    name: str
    key: str


class Keys:
    """What may be done to the API's clients, whichever face it comes by."""

    def __init__(self, app: App, tenant: int) -> None:
        self._app = app
        self._tenant = tenant

    async def listing(self) -> list[Client]:
        """All clients, the oldest first."""
        async with self._app.store.window(self._tenant) as connection:
            return await clients.listing(connection, self._tenant)

    async def add(self, name: str, by: By) -> Made:
        """A new client with its key. Raises Conflict."""
        name = name.strip()[:NAME_MAX]
        if not name:
            raise Conflict("a name is needed")
        async with self._app.store.door(self._tenant) as connection:
            return await self._made(connection, name, "client.add", by, {"name": name})

    async def rotate(self, id_: str, overlap: timedelta, by: By) -> Made:
        """Another key for a client; the old one opens for so long still. Raises NotFound, Conflict.

        A key that is in the caches of the API's processes opens for half a minute more.
        """
        if not timedelta(0) <= overlap <= OVERLAP_MAX:
            raise Conflict(f"an old key goes on for at most {OVERLAP_MAX.days} days")
        async with self._app.store.door(self._tenant) as connection:
            old = await self._revoked(connection, id_, overlap)
            after = {"name": old.name, "old_until": old.revoked_at}
            return await self._made(connection, old.name, "client.rotate", by, after)

    async def revoke(self, id_: str, by: By) -> str:
        """The key opens nothing any more; whose it was. Raises NotFound, Conflict."""
        async with self._app.store.door(self._tenant) as connection:
            old = await self._revoked(connection, id_, timedelta(0))
            await self._record(connection, "client.revoke", old.name, by, {"id": id_})
        return old.name

    async def _revoked(self, connection: Connection, id_: str, after: timedelta) -> Client:
        old = await clients.revoke(connection, self._tenant, id_, after.total_seconds())
        if old is None:
            raise NotFound(f"there is no client {id_} whose key still opens")
        return old

    async def _made(
        self, connection: Connection, name: str, action: str, by: By, after: Mapping[str, object]
    ) -> Made:
        key = f"mtd_{secrets.token_urlsafe(32)}"
        await self._record(connection, action, name, by, after)
        await clients.add(connection, self._tenant, self._new_id(), name, key_hash(key))
        return Made(name, key)

    async def _record(
        self, connection: Connection, action: str, name: str, by: By, after: Mapping[str, object]
    ) -> None:
        given(by.reason)
        entry = audit.NewEntry(
            id=self._new_id(), actor=by.actor, origin=by.origin, action=action, subject=name,
            reason=by.reason.strip(), after=msgspec.json.encode(after).decode(),
        )  # fmt: skip
        await audit.add(connection, self._tenant, entry)

    def _new_id(self) -> str:
        return uuid7(self._app.clock.now(), os.urandom(10))


def by(person: Person, reason: str) -> By:
    """Who sits at the desk, and may manage clients. Raises Forbidden."""
    person.must_everywhere(MANAGE)
    return By(actor=person.login, origin=person.origin, reason=reason)


def usage(metrics: Iterable[Metric]) -> dict[str, Usage]:
    """By the names of clients: what the API's meters say of them."""
    found: dict[str, Usage] = {}
    buckets: dict[str, dict[float, float]] = {}
    for metric in metrics:
        for sample in metric.samples:
            client = sample.labels.get("client")
            if client is None:
                continue
            one = found.setdefault(client, Usage())
            field = COUNTS.get(metric.name)
            if field and sample.name.endswith("_total"):
                setattr(one, field, getattr(one, field) + int(sample.value))
            elif metric.name == LATENCY and sample.name.endswith("_bucket"):
                bound = float(sample.labels["le"])
                mine = buckets.setdefault(client, {})
                mine[bound] = mine.get(bound, 0.0) + sample.value
    for client, counts in buckets.items():
        found[client].p95_s = _bound(counts)
    return found


def _bound(counts: Mapping[float, float]) -> float | None:
    """The least bound below which SHARE of all lies; None: there are none, or they are beyond."""
    whole = counts.get(float("inf"), 0.0)
    within = [bound for bound, n in counts.items() if whole and n >= SHARE * whole]
    least = min(within, default=float("inf"))
    return None if least == float("inf") else least
