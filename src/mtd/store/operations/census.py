"""The census: how many orders, files, tasks and incidents stand where; and health."""

from collections import Counter
from datetime import datetime

import msgspec

from mtd.store.sessions import Connection, structs
from mtd.store.statements import statements

WORKERS_MAX = 100

_SQL = statements("operations/census")


class FileCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many files stand here, of which the order stands there."""

    file: str
    order: str
    """State of the order that the file became; empty when it became none."""
    count: int


class Backlog(msgspec.Struct, frozen=True, kw_only=True):
    """What waits to be done."""

    inbox: int
    inbox_since: datetime | None
    """Since when the oldest arrival waits."""
    messages: int
    undelivered: int
    tasks: int
    incidents: int
    conflicts: int
    files_waiting: int


class Intake(msgspec.Struct, frozen=True, kw_only=True):
    """The files that are not done with, and those that people gave up."""

    due: int
    """Registered, and still to be taken in."""
    due_since: datetime | None
    waiting: int
    waiting_since: datetime | None
    rejected: int


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """That the database answered, and who works."""

    now: datetime
    workers: int
    """Those whose lease holds."""
    slots_free: int
    connectors_paused: bool


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """The database server."""

    version: str
    size_bytes: int
    """Of this database on the disk."""
    connections: int
    connections_max: int


class Working(msgspec.Struct, frozen=True, kw_only=True):
    """A worker."""

    id: str
    name: str
    born_at: datetime
    alive: bool
    """Its lease holds."""
    slots: int


async def orders(connection: Connection, tenant: int) -> dict[str, int]:
    """How many orders are in each state."""
    rows = await connection.fetch(*_SQL["orders"](tenant=tenant))
    return {row["state"]: row["count"] for row in rows}


async def files(connection: Connection, tenant: int) -> list[FileCount]:
    """How many files stand where: each file is counted exactly once."""
    return structs(FileCount, await connection.fetch(*_SQL["files"](tenant=tenant)))


async def files_by_state(connection: Connection, tenant: int) -> dict[str, int]:
    """How many files stand where; one that became an order, where that stands."""
    by_state: Counter[str] = Counter()
    for one in await files(connection, tenant):
        by_state[one.order if one.file == "DONE" and one.order else one.file] += one.count
    return dict(by_state)


async def backlog(connection: Connection, tenant: int) -> Backlog:
    """What waits to be done."""
    return structs(Backlog, await connection.fetch(*_SQL["backlog"](tenant=tenant)))[0]


async def intake(connection: Connection, tenant: int) -> Intake:
    """How many files are not done with, and since when the oldest is not."""
    return structs(Intake, await connection.fetch(*_SQL["intake"](tenant=tenant)))[0]


async def health(connection: Connection) -> Health:
    """That the database answers, and who works."""
    return structs(Health, await connection.fetch(*_SQL["health"]()))[0]


async def server(connection: Connection) -> Server:
    """The database server, as far as a door sees it."""
    return structs(Server, await connection.fetch(*_SQL["server"]()))[0]


async def workers(connection: Connection) -> list[Working]:
    """Who works, the oldest first; at most WORKERS_MAX."""
    return structs(Working, await connection.fetch(*_SQL["workers"](page=WORKERS_MAX)))
