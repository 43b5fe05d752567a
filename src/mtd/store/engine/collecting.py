"""Collecting: what happened to the instances of a worker's slots, read without locks."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from mtd.store.engine.depth import Seen
from mtd.store.engine.turned import Consumed
from mtd.store.engine.worker import Worker
from mtd.store.packing import unpack
from mtd.store.sessions import Row
from mtd.store.statements import statements

PER_SLOT_MIN = 8
"""How deep at least a slot's inbox is looked into: slots fill unevenly."""

_ARRIVED, _DUE, _MET = 1, 2, 3
_SQL = statements("engine/collect")


class Suspicion(msgspec.Struct, frozen=True):
    """How often an instance was at hand when a worker died, and how often it was alone in it."""

    adopted: int
    deaths: int


class Incoming(msgspec.Struct, frozen=True, kw_only=True):
    """Something for one instance, and the row that its turn consumes."""

    tenant: int
    instance: str
    at: datetime
    """Database time at which it came in."""
    consumed: Consumed
    body: bytes
    """A trigger as JSON; of a message or signal, its payload as JSON."""
    definition: str | None = None
    """Of a start: the `name@version` to begin."""
    key: str = ""
    """Of a start: the business key."""
    element: str | None = None
    """Of a start by a message or signal: the start event; `body` is then its payload."""
    wait: int | None = None
    """Of a message or signal: the wait it answers."""
    name: str = ""
    """Of a message or signal: its name."""
    suspicion: Suspicion | None = None


class Wake(msgspec.Struct, frozen=True, kw_only=True):
    """A parked instance is due: load it, and see which of its waits are."""

    tenant: int
    instance: str
    due: datetime
    suspicion: Suspicion | None = None


class Collected(msgspec.Struct, frozen=True, kw_only=True):
    """What happened; of one instance at most one thing, the others come the next time."""

    now: datetime
    """Database time: what FEEL's now() is for the triggers of this turn."""
    incoming: tuple[Incoming, ...]
    wakes: tuple[Wake, ...]


class Live(msgspec.Struct, frozen=True, kw_only=True):
    """An instance that lived in its owner's memory."""

    tenant: int
    instance: str
    suspicion: Suspicion | None = None


async def collect(worker: Worker, limit: int) -> Collected:
    """What happened to the worker's slots: at most `limit` each of arrivals, wakes and messages.

    Oldest first, in turn between tenants. A start comes before anything else for its instance.
    What an uncommitted turn consumes is still here: an instance with one is to be passed over.
    """
    clock = asyncio.get_running_loop().time
    depth = worker.depth  # slots that come meanwhile have another
    look = depth.look(clock())
    slots = sorted(worker.slots)
    rows = await worker.reading.insist(
        *_SQL["collect"](
            slots=slots,
            per_slot=max(PER_SLOT_MIN, 2 * limit // max(1, len(slots))),
            rows_max=limit,
            arrived_from=look.arrived_from,
            due_from=look.due_from,
            matched_since=look.matched_since,
        )
    )
    depth.looked(look, _seen(rows, limit), clock())
    return _collected(rows)


async def live(worker: Worker, slots: Iterable[int]) -> list[Live]:
    """The instances of `slots` that lived in the memory of whoever had them before."""
    rows = await worker.reading.insist(*_SQL["live"](slots=sorted(slots)))
    return [
        Live(
            tenant=row["tenant_id"],
            instance=str(row["id"]),
            suspicion=suspicion(row["adopted"], row["deaths"]),
        )
        for row in rows
    ]


def suspicion(adopted: int, deaths: int) -> Suspicion | None:
    """None for the many that never were at hand when a worker died."""
    return Suspicion(adopted, deaths) if adopted else None


def _seen(rows: Sequence[Row], limit: int) -> Seen:
    return Seen(
        now=rows[0]["now"],
        arrived=[str(row["id"]) for row in rows if row["kind"] == _ARRIVED],
        due=[row["at"] for row in rows if row["kind"] == _DUE],
        all_met=sum(row["kind"] == _MET for row in rows) < limit,
    )


def _collected(rows: Sequence[Row]) -> Collected:
    incoming: dict[tuple[int, str], Incoming] = {}
    wakes: dict[tuple[int, str], Wake] = {}
    for _, kind, tenant, id_, row, at, wait, name, key, element, body, adopted, deaths in rows:
        if kind is None:
            continue
        instance = str(id_)
        doubt = suspicion(adopted, deaths)
        if kind == _DUE:
            wakes[tenant, instance] = Wake(
                tenant=tenant, instance=instance, due=at, suspicion=doubt
            )
        elif (tenant, instance) not in incoming:
            rows_used = (str(row),)
            starts = kind == _ARRIVED and wait is None and name is not None
            incoming[tenant, instance] = Incoming(
                tenant=tenant,
                instance=instance,
                at=at,
                consumed=Consumed(messages=rows_used)
                if kind == _MET
                else Consumed(inbox=rows_used),
                body=_unpacked(body),
                definition=name if starts else None,
                key=key or "",
                element=element,
                wait=wait,
                name="" if starts or name is None else name,
                suspicion=doubt,
            )
    for instance in incoming:
        wakes.pop(instance, None)
    return Collected(
        now=rows[0]["now"],
        incoming=tuple(incoming.values()),
        wakes=tuple(wakes.values()),
    )


def _unpacked(body: bytes) -> bytes:
    """What was packed; what does not unpack stays, so that its instance alone learns of it."""
    try:
        return unpack(body)
    except ValueError:
        return body
