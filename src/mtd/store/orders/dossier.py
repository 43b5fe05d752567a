"""The dossier: an order's journal from its end, the evidence, and what people remarked."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby

import msgspec

from mtd.core.process.instance import Instance
from mtd.core.process.journal import Entry, fold
from mtd.store.engine import loading
from mtd.store.engine.turned import Attempted
from mtd.store.orders.trace import Traced, attempted
from mtd.store.sessions import Connection, Row, structs
from mtd.store.statements import composed, numbered, read

PAGE_MAX = 200
CALLS_MAX = 500
"""Attempts that one page shows."""
NEWEST = 2**31 - 1

_FRAGMENTS = read("orders/dossier")
_TOLD = ("stands", "stand")
_SQL = {
    **{name: numbered(text) for name, text in _FRAGMENTS.items() if name not in _TOLD},
    **{name: composed(_FRAGMENTS, ["told"], name) for name in _TOLD},
}


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody said about an order."""

    id: str
    at: datetime
    author: str
    words: str


async def entries(
    connection: Connection,
    tenant: int,
    instance: str,
    below: int,
    limit: int,
    kinds: Sequence[str] | None = None,
) -> list[Entry]:
    """As `latest`, without the attempts."""
    rows = await connection.fetch(
        *_SQL["entries"](tenant=tenant, instance=instance, below=below, kinds=kinds, page=limit)
    )
    return [Entry(**row) for row in rows]


async def latest(
    connection: Connection,
    tenant: int,
    instance: str,
    below: int = NEWEST,
    limit: int = PAGE_MAX,
    kinds: Sequence[str] | None = None,
) -> list[Traced]:
    """At most `limit` rows of an instance's journal before number `below`, the newest first.

    `kinds`: those of these kinds alone.
    """
    found = await entries(connection, tenant, instance, below, limit, kinds)
    if not found:
        return []
    span = {"from": found[-1].seq, "to": found[0].seq}
    calls = await connection.fetch(
        *_SQL["calls"](tenant=tenant, instance=instance, page=CALLS_MAX, **span)
    )
    attempts: dict[int, list[Attempted]] = {}
    for row in calls:
        attempts.setdefault(row["seq"], []).append(attempted(row))
    return [Traced(entry, tuple(attempts.get(entry.seq, ()))) for entry in found]


async def stands(
    connection: Connection, tenant: int, instance: str, rows_max: int | None = None
) -> Instance | None:
    """An instance as its snapshot and the journal after it tell; None: it has not begun.

    `rows_max`: None also for one that so many rows, or more, have to be folded for.

    Raises ValueError for a journal with a gap, or written by a newer version of this program.
    """
    rows = await connection.fetch(
        *_SQL["stands"](
            tenant=tenant, instance=instance, version=loading.VERSION, rows_max=rows_max
        )
    )
    return None if not rows or len(rows) == rows_max else _folded(rows)


async def all_stand(
    connection: Connection, tenant: int, instances: Sequence[str]
) -> dict[str, Instance]:
    """As `stands`, of many at once, by their ids; those that have not begun are left out."""
    rows = await connection.fetch(
        *_SQL["stand"](tenant=tenant, instances=instances, version=loading.VERSION)
    )
    return {id_: _folded([*mine]) for id_, mine in groupby(rows, key=lambda row: str(row["id"]))}


async def failed(connection: Connection, tenant: int, instance: str, limit: int) -> list[Attempted]:
    """The last attempts that did not succeed, the newest first."""
    rows: Iterable[Row] = await connection.fetch(
        *_SQL["last_calls"](tenant=tenant, instance=instance, page=limit)
    )
    return [attempted(row) for row in rows]


async def remark(
    connection: Connection, tenant: int, id_: str, order: str, author: str, words: str
) -> None:
    """Keep what somebody says about an order."""
    await connection.execute(
        *_SQL["remark"](tenant=tenant, id=id_, order=order, author=author, words=words)
    )


async def remarks(connection: Connection, tenant: int, order: str) -> list[Remark]:
    """What was said about an order, the newest first, at most PAGE_MAX."""
    rows = await connection.fetch(*_SQL["remarks"](tenant=tenant, order=order, page=PAGE_MAX))
    return structs(Remark, rows)


def _folded(rows: Sequence[Row]) -> Instance:
    """The instance that its rows tell, of which the first has its snapshot."""
    first = rows[0]
    blank = Instance(id=first["id"], definition=first["definition"], key=first["key"])
    kept = loading.decode(first["snapshot"]) if first["snapshot"] is not None else blank
    columns = ("seq", "at", "kind", "element", "payload")
    later = [Entry(*(row[name] for name in columns)) for row in rows if row["seq"] is not None]
    return fold(kept, later)
