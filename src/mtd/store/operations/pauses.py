"""Pauses: steps, stores, channels and counterparts that stand still until a person lifts that."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec

from mtd.store.engine.worker import Worker
from mtd.store.ids import SLOTS
from mtd.store.sessions import Connection, structs
from mtd.store.statements import statements

Kind = Literal["step", "store", "channel", "counterpart"]
PAGE_MAX = 200
WAKE_PER_S = 200.0
"""So many instances a second go on in one worker when a pause is lifted."""
WAKE_MAX = 5_000
"""Instances that are made due in one go."""

_SQL = statements("operations/pauses")
_SLOTS = list(range(SLOTS))


class Pause(msgspec.Struct, frozen=True, kw_only=True):
    """Something that stands still."""

    tenant: int
    id: str
    """UUIDv7, made by the caller."""
    kind: Kind
    process: str = ""
    """Of a step: the definition's name."""
    name: str
    """Of a step: the element's id; else the store, channel or legacy system."""
    label: str
    """What people call it."""
    at: datetime
    actor: str
    reason: str


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A pause, also one that is over, and how many instances wait for its end."""

    id: str
    kind: str
    process: str
    name: str
    label: str
    at: datetime
    actor: str
    reason: str
    lifted_at: datetime | None
    lifted_by: str | None
    lifted_why: str | None
    held: int


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """An instance that waits for the end of a pause."""

    id: str
    key: str
    definition: str


async def begin(connection: Connection, tenant: int, pauses: Sequence[Pause]) -> list[str]:
    """Pause these; the ids of those that were not paused already."""
    rows = await connection.fetch(
        *_SQL["begin"](
            tenant=tenant,
            ids=[pause.id for pause in pauses],
            kinds=[pause.kind for pause in pauses],
            processes=[pause.process for pause in pauses],
            names=[pause.name for pause in pauses],
            labels=[pause.label for pause in pauses],
            actors=[pause.actor for pause in pauses],
            reasons=[pause.reason for pause in pauses],
        )
    )
    return [row["id"] for row in rows]


async def lift(
    connection: Connection, tenant: int, ids: Sequence[str], *, actor: str, reason: str
) -> list[str]:
    """End these pauses; the ids of those that were not over."""
    rows = await connection.fetch(*_SQL["lift"](tenant=tenant, ids=ids, actor=actor, reason=reason))
    return [row["id"] for row in rows]


async def listing(
    connection: Connection,
    tenant: int,
    *,
    only_open: bool = False,
    ids: Sequence[str] | None = None,
) -> list[Listed]:
    """Pauses, newest first, at most a page; `ids`: these alone."""
    rows = await connection.fetch(
        *_SQL["page"](tenant=tenant, slots=_SLOTS, only_open=only_open, ids=ids, page=PAGE_MAX)
    )
    return structs(Listed, rows)


async def held(
    connection: Connection, tenant: int, id_: str, *, after: str | None = None, limit: int
) -> list[Held]:
    """Who waits for the end of a pause, oldest first, at most `limit` (and PAGE_MAX)."""
    rows = await connection.fetch(
        *_SQL["held"](
            tenant=tenant, slots=_SLOTS, id=id_, after=after, page=max(1, min(limit, PAGE_MAX))
        )
    )
    return structs(Held, rows)


async def paused(worker: Worker) -> list[Pause]:
    """Everything that is paused, of all tenants."""
    return structs(Pause, await worker.keeping.insist(*_SQL["open"]()))


async def wake(worker: Worker) -> int:
    """Have the worker's instances go on whose pause is over, WAKE_PER_S a second; how many.

    A worker that was buried wakes nobody.
    """
    rows = await worker.keeping.fetch(
        *_SQL["wake"](
            worker=worker.id, slots=sorted(worker.slots), per_s=WAKE_PER_S, rows_max=WAKE_MAX
        )
    )
    return len(rows)
