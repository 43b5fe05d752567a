"""Parting: what the law makes us keep of a person gets a key of its own: all else can go."""

import os
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256

from mtd.runtime.app import App
from mtd.runtime.desk.erasing.gathering import Gathered
from mtd.runtime.operations.operations import Conflict
from mtd.runtime.vault import Broken
from mtd.store.ids import uuid7
from mtd.store.orders import persons
from mtd.store.orders.persons import Kept, Key, Resealed
from mtd.store.sessions import Connection


async def part(
    app: App, connection: Connection, tenant: int, hers: Gathered, until: datetime
) -> str:
    """Have all that has to be kept sealed with one key that goes `until` then; the key's id.

    Raises Conflict for a document that does not open: then nothing may be erased.
    """
    law = _law(app, tenant, hers, until)
    await persons.keep_key(connection, tenant, hers.person, law)
    pieces = {(one.order, one.name, one.hash): one for one in _pieces(hers)}
    apart = [one for one in pieces.values() if one.key_id != law.key_id]
    resealed = [_resealed(app, tenant, one, law) for one in apart]
    count = await persons.reseal(connection, tenant, hers.person, law.key_id, resealed)
    assert count == len(resealed), "they were read in this transaction"
    return law.key_id


def _pieces(hers: Gathered) -> Iterator[Kept]:
    for one in hers.lawful:
        yield from one.pieces


def _law(app: App, tenant: int, hers: Gathered, until: datetime) -> Key:
    """The key that an earlier erasure left, for as long as needed now; or a new one."""
    for key in hers.keys:
        if key.due_at is not None:
            return Key(key_id=key.key_id, wrapped=key.wrapped, due_at=until)
    key_id = uuid7(app.clock.now(), os.urandom(10))
    return Key(key_id=key_id, wrapped=app.vault.new_key(tenant, key_id), due_at=until)


def _resealed(app: App, tenant: int, piece: Kept, law: Key) -> Resealed:
    try:
        content = app.vault.open(
            tenant, piece.order, piece.key_id, piece.wrapped_key, piece.ciphertext
        )
    except Broken as error:
        raise Conflict(f"{piece.name} has to be kept and does not open; nothing goes") from error
    if sha256(content).digest() != piece.hash:
        raise Conflict(f"{piece.name} has to be kept and is not what was signed; nothing goes")
    return Resealed(
        order=piece.order,
        name=piece.name,
        hash=piece.hash,
        ciphertext=app.vault.seal_document(tenant, piece.order, law.key_id, law.wrapped, content),
    )
