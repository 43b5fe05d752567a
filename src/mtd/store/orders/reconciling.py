"""Reconciling: a store's sales of some days, as they are compared with what others have."""

from datetime import datetime
from decimal import Decimal

import msgspec

from mtd.store.sessions import Connection, structs
from mtd.store.statements import statements

SALES_MAX = 20_000
"""Sales that are compared at once."""

_SQL = statements("orders/reconciling")


class Sale(msgspec.Struct, frozen=True, kw_only=True):
    """One sale, without what is personal in it."""

    order: str
    placed_at: datetime
    total: Decimal
    state: str
    documents: list[str]
    """Names of what is kept with it, without their endings: `39-101`."""
    done: list[str]
    """Of the services asked about, those that were done for it."""


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A tax document that MTD issued."""

    order: str
    issued_at: datetime
    document: str
    """Type and folio: `39-101`."""
    total: Decimal


async def sales(
    connection: Connection,
    tenant: int,
    *,
    store: str,
    begins: datetime,
    ends: datetime,
    services: list[str],
) -> list[Sale]:
    """What the store sold from `begins` until before `ends`, at most SALES_MAX and one more."""
    asked = _SQL["sales"](
        tenant=tenant,
        store=store,
        begins=begins,
        ends=ends,
        services=services,
        page=SALES_MAX + 1,
    )
    return structs(Sale, await connection.fetch(*asked))


async def documents(
    connection: Connection,
    tenant: int,
    *,
    store: str,
    begins: datetime,
    ends: datetime,
    types: list[str],
) -> list[Document]:
    """What MTD itself issued for the store's sales from `begins` until before `ends`."""
    asked = _SQL["documents"](
        tenant=tenant,
        store=store,
        begins=begins,
        ends=ends,
        types=types,
        page=SALES_MAX + 1,
    )
    return structs(Document, await connection.fetch(*asked))
