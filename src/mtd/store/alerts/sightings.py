"""Sightings: what the rules of alerts look at, each bounded by an index or by what is not over."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from mtd.store.ids import SLOTS
from mtd.store.sessions import Connection, structs
from mtd.store.statements import statements

PAST_MAX = 100_000
"""Rows of history that are looked at for one answer."""
_SLOTS = list(range(SLOTS))

_SQL = statements("alerts/sightings")


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Orders that have been in a state for a while."""

    scope: str
    count: int
    since: datetime
    """Of the one that is there the longest."""
    promised_at: datetime | None
    """The earliest promise."""


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """Files that wait for a person."""

    scope: str
    count: int
    since: datetime


class Waited(msgspec.Struct, frozen=True, kw_only=True):
    """From when to when a file waited; None: it does still."""

    scope: str
    since: datetime
    until: datetime | None


class Attempts(msgspec.Struct, frozen=True, kw_only=True):
    """Attempts and how many failed."""

    scope: str
    attempts: int
    failures: int
    service: str
    element: str


class AttemptsThen(msgspec.Struct, frozen=True, kw_only=True):
    """The same of one window of the past, numbered from the epoch."""

    scope: str
    bucket: int
    attempts: int
    failures: int


class Arrived(msgspec.Struct, frozen=True, kw_only=True):
    """An order that came, without what is in it."""

    order: str
    store: str
    received_at: datetime


class Sealed(msgspec.Struct, frozen=True, kw_only=True):
    """An order's content, sealed."""

    order: str
    key_id: str
    wrapped_key: bytes
    ciphertext: bytes


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured in five minutes."""

    scope: str
    at: datetime
    most: float
    least: float


async def arrivals(
    connection: Connection, tenant: int, by: str, windows: Sequence[tuple[str, str]]
) -> list[dict[str, int]]:
    """How many orders came in each window, from its first id to below its last, by scope."""
    rows = await connection.fetch(
        *_SQL["arrivals"](
            tenant=tenant,
            by=by,
            firsts=[first for first, _ in windows],
            lasts=[last for _, last in windows],
        )
    )
    found: list[dict[str, int]] = [{} for _ in windows]
    for row in rows:
        found[row["n"] - 1][row["scope"]] = row["count"]
    return found


async def arrivals_past(
    connection: Connection, tenant: int, by: str, first: str, last: str, window_s: float
) -> dict[tuple[str, int], int]:
    """The same by scope and by window, numbered from the epoch."""
    rows = await connection.fetch(
        *_SQL["arrivals_past"](tenant=tenant, by=by, first=first, last=last, window_s=window_s)
    )
    return {(row["scope"], row["bucket"]): row["count"] for row in rows}


async def standing(
    connection: Connection,
    tenant: int,
    by: str,
    states: Sequence[str],
    *,
    before: datetime | None = None,
    promised: datetime | None = None,
) -> list[Standing]:
    """Orders in `states` since before `before`, or promised before `promised`, by scope."""
    rows = await connection.fetch(
        *_SQL["standing"](
            tenant=tenant, by=by, states=states, before=before, promised=promised, slots=_SLOTS
        )
    )
    return structs(Standing, rows)


async def waiting(connection: Connection, tenant: int, by: str) -> list[Waiting]:
    """Files that wait for a person, by scope."""
    return structs(Waiting, await connection.fetch(*_SQL["waiting"](tenant=tenant, by=by)))


async def waiting_past(
    connection: Connection, tenant: int, by: str, since: datetime, attempts_max: int
) -> list[Waited]:
    """From when to when files waited, of those that began to since then."""
    rows = await connection.fetch(
        *_SQL["waiting_past"](
            tenant=tenant, by=by, since=since, attempts_max=attempts_max, page=PAST_MAX
        )
    )
    return structs(Waited, rows)


async def attempts(
    connection: Connection, tenant: int, by: str, since: datetime, until: datetime
) -> list[Attempts]:
    """Attempts of some minutes, by counterpart or by step."""
    rows = await connection.fetch(*_SQL["attempts"](tenant=tenant, by=by, since=since, until=until))
    return structs(Attempts, rows)


async def attempts_past(
    connection: Connection,
    tenant: int,
    by: str,
    since: datetime,
    until: datetime,
    window_s: float,
) -> list[AttemptsThen]:
    """The same by windows."""
    rows = await connection.fetch(
        *_SQL["attempts_past"](tenant=tenant, by=by, since=since, until=until, window_s=window_s)
    )
    return structs(AttemptsThen, rows)


async def heard(
    connection: Connection,
    tenant: int,
    name: str,
    since: datetime,
    until: datetime,
    window_s: float,
) -> dict[int, int]:
    """How many messages of a name came in, by window, numbered from the epoch."""
    rows = await connection.fetch(
        *_SQL["heard"](
            tenant=tenant, service=f"message:{name}", since=since, until=until, window_s=window_s
        )
    )
    return {row["bucket"]: row["count"] for row in rows}


async def tallied_since(connection: Connection, tenant: int) -> datetime | None:
    """Since when attempts and messages are counted."""
    return (await connection.fetch(*_SQL["tallied_since"](tenant=tenant)))[0]["at"]


async def arrived(
    connection: Connection, tenant: int, first: str, last: str, limit: int
) -> list[Arrived]:
    """The orders between two ids, the latest first, at most `limit`."""
    rows = await connection.fetch(
        *_SQL["arrived"](tenant=tenant, first=first, last=last, page=limit)
    )
    return structs(Arrived, rows)


async def contents(connection: Connection, tenant: int, ids: Sequence[str]) -> list[Sealed]:
    """The contents of these orders, in no order; of erased persons none."""
    return structs(Sealed, await connection.fetch(*_SQL["contents"](tenant=tenant, ids=ids)))


async def workers(connection: Connection, now: datetime) -> tuple[int, datetime | None]:
    """How many workers' leases hold, and since when the eldest of them is there."""
    [row] = await connection.fetch(*_SQL["workers"](now=now))
    return row["count"], row["eldest"]


async def read(
    connection: Connection,
    tenant: int,
    at: datetime,
    measured: Sequence[tuple[str, str, float]],
) -> None:
    """Keep what was measured in the five minutes that began `at`: measure, scope and value."""
    await connection.execute(
        *_SQL["read"](
            tenant=tenant,
            at=at,
            measures=[measure for measure, _, _ in measured],
            scopes=[scope for _, scope, _ in measured],
            observed=[observed for _, _, observed in measured],
        )
    )


async def readings(
    connection: Connection, tenant: int, measure: str, since: datetime, until: datetime
) -> list[Reading]:
    """What was measured between two moments, in order of scope and time."""
    rows = await connection.fetch(
        *_SQL["readings"](tenant=tenant, measure=measure, since=since, until=until, page=PAST_MAX)
    )
    return structs(Reading, rows)


async def forget(connection: Connection, tenant: int, before: datetime) -> None:
    """Forget readings older than that."""
    await connection.execute(*_SQL["forget"](tenant=tenant, before=before))
