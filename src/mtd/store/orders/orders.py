"""Orders, as the doors read them; every function takes a connection of `Store.door`."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import msgspec

from mtd.store.engine.loading import Content
from mtd.store.sessions import Connection, structs
from mtd.store.statements import statements

PAGE_MAX = 200

_SQL = statements("orders/orders")


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """An order without what is personal in it."""

    id: str
    country: str
    store: str
    channel: str
    external_id: str
    branch: str
    currency: str
    amount: Decimal
    buyer_document: str
    placed_at: datetime
    promised_at: datetime | None
    received_at: datetime
    state: str
    since: datetime
    """When it came into its state."""
    resume: str | None
    reached: str
    """The states it has been in, newest first."""
    definition: str
    """`name@version` of its process; empty before it started."""
    held_by: str | None
    """The pause for whose end it waits."""

    @property
    def key(self) -> str:
        """The order key, as people cite it."""
        return f"{self.country}/{self.store}/{self.channel}/{self.external_id}"


class Conflict(msgspec.Struct, frozen=True, kw_only=True):
    """The same order came again with other content."""

    order_id: str
    at: datetime
    source: str
    message_id: str | None
    hash: bytes
    hash_before: bytes


async def by_id(connection: Connection, tenant: int, order: str) -> Order | None:
    """The order with this id."""
    rows = await connection.fetch(*_SQL["by_id"](tenant=tenant, ids=[order]))
    return next(iter(structs(Order, rows)), None)


async def by_key(connection: Connection, tenant: int, key: str) -> Order | None:
    """The order with this key, `country/store/channel/external id`."""
    country, _, rest = key.partition("/")
    store, _, rest = rest.partition("/")
    channel, _, external_id = rest.partition("/")
    rows = await connection.fetch(
        *_SQL["id_of"](
            tenant=tenant, country=country, store=store, channel=channel, external_id=external_id
        )
    )
    return await by_id(connection, tenant, rows[0]["id"]) if rows else None


async def by_digest(connection: Connection, tenant: int, digest: bytes) -> list[Order]:
    """The orders that a blind index key leads to, newest first, at most a page."""
    return await by_digests(connection, tenant, [digest])


async def by_digests(connection: Connection, tenant: int, digests: Sequence[bytes]) -> list[Order]:
    """The orders that any of these keys leads to, newest first, at most a page."""
    asked = _SQL["found"](tenant=tenant, digests=digests, page=PAGE_MAX)
    found = await connection.fetch(*asked)
    rows = await connection.fetch(*_SQL["by_id"](tenant=tenant, ids=[row["id"] for row in found]))
    return sorted(structs(Order, rows), key=lambda order: order.id, reverse=True)


async def page(
    connection: Connection,
    tenant: int,
    *,
    state: str | None = None,
    country: str | None = None,
    store: str | None = None,
    channel: str | None = None,
    below: str | None = None,
    limit: int = PAGE_MAX,
) -> list[Order]:
    """At most `limit` (and PAGE_MAX) orders, newest first, from below the id `below` on."""
    rows = await connection.fetch(
        *_SQL["page"](
            tenant=tenant,
            state=state,
            country=country,
            store=store,
            channel=channel,
            below=below,
            page=max(1, min(limit, PAGE_MAX)),
        )
    )
    return structs(Order, rows)


async def conflicts(connection: Connection, tenant: int) -> list[Conflict]:
    """Orders that came again with other content, oldest first, at most a page."""
    return structs(
        Conflict, await connection.fetch(*_SQL["conflicts"](tenant=tenant, page=PAGE_MAX))
    )


async def settle_conflict(connection: Connection, tenant: int, order: str, hash_: bytes) -> bool:
    """A person looked into the conflict; False: there is none such, or not any more."""
    return bool(
        await connection.fetch(*_SQL["settle_conflict"](tenant=tenant, order=order, hash=hash_))
    )


async def content(connection: Connection, tenant: int, order: str) -> Content | None:
    """The latest content of an order, sealed."""
    rows = await connection.fetch(*_SQL["content"](tenant=tenant, order=order))
    return next(iter(structs(Content, rows)), None)
