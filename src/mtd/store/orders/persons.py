"""Persons whom orders are about: all that is stored of one, and how it is made unreadable for ever.

Every function takes a connection of `Store.door`; what belongs together is one transaction.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec

from mtd.store.arriving.intake import File
from mtd.store.arriving.letters import BOUNCED
from mtd.store.engine.loading import Content
from mtd.store.sessions import Connection, structs
from mtd.store.statements import statements

ORDERS_MAX = 10_000
"""Of one person, and so many bearers of documents without an order."""
ERASED = "***"
"""In place of words that were erased; masked evidence has the same."""
NOTHING = b"{}"
"""What a message says that said something about an erased person."""

_SQL = statements("orders/persons")


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """A key that opens something of a person."""

    key_id: str
    wrapped: bytes
    due_at: datetime | None
    """When it goes, of the key that an erasure left; None: any other."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Where an order stands."""

    id: str
    key: str
    state: str
    runs: bool
    """Its process goes on, or has not begun."""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A document that can be opened."""

    order: str
    """Its order, or what else bears it."""
    name: str
    hash: bytes
    """SHA-256 of it in clear."""
    ciphertext: bytes
    key_id: str
    wrapped_key: bytes


class Resealed(msgspec.Struct, frozen=True, kw_only=True):
    """A document as another key seals it."""

    order: str
    name: str
    hash: bytes
    ciphertext: bytes


async def keys(connection: Connection, tenant: int, person: bytes) -> list[Key]:
    """The keys that open something of the person still, held until the transaction ends."""
    return structs(Key, await connection.fetch(*_SQL["keys"](tenant=tenant, person=person)))


async def found(connection: Connection, tenant: int, digests: Collection[bytes]) -> list[str]:
    """The ids of the orders that search keys lead to, the person's and others'."""
    asked = _SQL["found"](tenant=tenant, digests=list(digests), page=ORDERS_MAX)
    return [row["id"] for row in await connection.fetch(*asked)]


async def asked(connection: Connection, tenant: int, person: bytes) -> list[str]:
    """The bearers of documents of the person's that were asked for without an order."""
    statement = _SQL["asked"](tenant=tenant, person=person, page=ORDERS_MAX)
    return [row["id"] for row in await connection.fetch(*statement)]


async def opened(
    connection: Connection, tenant: int, person: bytes, key_ids: Sequence[str]
) -> list[str]:
    """The orders and other bearers that hold something which these keys open; it reads them all."""
    statement = _SQL["opened"](tenant=tenant, person=person, keys=key_ids, page=ORDERS_MAX)
    return [row["id"] for row in await connection.fetch(*statement)]


async def standings(connection: Connection, tenant: int, orders: Collection[str]) -> list[Standing]:
    """Where these orders stand, oldest first."""
    rows = await connection.fetch(*_SQL["standings"](tenant=tenant, orders=list(orders)))
    return structs(Standing, rows)


async def contents(
    connection: Connection, tenant: int, person: bytes, orders: Collection[str]
) -> list[Content]:
    """Every version of the content of those of the orders that are about the person."""
    named = {"tenant": tenant, "person": person, "orders": list(orders)}
    return structs(Content, await connection.fetch(*_SQL["contents"](**named)))


async def kept(
    connection: Connection, tenant: int, person: bytes, orders: Collection[str]
) -> list[Kept]:
    """What is kept of the person with these orders and other bearers."""
    named = {"tenant": tenant, "person": person, "orders": list(orders)}
    return structs(Kept, await connection.fetch(*_SQL["kept"](**named)))


async def files(connection: Connection, tenant: int, orders: Collection[Standing]) -> list[File]:
    """The order files of these orders whose raw bytes are there still."""
    named = {"orders": [one.id for one in orders], "keys": [one.key for one in orders]}
    return structs(File, await connection.fetch(*_SQL["files"](tenant=tenant, **named)))


async def keep_key(connection: Connection, tenant: int, person: bytes, key: Key) -> None:
    """Leave the person this key, for as long as it says now."""
    given = msgspec.structs.asdict(key)
    await connection.fetch(*_SQL["keep_key"](tenant=tenant, person=person, **given))


async def reseal(
    connection: Connection,
    tenant: int,
    person: bytes,
    key_id: str,
    documents: Sequence[Resealed],
) -> int:
    """Have documents sealed with that key from now on; how many."""
    rows = await connection.fetch(
        *_SQL["reseal"](
            tenant=tenant,
            person=person,
            key_id=key_id,
            orders=[one.order for one in documents],
            names=[one.name for one in documents],
            hashes=[one.hash for one in documents],
            ciphertexts=[one.ciphertext for one in documents],
        )
    )
    return len(rows)


async def erase(connection: Connection, tenant: int, person: bytes, key_ids: Sequence[str]) -> int:
    """Make all that these keys open unreadable for ever; how many there were."""
    statement = _SQL["erase"](tenant=tenant, person=person, keys=key_ids)
    return len(await connection.fetch(*statement))


async def unfind(
    connection: Connection, tenant: int, indexed: Collection[tuple[str, bytes]]
) -> None:
    """Have each order found by that search key no more."""
    orders, digests = [order for order, _ in indexed], [digest for _, digest in indexed]
    await connection.fetch(*_SQL["unfind"](tenant=tenant, orders=orders, digests=digests))


async def unsay(connection: Connection, tenant: int, orders: Collection[str]) -> int:
    """Take back the words of what was remarked about these orders; of how many remarks."""
    named = {"orders": list(orders), "mask": ERASED}
    return len(await connection.fetch(*_SQL["unsay"](tenant=tenant, **named)))


async def unquote(
    connection: Connection, tenant: int, orders: Collection[str], keys: Collection[str]
) -> None:
    """Take back what providers and others said about these orders, where it is kept in clear."""
    named = {"orders": list(orders), "keys": list(keys), "mask": ERASED}
    await connection.fetch(
        *_SQL["unquote"](tenant=tenant, bounced=BOUNCED, nothing=NOTHING, **named)
    )


async def empty(connection: Connection, tenant: int, file_ids: Sequence[str]) -> None:
    """Note that the raw bytes of files are no more, and take back what was quoted of them."""
    await connection.fetch(*_SQL["empty"](tenant=tenant, files=file_ids, mask=ERASED))
