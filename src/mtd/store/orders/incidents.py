"""What went wrong, as the doors read it: incidents, and messages that nobody took."""

from datetime import datetime

import msgspec

from mtd.store.sessions import Connection, structs
from mtd.store.statements import statements

PAGE_MAX = 200

_SQL = statements("orders/incidents")


class Incident(msgspec.Struct, frozen=True, kw_only=True):
    """A token that cannot go on; `instance` and `id` identify it."""

    instance: str
    id: int
    element: str
    code: str
    message: str
    at: datetime
    settled_at: datetime | None


class Undelivered(msgspec.Struct, frozen=True, kw_only=True):
    """A message that nobody took."""

    id: str
    at: datetime
    given_up_at: datetime
    reason: str
    """EXPIRED, or NOBODY_AWAITS for one that was not to wait."""
    name: str
    key: str
    payload: bytes


async def page(
    connection: Connection,
    tenant: int,
    *,
    code: str | None = None,
    after: Incident | None = None,
    limit: int = PAGE_MAX,
) -> list[Incident]:
    """At most `limit` (and PAGE_MAX) open incidents, oldest first, from after `after` on."""
    rows = await connection.fetch(
        *_SQL["page"](
            tenant=tenant,
            code=code,
            after_at=after.at if after else None,
            after_instance=after.instance if after else None,
            after_id=after.id if after else None,
            page=max(1, min(limit, PAGE_MAX)),
        )
    )
    return structs(Incident, rows)


async def of(connection: Connection, tenant: int, instance: str) -> list[Incident]:
    """All incidents that an instance ever had."""
    return structs(Incident, await connection.fetch(*_SQL["of"](tenant=tenant, instance=instance)))


async def undelivered(
    connection: Connection, tenant: int, *, below: str | None = None, limit: int = PAGE_MAX
) -> list[Undelivered]:
    """At most `limit` (and PAGE_MAX) messages that nobody took, newest first."""
    rows = await connection.fetch(
        *_SQL["undelivered"](tenant=tenant, below=below, page=max(1, min(limit, PAGE_MAX)))
    )
    return structs(Undelivered, rows)
