"""Breakers: what workers say of theirs, and people's word that closes one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec

from mtd.store.engine.worker import Worker
from mtd.store.sessions import Connection, structs
from mtd.store.statements import statements

State = Literal["closed", "open", "half_open"]
LATELY_S = 300.0
"""A closing that a worker has not seen for so long, it needs no more."""

_SQL = statements("operations/breakers")


class Broken(msgspec.Struct, frozen=True, kw_only=True):
    """A breaker of a worker that is not closed, as the worker says it."""

    legacy: str
    state: State
    open_s: float
    """How long ago it opened."""
    failures: int
    """In a row."""


class Open(msgspec.Struct, frozen=True, kw_only=True):
    """A breaker that is not closed, as others see it."""

    legacy: str
    worker: str
    name: str
    """Of the worker."""
    state: State
    since: datetime
    failures: int


class Closing(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody had a breaker closed."""

    legacy: str
    at: datetime
    actor: str
    reason: str


async def publish(worker: Worker, broken: Sequence[Broken]) -> None:
    """These are all of the worker's breakers that are not closed."""
    await worker.keeping.fetch(
        *_SQL["publish"](
            worker=worker.id,
            legacies=[one.legacy for one in broken],
            states=[one.state for one in broken],
            open_s=[one.open_s for one in broken],
            failures=[one.failures for one in broken],
        )
    )


async def closings(worker: Worker) -> dict[str, datetime]:
    """When somebody last had each breaker closed, in the last LATELY_S."""
    rows = await worker.keeping.fetch(*_SQL["closings"](lately_s=LATELY_S))
    return {row["legacy"]: row["at"] for row in rows}


async def close(
    connection: Connection, tenant: int, legacy: str, *, actor: str, reason: str
) -> None:
    """Have it closed, in every worker."""
    await connection.execute(
        *_SQL["close"](tenant=tenant, legacy=legacy, actor=actor, reason=reason)
    )


async def opened(connection: Connection) -> list[Open]:
    """Breakers that are not closed, of the workers that live; those of one system together."""
    return structs(Open, await connection.fetch(*_SQL["open"]()))


async def waiting(
    connection: Connection, tenant: int, stores: Sequence[str] | None
) -> dict[str, int]:
    """How many tokens stand before each system at this moment."""
    rows = await connection.fetch(*_SQL["waiting"](tenant=tenant, stores=stores))
    return {row["legacy"]: row["waiting"] for row in rows}


async def standing(
    connection: Connection, tenant: int, stores: Sequence[str] | None
) -> dict[str, int]:
    """How many orders that are not over stand before each system at this moment."""
    rows = await connection.fetch(*_SQL["standing"](tenant=tenant, stores=stores))
    return {row["legacy"]: row["orders"] for row in rows}


async def last(connection: Connection, tenant: int) -> dict[str, Closing]:
    """Who last had each breaker closed."""
    found = structs(Closing, await connection.fetch(*_SQL["last"](tenant=tenant)))
    return {one.legacy: one for one in found}
