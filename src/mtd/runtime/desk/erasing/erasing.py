"""Erasing a person: what it would take and leave, who may, and doing it.

Two keys part what is stored of a person: one opens what the law makes us keep (the signed tax
documents and what authorities gave back of them), every other opens the rest. An erasure makes the
first, destroys the others at once, and the first goes by itself when the last document need be
kept no longer.
"""

import os
from collections.abc import Iterator
from datetime import date
from zoneinfo import ZoneInfo

import msgspec

from mtd.core.orders.facts import keys as keys_of
from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.runtime.app import App
from mtd.runtime.desk.erasing.gathering import Gathered, gathered
from mtd.runtime.desk.erasing.parting import part
from mtd.runtime.desk.erasing.sweeping import sweep
from mtd.runtime.desk.people.accounts import By
from mtd.runtime.desk.people.person import Person
from mtd.runtime.desk.reasons import given
from mtd.runtime.operations.operations import Conflict
from mtd.store.ids import uuid7
from mtd.store.orders import persons
from mtd.store.orders.orders import Order
from mtd.store.people import audit
from mtd.store.sessions import Connection

ERASE = "personal.erase"
ACTION = "person.erase"
TOLD_MAX = 20
"""Orders that a refusal names."""
SETTLED = frozenset({"DONE", "DUPLICATE", "REJECTED"})
"""Files that nobody will read again."""
NAME_MIN = 4
"""Letters of a name that a reason is searched for; a shorter one is in too many words."""


class Staying(msgspec.Struct, frozen=True, kw_only=True):
    """A tax document that has to be kept, and the day from which it need not be."""

    issuer: str
    number: str
    """Type and folio, `33-1234`."""
    order: str
    """The key of its order; empty where it was asked for without one."""
    until: date


class Running(msgspec.Struct, frozen=True):
    """What still needs what an erasure takes."""

    name: str
    """Key of the order, or path of the file."""
    state: str

    def __str__(self) -> str:
        return f"{self.name} ({self.state})"


class Erasure(msgspec.Struct, frozen=True, kw_only=True):
    """What an erasure takes and leaves, or took and left."""

    orders: tuple[str, ...]
    """The keys of the person's orders, oldest first."""
    running: tuple[Running, ...]
    """Orders whose process goes on, and files that are not settled: while there is one, nothing is
    erased.
    """
    keys: int
    """So many keys go; what they open is noise then."""
    files: int
    """Order files whose raw bytes are removed."""
    files_left: int
    """Those that lie on another machine: there this is done again."""
    documents: tuple[Staying, ...]
    """What stays."""
    until: date | None
    """When that goes by itself; null: nothing stays."""
    elsewhere: tuple[str, ...]
    """Orders that the same tax id, mail or telephone leads to, about somebody else as far as MTD
    knows: each is erased by itself."""
    done: bool


def may(person: Person, reason: str) -> By:
    """Who sits at the desk, and may erase. Raises Forbidden: also for who sees some stores alone,
    as a person's orders may be of any.
    """
    person.must_everywhere(ERASE)
    return By(actor=person.login, origin=person.origin, reason=reason)


async def offered(app: App, tenant: int, person: Person, order: Order) -> Erasure | None:
    """What erasing would take, for who may; None for everybody else, and of nobody's order."""
    if not person.may(ERASE) or person.stores is not None:
        return None
    try:
        return await foreseen(app, tenant, order)
    except Conflict:
        return None


async def foreseen(app: App, tenant: int, order: Order) -> Erasure:
    """What erasing the person whom `order` is about would take. Raises Conflict."""
    async with app.store.door(tenant) as connection:
        hers = await gathered(app, connection, tenant, order)
    return _told(app, hers, len(_going(hers)), len(hers.files), done=False)


async def erase(app: App, tenant: int, order: Order, by: By) -> Erasure:
    """Erase the person whom `order` is about; again is no harm.

    Raises Conflict: no reason, one that names the person, an order that goes on.
    """
    reason = given(by.reason)
    async with app.store.door(tenant) as connection:
        hers = await gathered(app, connection, tenant, order)
        if running := [*_running(hers)]:
            shown = ", ".join(map(str, running[:TOLD_MAX]))
            raise Conflict(f"what is not over needs what would be erased: {shown}")
        if any(word in _plain(reason) for word in _names(hers.contents)):
            raise Conflict("the reason names the person, and it is kept for ever")
        going = _going(hers)
        if hers.until is not None:
            law = await part(app, connection, tenant, hers, hers.until)
            going = [one for one in going if one != law]
        await persons.unfind(connection, tenant, hers.indexed)
        await persons.unsay(connection, tenant, hers.bearers)
        await persons.unquote(connection, tenant, hers.bearers, [one.key for one in hers.orders])
        keys = await persons.erase(connection, tenant, hers.person, going)
        told = _told(app, hers, keys, len(hers.files), done=True)
        await _record(app, connection, tenant, order, by, reason, told)
    swept = await sweep(app, tenant, hers.files)
    return msgspec.structs.replace(told, files=swept, files_left=len(hers.files) - swept)


def _going(hers: Gathered) -> list[str]:
    """The keys that go: all, but one that an earlier erasure left while it is needed."""
    return [one.key_id for one in hers.keys if one.due_at is None or hers.until is None]


def _running(hers: Gathered) -> Iterator[Running]:
    yield from (Running(one.key, one.state) for one in hers.orders if one.runs)
    yield from (Running(one.path, one.state) for one in hers.files if one.state not in SETTLED)


def _names(contents: tuple[PurchaseOrder, ...]) -> set[str]:
    """What the person is known by, each in its plain form."""
    found: set[str] = set()
    for one in contents:
        known = [key.value for key in keys_of(one) if key.personal]
        found.update(map(_plain, (*known, one.customer.name)))
    return {word for word in found if len(word) >= NAME_MIN}


def _plain(text: str) -> str:
    """Letters and figures alone: however a name or a number is written."""
    return "".join(character for character in text.casefold() if character.isalnum())


def _told(app: App, hers: Gathered, keys: int, files: int, *, done: bool) -> Erasure:
    zone = ZoneInfo(app.settings.time_zone)
    by_id = {one.id: one.key for one in hers.orders}
    documents = [
        Staying(
            issuer=one.document.issuer,
            number=one.document.key.number,
            order=by_id.get(one.document.instance, ""),
            until=one.until.astimezone(zone).date(),
        )
        for one in hers.lawful
    ]
    return Erasure(
        orders=tuple(one.key for one in hers.orders),
        running=tuple(_running(hers)),
        keys=keys,
        files=files,
        files_left=0,
        documents=tuple(documents),
        until=None if hers.until is None else hers.until.astimezone(zone).date(),
        elsewhere=tuple(one.key for one in hers.elsewhere),
        done=done,
    )


async def _record(
    app: App,
    connection: Connection,
    tenant: int,
    order: Order,
    by: By,
    reason: str,
    told: Erasure,
) -> None:
    """In the erasure's own transaction; it says how much, and of nobody."""
    after = {
        "orders": len(told.orders), "keys": told.keys, "files": told.files,
        "documents": len(told.documents), "until": told.until,
    }  # fmt: skip
    entry = audit.NewEntry(
        id=uuid7(app.clock.now(), os.urandom(10)), actor=by.actor, origin=by.origin,
        action=ACTION, subject=order.key, reason=reason,
        after=msgspec.json.encode(after).decode(),
    )  # fmt: skip
    await audit.add(connection, tenant, entry)
