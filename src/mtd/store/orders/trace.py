"""The trace: all that happened to an instance, in order, with the evidence of each attempt."""

from itertools import groupby

import msgspec

from mtd.core.process.journal import Entry
from mtd.store.engine.turned import Attempted
from mtd.store.sessions import Connection, Row, structs
from mtd.store.statements import statements

PAGE_MAX = 500

_SQL = statements("orders/trace")


class Traced(msgspec.Struct, frozen=True):
    """One row of the journal, and the attempts that led to it."""

    entry: Entry
    attempts: tuple[Attempted, ...]


class Standing(msgspec.Struct, frozen=True):
    """What the row of an instance says of it."""

    definition: str
    key: str
    state: str


async def instance(connection: Connection, tenant: int, id_: str) -> Standing | None:
    """The row of an instance; None: it has not begun."""
    rows = await connection.fetch(*_SQL["instance"](tenant=tenant, instance=id_))
    return structs(Standing, rows)[0] if rows else None


async def running(connection: Connection, tenant: int, definition: str, limit: int) -> list[str]:
    """The oldest running instances of `name@version`, at most `limit`."""
    rows = await connection.fetch(
        *_SQL["running"](tenant=tenant, definition=definition, page=limit)
    )
    return [str(row["id"]) for row in rows]


async def trace(connection: Connection, tenant: int, instance: str, after: int = 0) -> list[Traced]:
    """The rows of an instance's journal that follow number `after`, at most PAGE_MAX."""
    rows = await connection.fetch(
        *_SQL["entries"](tenant=tenant, instance=instance, after=after, page=PAGE_MAX)
    )
    entries = [Entry(**row) for row in rows]
    calls = await connection.fetch(
        *_SQL["calls"](
            tenant=tenant,
            instance=instance,
            after=after,
            until=entries[-1].seq if entries else after,
        )
    )
    attempts = {
        seq: tuple(attempted(row) for row in group)
        for seq, group in groupby(calls, lambda row: row["seq"])
    }
    return [Traced(entry, attempts.get(entry.seq, ())) for entry in entries]


def attempted(row: Row) -> Attempted:
    """The evidence that a row of `call` holds."""
    return Attempted(
        seq=row["seq"],
        wait=row["wait"],
        visit=row["visit"],
        attempt=row["attempt"],
        service=row["service"],
        at=row["at"],
        took_ms=row["took_ms"],
        outcome=row["outcome"],
        request=row["request"],
        response=row["response"],
    )


async def is_over(connection: Connection, tenant: int, instance: str) -> bool:
    """Whether the process of an instance came to its end; one not begun yet did not."""
    rows = await connection.fetch(*_SQL["over"](tenant=tenant, instance=instance))
    return bool(rows) and bool(rows[0]["over"])
