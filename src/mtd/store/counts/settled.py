"""Settled promises: which orders' were kept, missed or dropped, a row for each."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from mtd.store.counts.course import Instance
from mtd.store.sessions import Connection, structs
from mtd.store.statements import statements

KEPT, MISSED, DROPPED = "kept", "missed", "dropped"
BECAME = (KEPT, MISSED, DROPPED)
"""What becomes of a promise; dropped: the order was cancelled, or ended, before."""
ROWS_MAX = 5_000
"""Added in one statement."""

_SQL = statements("counts/settled")


class SettledPromise(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an order's promise."""

    tenant: int
    instance: str
    due_at: datetime
    became: str
    """One of BECAME."""
    store: str
    channel: str
    carrier: str
    """Empty: it had none yet."""


async def add(connection: Connection, rows: Sequence[SettledPromise]) -> None:
    """Keep what became of promises, each once."""
    for start in range(0, len(rows), ROWS_MAX):
        some = rows[start : start + ROWS_MAX]
        await connection.execute(
            *_SQL["add"](
                tenants=[one.tenant for one in some],
                dues=[one.due_at for one in some],
                orders=[one.instance for one in some],
                becames=[one.became for one in some],
                stores=[one.store for one in some],
                channels=[one.channel for one in some],
                carriers=[one.carrier for one in some],
            )
        )


async def forget(connection: Connection) -> None:
    """Nothing is known of what became of any."""
    await connection.execute(*_SQL["forget"]())


async def among(connection: Connection, some: Sequence[Instance]) -> list[SettledPromise]:
    """What is kept of the promises of these orders."""
    rows = await connection.fetch(
        *_SQL["among"](tenants=[one[0] for one in some], orders=[one[1] for one in some])
    )
    return structs(SettledPromise, rows)


async def count(connection: Connection) -> int:
    """How many are kept."""
    return int((await connection.fetch(*_SQL["count"]()))[0]["n"])
