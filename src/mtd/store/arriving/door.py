"""The door: orders, messages and triggers come in, and each gets a definite answer."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from itertools import groupby
from typing import Any, Protocol

from mtd.store.arriving import letters
from mtd.store.arriving.arrival import (
    Accepted,
    Arrival,
    Changed,
    Duplicate,
    ForInstance,
    KeyErased,
    NewInstance,
    NewOrder,
    Published,
    Receipt,
    Refused,
    Unheard,
    UnknownInstance,
)
from mtd.store.arriving.messages import TRIED_MAX
from mtd.store.ids import SLOTS, slot_of
from mtd.store.packing import pack
from mtd.store.plurals import plural_columns
from mtd.store.sessions import Connection, Fault, Row, Unavailable, delay_s, fault, sqlstate
from mtd.store.statements import statements

TRIES_MAX = 13
"""How often a delivery is sent before the sender is told that the database is away (about 5 s)."""
GRACE_S = 60.0
"""How long a message that may not wait, and is awaited, has until it is taken."""
GATHERING_S = 7 * 24 * 3600.0
"""How long at least one waits for the instance that another of its conversation begins."""

_SQL = statements("arriving/door")


class Entrance(Protocol):
    """Where a transaction of one tenant is to be had."""

    notify: bool

    def door(self, tenant: int) -> AbstractAsyncContextManager[Connection]:
        """A transaction of this tenant."""
        ...


async def deliver(entrance: Entrance, arrivals: Sequence[Arrival]) -> list[Receipt]:
    """Take in what came, in one transaction a tenant; a receipt for each, in their order.

    Raises Unavailable when the database cannot be reached in time, and ValueError for two
    arrivals with one id.
    """
    if len({arrival.id for arrival in arrivals}) < len(arrivals):
        raise ValueError("two arrivals with one id")
    receipts: dict[str, Receipt] = {}
    by_tenant = sorted(arrivals, key=lambda arrival: arrival.tenant)
    for tenant, group in groupby(by_tenant, lambda arrival: arrival.tenant):
        receipts.update(await _deliver(entrance, tenant, list(group)))
    return [receipts[arrival.id] for arrival in arrivals]


async def _deliver(
    entrance: Entrance, tenant: int, arrivals: Sequence[Arrival]
) -> dict[str, Receipt]:
    """The receipts of one tenant's arrivals; where one cannot be stored, it alone is refused."""
    pending = [arrivals]
    receipts: dict[str, Receipt] = {}
    while pending:
        part = pending.pop()
        try:
            receipts.update(await _deliver_whole(entrance, tenant, part))
        except Exception as error:
            if fault(error) is not Fault.CONTENT:
                raise
            if len(part) > 1:
                pending += [part[: len(part) // 2], part[len(part) // 2 :]]
            else:
                receipts[part[0].id] = Refused(
                    f"it cannot be stored ({sqlstate(error) or type(error).__name__})"
                )
    return receipts


async def _deliver_whole(
    entrance: Entrance, tenant: int, arrivals: Sequence[Arrival]
) -> dict[str, Receipt]:
    # Everyone takes keys in the same order, so that two deliveries never wait for each other.
    ordered = sorted(arrivals, key=lambda a: (a.source, a.message_id or "", a.id))
    for tries in range(TRIES_MAX):
        try:
            async with entrance.door(tenant) as connection:
                receipts: dict[str, Receipt] = {}
                for kind, take in _TAKERS:
                    batch = [arrival for arrival in ordered if isinstance(arrival, kind)]
                    if batch:
                        receipts.update(await take(connection, tenant, batch))
                if entrance.notify:
                    await connection.execute(*_SQL["wake"]())
            return receipts
        except Exception as error:
            if fault(error) is not Fault.AGAIN:
                raise
            await asyncio.sleep(delay_s(tries))
    raise Unavailable("the database is away")


async def _orders(
    connection: Connection, tenant: int, orders: Sequence[NewOrder]
) -> dict[str, Receipt]:
    ordered = sorted(orders, key=lambda o: (o.country, o.store, o.channel, o.external_id))
    rows = await connection.fetch(
        *_SQL["orders"](
            tenant=tenant,
            slots=[slot_of(order.id) for order in ordered],
            triggers=[pack(order.trigger) for order in ordered],
            keys=[order.key for order in ordered],
            search_ids=[order.id for order in ordered for _ in set(order.keys)],
            digests=[digest for order in ordered for digest in set(order.keys)],
            **plural_columns(ordered, _ORDER_COLUMNS),
            **plural_columns([order.content for order in ordered], _CONTENT_COLUMNS),
        )
    )
    placed = {str(row["id"]) for row in rows}
    receipts: dict[str, Receipt] = {id_: Accepted(id_) for id_ in placed}
    left = [order for order in ordered if order.id not in placed]
    if left:
        receipts.update(await _repeated(connection, tenant, left))
    return receipts


async def _repeated(
    connection: Connection, tenant: int, orders: Sequence[NewOrder]
) -> dict[str, Receipt]:
    """What became of orders that were not new, the changed ones kept as conflicts."""
    known = await connection.fetch(
        *_SQL["known_orders"](
            tenant=tenant,
            hashes=[order.content.hash for order in orders],
            **plural_columns(orders, _KEY_COLUMNS),
        )
    )
    by_order = {str(row["arrival"]): row for row in known}
    by_message = await _known_messages(connection, tenant, orders)
    receipts: dict[str, Receipt] = {}
    conflicts: list[tuple[Any, ...]] = []
    for order in orders:
        order_id, same, before = None, False, b""
        if (row := by_order.get(order.id)) is not None:
            order_id, same, before = str(row["id"]), row["same"], row["hash"]
        elif (row := by_message.get(order.id)) is not None:
            order_id, before = str(row["id"]), row["hash"]
        if order_id is None:
            receipts[order.id] = KeyErased(order.content.person)
        elif order_id == order.id:
            receipts[order.id] = Accepted(order.id)
        elif same:
            receipts[order.id] = Duplicate(order_id)
        else:
            receipts[order.id] = Changed(order_id, before)
            conflicts.append((order_id, order.source, order.message_id, order.content.hash, before))
    if conflicts:
        names = ("ids", "sources", "message_ids", "hashes", "hashes_before")
        values = dict(zip(names, zip(*conflicts, strict=True), strict=True))
        await connection.execute(*_SQL["conflicts"](tenant=tenant, **values))
    return receipts


async def begin(
    connection: Connection, tenant: int, starts: Sequence[NewInstance]
) -> dict[str, Receipt]:
    """Instances that carry no order, each once; in this transaction or not at all."""
    rows = await connection.fetch(
        *_SQL["instances"](
            tenant=tenant,
            slots=[slot_of(start.id) for start in starts],
            triggers=[pack(start.trigger) for start in starts],
            **plural_columns(starts, _START_COLUMNS),
        )
    )
    fresh = {str(row["id"]) for row in rows}
    return await _accepted(connection, tenant, starts, fresh)


async def _triggers(
    connection: Connection, tenant: int, triggers: Sequence[ForInstance]
) -> dict[str, Receipt]:
    rows = await connection.fetch(
        *_SQL["triggers"](
            tenant=tenant,
            slots=[slot_of(trigger.instance) for trigger in triggers],
            triggers=[pack(trigger.trigger) for trigger in triggers],
            **plural_columns(triggers, _TRIGGER_COLUMNS),
        )
    )
    known = {str(row["id"]) for row in rows}
    fresh = {str(row["id"]) for row in rows if row["fresh"]}
    receipts: dict[str, Receipt] = {
        trigger.id: UnknownInstance(trigger.instance)
        for trigger in triggers
        if trigger.id not in known
    }
    answered = [trigger for trigger in triggers if trigger.id in known]
    return receipts | await _accepted(connection, tenant, answered, fresh)


async def _messages(
    connection: Connection, tenant: int, messages: Sequence[Published]
) -> dict[str, Receipt]:
    rows = await connection.fetch(
        *_SQL["published"](
            tenant=tenant,
            grace_s=GRACE_S,
            gathering_s=GATHERING_S,
            slots=SLOTS,
            tried_max=TRIED_MAX,
            hashes=[_hash(message) for message in messages],
            **plural_columns(messages, _MESSAGE_COLUMNS),
        )
    )
    if told := [(one.key or "", one.payload) for one in messages if one.name == letters.BOUNCED]:
        await letters.bounced(connection, tenant, told)
    receipts: dict[str, Receipt] = {
        str(row["id"]): Unheard(str(row["id"])) for row in rows if not row["welcome"]
    }
    fresh = {str(row["id"]) for row in rows if row["fresh"]}
    welcome = [message for message in messages if message.id not in receipts]
    return receipts | await _accepted(connection, tenant, welcome, fresh)


async def _accepted(
    connection: Connection,
    tenant: int,
    arrivals: Sequence[NewInstance | ForInstance | Published],
    fresh: set[str],
) -> dict[str, Receipt]:
    """Accepted those that are fresh, or that this very delivery brought in before."""
    stale = [arrival for arrival in arrivals if arrival.id not in fresh]
    known = await _known_messages(connection, tenant, stale) if stale else {}
    receipts: dict[str, Receipt] = {}
    for arrival in arrivals:
        row = known.get(arrival.id)
        first = arrival.id if row is None else str(row["id"])
        if first == arrival.id:
            receipts[arrival.id] = Accepted(arrival.id)
        elif isinstance(arrival, Published) and row is not None and row["hash"] != _hash(arrival):
            receipts[arrival.id] = Changed(first, row["hash"])
        else:
            receipts[arrival.id] = Duplicate(first)
    return receipts


async def _known_messages(
    connection: Connection, tenant: int, arrivals: Sequence[Arrival]
) -> dict[str, Row]:
    rows = await connection.fetch(
        *_SQL["known_messages"](
            tenant=tenant, **plural_columns(arrivals, ("id", "source", "message_id"))
        )
    )
    return {str(row["arrival"]): row for row in rows}


def _hash(message: Published) -> bytes:
    content = "\0".join((message.name, message.key or "", str(message.key is None)))
    return hashlib.sha256(content.encode() + b"\0" + message.payload).digest()


_KEY_COLUMNS = ("id", "country", "store", "channel", "external_id")
_ORDER_COLUMNS = (
    *_KEY_COLUMNS,
    *("branch", "currency", "amount", "placed_at", "promised_at", "buyer_document"),
    *("definition", "source", "message_id"),
)
_CONTENT_COLUMNS = ("person", "key_id", "wrapped_key", "ciphertext", "hash")
_START_COLUMNS = ("id", "definition", "key", "source", "message_id")
_TRIGGER_COLUMNS = ("id", "instance", "source", "message_id")
_MESSAGE_COLUMNS = (
    *("id", "name", "key", "payload", "ttl_s", "broadcast"),
    *("source", "message_id"),
)

_TAKERS: tuple[tuple[type, Callable[..., Awaitable[dict[str, Receipt]]]], ...] = (
    (NewOrder, _orders),
    (NewInstance, begin),
    (ForInstance, _triggers),
    (Published, _messages),
)
