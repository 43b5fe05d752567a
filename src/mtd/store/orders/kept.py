"""Documents that came back from legacy systems, kept sealed with their order."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from mtd.store.orders.orders import Content
from mtd.store.sessions import Connection, structs
from mtd.store.statements import statements

_SQL = statements("orders/kept")


class SealedDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A document that is to be kept."""

    name: str
    media_type: str
    hash: bytes
    """SHA-256 of the document in clear."""
    ciphertext: bytes


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A document as it is kept."""

    name: str
    media_type: str
    kept_at: datetime
    hash: bytes
    ciphertext: bytes
    key_id: str
    wrapped_key: bytes | None
    """None: the person was erased, and nobody reads it any more."""


async def keep(
    connection: Connection, tenant: int, of: Content, documents: Sequence[SealedDocument]
) -> None:
    """Keep `documents`, sealed with the key of their order's content; twice is once."""
    await connection.execute(
        *_SQL["keep"](
            tenant=tenant,
            order=of.order,
            key_id=of.key_id,
            person=of.person,
            names=[one.name for one in documents],
            media_types=[one.media_type for one in documents],
            hashes=[one.hash for one in documents],
            ciphertexts=[one.ciphertext for one in documents],
        )
    )


async def of_order(connection: Connection, tenant: int, order: str) -> list[Kept]:
    """All that is kept with an order, oldest first."""
    return structs(Kept, await connection.fetch(*_SQL["of"](tenant=tenant, order=order)))
