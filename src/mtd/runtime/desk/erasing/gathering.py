"""Gathering: all that is stored of the person whom an order is about."""

from collections.abc import Collection, Iterator
from datetime import datetime

import msgspec

from mtd.core.orders.facts import keys as keys_of
from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.core.tax.document import TaxDocument
from mtd.core.tax.keeping import kept_until
from mtd.runtime.app import App
from mtd.runtime.hands.opening import opened
from mtd.runtime.operations.operations import Conflict
from mtd.store.arriving.intake import File
from mtd.store.engine.loading import Content
from mtd.store.orders import orders, persons
from mtd.store.orders.orders import Order
from mtd.store.orders.persons import Kept, Key, Standing
from mtd.store.sessions import Connection
from mtd.store.tax import tax_documents


class Lawful(msgspec.Struct, frozen=True):
    """A tax document that has to be kept, with what goes with it."""

    document: TaxDocument
    until: datetime
    pieces: tuple[Kept, ...]
    """Its signed bytes, and what its authority gave back of it."""


class Gathered(msgspec.Struct, frozen=True, kw_only=True):
    """What is stored of a person."""

    person: bytes
    keys: tuple[Key, ...]
    orders: tuple[Standing, ...]
    """Oldest first."""
    bearers: tuple[str, ...]
    """The ids of these, and of what bears documents without an order."""
    contents: tuple[PurchaseOrder, ...]
    """What can be read of the orders, each version."""
    indexed: tuple[tuple[str, bytes], ...]
    """The personal search keys of each order, by its id."""
    lawful: tuple[Lawful, ...]
    files: tuple[File, ...]
    elsewhere: tuple[Standing, ...]
    """Orders that one of the person's data leads to, and that are about another to MTD."""

    @property
    def until(self) -> datetime | None:
        """When the last tax document need be kept no longer; None: none has to be kept."""
        return max((one.until for one in self.lawful), default=None)


async def gathered(app: App, connection: Connection, tenant: int, order: Order) -> Gathered:
    """All of the person whom `order` is about. Raises Conflict: it is about nobody."""
    latest = await orders.content(connection, tenant, order.id)
    if latest is None:
        raise Conflict(f"{order.key} has no content")
    person = latest.person
    keys = await persons.keys(connection, tenant, person)
    own = await persons.contents(connection, tenant, person, [order.id])
    led = await persons.found(connection, tenant, {digest for _, digest in _indexed(app, own)})
    bearers = {order.id, *led, *await persons.asked(connection, tenant, person)}
    contents, kept = await _stored(connection, tenant, person, bearers)
    known = {one.key_id for one in (*contents, *kept)}
    if unknown := [key.key_id for key in keys if key.key_id not in known]:
        # Such as of an order whose content nobody can read any more to search by it.
        bearers.update(await persons.opened(connection, tenant, person, unknown))
        contents, kept = await _stored(connection, tenant, person, bearers)
    mine = {order.id, *(one.order for one in contents)}
    standing = await persons.standings(connection, tenant, mine)
    others = await persons.standings(connection, tenant, set(led) - mine)
    bearing = sorted(mine | {one.order for one in kept})
    return Gathered(
        person=person,
        keys=tuple(keys),
        orders=tuple(standing),
        bearers=tuple(bearing),
        contents=tuple(read for one in contents if (read := opened(app.vault, one)[0])),
        indexed=tuple(dict.fromkeys(_indexed(app, contents))),
        lawful=tuple(await _lawful(app, connection, tenant, bearing, kept)),
        files=tuple(await persons.files(connection, tenant, standing)),
        elsewhere=tuple(others),
    )


async def _stored(
    connection: Connection, tenant: int, person: bytes, bearers: Collection[str]
) -> tuple[list[Content], list[Kept]]:
    return (
        await persons.contents(connection, tenant, person, bearers),
        await persons.kept(connection, tenant, person, bearers),
    )


def _indexed(app: App, contents: Collection[Content]) -> Iterator[tuple[str, bytes]]:
    for one in contents:
        order, _ = opened(app.vault, one)
        for key in keys_of(order) if order is not None else ():
            if key.personal:
                yield one.order, app.vault.blind(one.tenant, key.kind.value, key.value)


async def _lawful(
    app: App, connection: Connection, tenant: int, bearers: Collection[str], kept: Collection[Kept]
) -> list[Lawful]:
    """The documents that have to be kept still."""
    now = app.clock.now()
    documents = await tax_documents.of_instances(connection, [(tenant, one) for one in bearers])
    found = [
        Lawful(one, kept_until(one.issued_at), tuple(k for k in kept if _goes_with(k, one)))
        for one in documents
    ]
    return [one for one in found if one.until > now and one.pieces]


def _goes_with(piece: Kept, document: TaxDocument) -> bool:
    """Whether it is the signed document, or what is kept beside it under its number.

    Of bytes that were signed before it was corrected nothing has to be kept.
    """
    if piece.order != document.instance:
        return False
    key = document.key
    beside = piece.name != tax_documents.kept_name(key) and piece.name.endswith(
        f"-{key.number}.xml"
    )
    return beside or piece.hash == document.hash
