"""A day: what went wrong on it, by cause, and which tax documents are not settled."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec

from mtd.store.sessions import Connection, structs
from mtd.store.statements import statements

CAUSES_MAX = 100

_SQL = statements("reports/day")


class Cause(msgspec.Struct, frozen=True, kw_only=True):
    """Incidents that had the same error at the same element."""

    code: str
    element: str
    definition: str
    orders: int
    incidents: int
    open: int
    """Orders of them whose incident is open at this moment."""


class Unsettled(msgspec.Struct, frozen=True, kw_only=True):
    """Documents of an issuer that are on their way."""

    issuer: str
    """Tax id."""
    stage: Literal["unsent", "unanswered"]
    documents: int
    since: datetime


async def causes(
    connection: Connection,
    tenant: int,
    since: datetime,
    until: datetime,
    stores: Sequence[str] | None,
) -> list[Cause]:
    """Incidents of orders that began in a span of time, at most CAUSES_MAX causes."""
    rows = await connection.fetch(
        *_SQL["causes"](tenant=tenant, since=since, until=until, stores=stores, page=CAUSES_MAX)
    )
    return structs(Cause, rows)


async def unsettled(connection: Connection, tenant: int) -> list[Unsettled]:
    """Documents that were not sent yet, or not answered, at this moment."""
    return structs(Unsettled, await connection.fetch(*_SQL["unsettled"](tenant=tenant)))
