"""Files on their way in: registered, claimed, settled, or waiting for a person."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from mtd.store.sessions import Connection, structs
from mtd.store.statements import statements

ATTEMPTS_MAX = 10
"""Deliveries of a file before it waits for a person; a crash of its reader counts as one."""
PAGE_MAX = 200

LAPSED = "its reader ended before it was through"

_SQL = statements("arriving/intake")


class NewFile(msgspec.Struct, frozen=True, kw_only=True):
    """A complete file, archived as it came; or one that cannot be read yet, to be tried again."""

    id: str
    """UUIDv7, made by the caller."""
    source: str
    path: str
    hash: bytes
    """SHA-256 of its bytes; empty while it could not be read."""
    size_bytes: int
    archive: str
    """Where the raw bytes are kept; empty while it could not be read."""


class File(msgspec.Struct, frozen=True, kw_only=True):
    """A file and what became of it."""

    id: str
    source: str
    path: str
    hash: bytes
    size_bytes: int
    archive: str
    state: str
    """NEW, READING, DONE, DUPLICATE, WAITING or REJECTED."""
    attempts: int
    """Deliveries that failed or are under way, since the last push."""
    pushes: int
    cause: str | None
    """Why it waits: XML_INVALID, MAPPING_MISSING, DUPLICATE_CHANGED, DELIVERY_FAILED, …"""
    order_key: str | None
    order_id: str | None
    arrived_at: datetime
    due_at: datetime
    settled_at: datetime | None


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a file that was claimed: DONE, DUPLICATE or WAITING."""

    id: str
    attempt: int
    """`attempts` as claimed: who was too slow, and was overtaken, settles nothing."""
    state: str
    cause: str | None = None
    order_key: str | None = None
    order_id: str | None = None
    finding: str | None = None
    """What is wrong with it, for the person it waits for; kept as failure 0 of this round."""


class Failed(msgspec.Struct, frozen=True, kw_only=True):
    """An attempt that could not deliver the file."""

    id: str
    attempt: int
    message: str
    retry_s: float
    """When to try again, in seconds from now."""


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """Why one attempt failed."""

    round: int
    """How often the file had been pushed."""
    attempt: int
    """From 1; 0 is no failed delivery, but what a reader found wrong with the content."""
    at: datetime
    message: str


async def register(connection: Connection, tenant: int, files: Sequence[NewFile]) -> list[str]:
    """Take files in; the ids of those that were not known by source, path and hash."""
    rows = await connection.fetch(
        *_SQL["register"](
            tenant=tenant,
            ids=[file.id for file in files],
            sources=[file.source for file in files],
            paths=[file.path for file in files],
            hashes=[file.hash for file in files],
            sizes_bytes=[file.size_bytes for file in files],
            archives=[file.archive for file in files],
        )
    )
    return [row["id"] for row in rows]


async def adopt(connection: Connection, tenant: int, files: Sequence[NewFile]) -> list[str]:
    """Give files that could not be read their bytes; the ids (registered before) of those.

    A path that has these very bytes registered already adopts nothing.
    """
    rows = await connection.fetch(
        *_SQL["adopted"](
            tenant=tenant,
            sources=[file.source for file in files],
            paths=[file.path for file in files],
            hashes=[file.hash for file in files],
            sizes_bytes=[file.size_bytes for file in files],
            archives=[file.archive for file in files],
        )
    )
    return [row["id"] for row in rows]


async def known(
    connection: Connection, tenant: int, contents: Sequence[tuple[str, str, bytes]]
) -> list[File]:
    """The files registered with these (source, path, hash)."""
    rows = await connection.fetch(
        *_SQL["known"](
            tenant=tenant,
            sources=[source for source, _, _ in contents],
            paths=[path for _, path, _ in contents],
            hashes=[hash_ for _, _, hash_ in contents],
        )
    )
    return structs(File, rows)


async def claim(
    connection: Connection, tenant: int, limit: int, lease_s: float = 60.0
) -> list[File]:
    """At most `limit` files that are due, by id, each attempted once more by being claimed.

    Who neither settles nor fails a file within `lease_s` seconds loses it to the next claim,
    which keeps that as the failure of the attempt.
    """
    await connection.execute(
        *_SQL["exhausted"](tenant=tenant, attempts_max=ATTEMPTS_MAX, lapsed=LAPSED)
    )
    rows = await connection.fetch(
        *_SQL["claim"](
            tenant=tenant,
            attempts_max=ATTEMPTS_MAX,
            lease_s=lease_s,
            page=min(limit, PAGE_MAX),
            lapsed=LAPSED,
        )
    )
    return structs(File, rows)


async def fail(connection: Connection, tenant: int, failures: Sequence[Failed]) -> list[str]:
    """Keep why attempts failed; the ids of those that still were the last attempt."""
    rows = await connection.fetch(
        *_SQL["failed"](
            tenant=tenant,
            attempts_max=ATTEMPTS_MAX,
            ids=[failure.id for failure in failures],
            attempts=[failure.attempt for failure in failures],
            messages=[failure.message for failure in failures],
            retries_s=[failure.retry_s for failure in failures],
        )
    )
    return [row["id"] for row in rows]


async def settle(connection: Connection, tenant: int, files: Sequence[Settled]) -> list[str]:
    """What became of claimed files; the ids of those that were not settled by another attempt.

    An order that has reached the door is there, though its attempt took so long that another
    began: two readers that are slower than the lease would else take a file from each other
    until it waits.
    """
    rows = await connection.fetch(
        *_SQL["settled"](
            tenant=tenant,
            ids=[file.id for file in files],
            attempts=[file.attempt for file in files],
            states=[file.state for file in files],
            causes=[file.cause for file in files],
            order_keys=[file.order_key for file in files],
            order_ids=[file.order_id for file in files],
            findings=[file.finding for file in files],
        )
    )
    return [row["id"] for row in rows]


async def push(
    connection: Connection, tenant: int, ids: Sequence[str], *, actor: str, reason: str
) -> list[str]:
    """Have waiting files tried again from the first attempt on; the ids of those that waited."""
    rows = await connection.fetch(*_SQL["push"](tenant=tenant, ids=ids, actor=actor, reason=reason))
    return [row["id"] for row in rows]


async def reject(
    connection: Connection, tenant: int, ids: Sequence[str], *, actor: str, reason: str
) -> list[str]:
    """Give waiting files up; the ids of those that waited."""
    rows = await connection.fetch(
        *_SQL["reject"](tenant=tenant, ids=ids, actor=actor, reason=reason)
    )
    return [row["id"] for row in rows]


async def waiting(
    connection: Connection,
    tenant: int,
    *,
    cause: str | None = None,
    after: File | None = None,
    limit: int = PAGE_MAX,
) -> list[File]:
    """At most `limit` (and PAGE_MAX) files that wait for a person, oldest first."""
    rows = await connection.fetch(
        *_SQL["waiting"](
            tenant=tenant,
            cause=cause,
            after_at=after.arrived_at if after else None,
            after_id=after.id if after else None,
            page=max(1, min(limit, PAGE_MAX)),
        )
    )
    return structs(File, rows)


async def by_id(connection: Connection, tenant: int, id_: str) -> File | None:
    """One file."""
    rows = await connection.fetch(*_SQL["by_id"](tenant=tenant, id=id_))
    return next(iter(structs(File, rows)), None)


async def by_ids(connection: Connection, tenant: int, ids: Sequence[str]) -> list[File]:
    """These files, in any order."""
    return structs(File, await connection.fetch(*_SQL["by_ids"](tenant=tenant, ids=ids)))


async def failures(connection: Connection, tenant: int, id_: str) -> list[Failure]:
    """Why the attempts of a file failed, in order."""
    return structs(Failure, await connection.fetch(*_SQL["failures"](tenant=tenant, id=id_)))
