"""Gauges: what a benchmark reads off the database, and nothing in production asks for."""

from datetime import datetime

import msgspec

from mtd.core.orders.states import OrderState
from mtd.store.sessions import Connection, structs
from mtd.store.statements import statements
from mtd.store.store import Store

_SQL = statements("operations/gauges")


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """The server at one moment."""

    now: datetime
    wal_bytes: int
    """Write-ahead log written since the cluster was made."""
    commits: int
    """Of all databases; the server's counters may be a second behind."""
    backend: int
    """Process id of the session that asked."""


class Gap(msgspec.Struct, frozen=True):
    """How long after the step before it a step was taken."""

    instance: str
    seq: int
    """1: since the order was taken in by the door."""
    gap_s: float


class Documented(msgspec.Struct, frozen=True, kw_only=True):
    """A sale and its document."""

    key: str
    issuer: str
    type_code: str
    folio: int
    total: int
    exact: bool
    """It comes to what the order does."""


async def documented(store: Store, tenant: int) -> list[Documented]:
    """The sales that have a document which counts."""
    async with store.door(tenant) as connection:
        return structs(Documented, await connection.fetch(*_SQL["documented"](tenant=tenant)))


async def documents(store: Store, tenant: int) -> dict[str, int]:
    """How many tax documents are in each state."""
    async with store.door(tenant) as connection:
        rows = await connection.fetch(*_SQL["documents"](tenant=tenant))
        return {row["state"]: row["count"] for row in rows}


async def never_answered(connection: Connection, wait_s: float) -> None:
    """Ask what is answered after `wait_s` seconds."""
    await connection.execute(*_SQL["wait"](wait_s=wait_s))


async def reading(store: Store, tenant: int) -> Reading:
    """The server now."""
    async with store.door(tenant) as connection:
        return Reading(**dict((await connection.fetch(*_SQL["read"]()))[0]))


async def idle(store: Store, tenant: int) -> bool:
    """Whether every instance has ended, or waits in the database."""
    async with store.door(tenant) as connection:
        return bool((await connection.fetch(*_SQL["idle"](tenant=tenant)))[0]["idle"])


async def shares(store: Store, tenant: int) -> list[int]:
    """How many slots each worker has."""
    async with store.door(tenant) as connection:
        return [row["slots"] for row in await connection.fetch(*_SQL["shares"]())]


async def states(store: Store, tenant: int) -> dict[str, int]:
    """How many instances are in each state."""
    async with store.door(tenant) as connection:
        rows = await connection.fetch(*_SQL["states"](tenant=tenant))
        return {row["state"]: row["count"] for row in rows}


async def last_step(store: Store, tenant: int, since: datetime) -> datetime | None:
    """When the last step after `since` was taken."""
    async with store.door(tenant) as connection:
        return (await connection.fetch(*_SQL["last"](tenant=tenant, since=since)))[0]["at"]


async def gaps(store: Store, tenant: int, since: datetime) -> list[Gap]:
    """The gap before each step after `since`."""
    async with store.door(tenant) as connection:
        rows = await connection.fetch(*_SQL["gaps"](tenant=tenant, since=since))
        return [Gap(*row) for row in rows if row["gap_s"] is not None]


class Life(msgspec.Struct, frozen=True):
    """An instance from its first step to its last so far."""

    key: str
    """The order's."""
    state: str
    began_at: datetime
    last_at: datetime


class Unsettled(msgspec.Struct, frozen=True):
    """An order that has not ended."""

    key: str
    state: str
    seen: bool
    """An open incident shows it to people."""


async def lives(store: Store, tenant: int) -> list[Life]:
    """Every instance's span."""
    async with store.door(tenant) as connection:
        return [Life(*row) for row in await connection.fetch(*_SQL["lives"](tenant=tenant))]


async def steps(store: Store, tenant: int, since: datetime) -> dict[datetime, int]:
    """How many steps were taken in each second that had any."""
    async with store.door(tenant) as connection:
        rows = await connection.fetch(*_SQL["steps"](tenant=tenant, since=since))
        return {row["second"]: row["count"] for row in rows}


async def workers(store: Store, tenant: int) -> tuple[set[str], int]:
    """The names of the workers, and how many slots belong to one of them."""
    async with store.door(tenant) as connection:
        rows = await connection.fetch(*_SQL["workers"]())
        return {row["name"] for row in rows}, max((row["owned"] for row in rows), default=0)


async def unsettled(store: Store, tenant: int) -> list[Unsettled]:
    """The orders that have not ended; a closed one has, though its legal guarantee goes on."""
    async with store.door(tenant) as connection:
        asked = _SQL["unsettled"](tenant=tenant, closed=OrderState.CLOSED.value)
        rows = await connection.fetch(*asked)
        return [Unsettled(*row) for row in rows]


class Doubt(msgspec.Struct, frozen=True):
    """An instance with an effect of which somebody may not know whether it took place."""

    key: str
    ended: bool
    seen: bool
    """An open incident of the code asked for says that nobody knows."""


async def doubts(store: Store, tenant: int, process: str, code: str) -> list[Doubt]:
    """The instances of `process`, and which of them an incident of `code` shows."""
    async with store.door(tenant) as connection:
        rows = await connection.fetch(*_SQL["doubts"](tenant=tenant, process=process, code=code))
        return [Doubt(*row) for row in rows]
