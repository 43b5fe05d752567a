"""Corrections of orders: new versions of their content, and who made them."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from mtd.store.engine.loading import Content
from mtd.store.sessions import Connection, structs
from mtd.store.statements import statements

_SQL = statements("orders/corrections")


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """What a person corrected, sealed with the key of the order's content."""

    actor: str
    task: str
    """Name of the task at which it was corrected, and its number."""
    wait: int
    fields: Sequence[str]
    """Paths of the fields that have other values now."""
    ciphertext: bytes
    """The order as it is now."""
    hash: bytes
    """SHA-256 of that in clear."""
    reason: bytes
    """Sealed text."""
    digests: Sequence[bytes]
    """Blind index of what people search the corrected order by."""


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A correction as it is kept."""

    version: int
    at: datetime
    task: str
    wait: int
    actor: str
    fields: list[str]
    reason: bytes
    key_id: str
    wrapped_key: bytes | None
    """None: the person was erased, and nobody reads the reason any more."""


async def keep(connection: Connection, tenant: int, of: Content, made: Correction) -> bool:
    """Keep the version after `of`; False: somebody else corrected the order meanwhile."""
    rows = await connection.fetch(
        *_SQL["keep"](
            tenant=tenant,
            version=of.version + 1,
            order=of.order,
            key_id=of.key_id,
            person=of.person,
            **{name: getattr(made, name) for name in Correction.__struct_fields__},
        )
    )
    return bool(rows)


async def of_order(connection: Connection, tenant: int, order: str) -> list[Made]:
    """All corrections of an order, the first first."""
    return structs(Made, await connection.fetch(*_SQL["of"](tenant=tenant, order=order)))
