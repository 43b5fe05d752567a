"""Documents that came back from legacy systems, kept sealed with their order."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from mtd.store.plurals import plural_columns
from mtd.store.sessions import Asker, Connection, structs
from mtd.store.statements import statements

_SQL = statements("orders/kept")


class SealedDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A document that is to be kept with an order, sealed with a key of its buyer's."""

    tenant: int
    order: str
    person: bytes
    key_id: str
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


async def keep(asker: Asker, documents: Sequence[SealedDocument]) -> list[bool]:
    """Keep `documents`; twice is once. Of each, whether it can be opened still.

    It cannot where the person was erased meanwhile: then it is not kept.
    """
    asked = _SQL["keep"](**plural_columns(documents, SealedDocument.__struct_fields__))
    openable = {row["n"] for row in await asker.fetch(*asked)}
    return [n in openable for n in range(1, len(documents) + 1)]


async def of_order(connection: Connection, tenant: int, order: str) -> list[Kept]:
    """All that is kept with an order, oldest first."""
    return structs(Kept, await connection.fetch(*_SQL["of"](tenant=tenant, order=order)))
