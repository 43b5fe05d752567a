"""The door: a definite answer for everything, and nothing twice."""

import asyncio

import msgspec
import pytest

from mtd.core.process.effect import Listening, Subscription
from mtd.store.arriving import door
from mtd.store.arriving.arrival import (
    Accepted,
    Changed,
    Duplicate,
    KeyErased,
    Refused,
    Unheard,
    UnknownInstance,
)
from mtd.store.engine.collecting import collect
from mtd.store.engine.waking import woken
from mtd.store.engine.worker import Worker
from mtd.store.orders import orders, persons
from mtd.store.sessions import Session, Unavailable
from mtd.store.store import Store
from tests.store.making import (
    Cutter,
    a_message,
    a_start,
    a_trigger,
    an_order,
    count,
    deliver_one,
    new_id,
    parked,
)


async def test_an_order_comes_in_whole(store: Store, admin: Session) -> None:
    order = an_order("A-1", keys=(b"by rut", b"by mail", b"by rut"), message_id="m-1")
    assert await deliver_one(store, order) == Accepted(order.id)
    for table in ("purchase_order", "order_payload", "person_key", "inbox", "seen"):
        assert await count(admin, table) == 1, table
    assert await count(admin, "order_search") == 2


async def test_the_same_order_is_ignored_and_a_changed_one_raised(
    store: Store, admin: Session
) -> None:
    first = an_order("A-1")
    await store.deliver([first])
    again, changed = an_order("A-1"), an_order("A-1", b"other content")
    assert await store.deliver([again, changed]) == [
        Duplicate(first.id),
        Changed(first.id, first.content.hash),
    ]
    assert await count(admin, "inbox") == 1
    async with store.door(1) as connection:
        (conflict,) = await orders.conflicts(connection, 1)
        assert (conflict.order_id, conflict.hash) == (first.id, changed.content.hash)
        assert await orders.settle_conflict(connection, 1, first.id, conflict.hash)
        assert not await orders.conflicts(connection, 1)


async def test_a_thousand_repetitions_at_once_make_one_order(store: Store, admin: Session) -> None:
    batches = [[an_order(f"A-{n % 10}") for n in range(100)] for _ in range(10)]
    receipts = await asyncio.gather(*(store.deliver(batch) for batch in batches))
    flat = [receipt for batch in receipts for receipt in batch]
    assert sum(isinstance(receipt, Accepted) for receipt in flat) == 10
    assert sum(isinstance(receipt, Duplicate) for receipt in flat) == 990
    assert await count(admin, "purchase_order") == 10
    assert await count(admin, "inbox") == 10


async def test_a_message_id_that_stood_for_another_order_is_a_change(
    store: Store, admin: Session
) -> None:
    first = an_order("A-1", message_id="m-1")
    await store.deliver([first])
    second = an_order("A-2", b"other content", message_id="m-1")
    assert await deliver_one(store, second) == Changed(first.id, first.content.hash)
    assert await count(admin, "purchase_order") == 1


async def test_what_was_seen_outlives_its_row(store: Store, admin: Session) -> None:
    start = a_start()
    await store.deliver([start])
    await admin.fetch("DELETE FROM inbox")
    again = msgspec.structs.replace(a_start(), message_id=start.message_id)
    assert await deliver_one(store, again) == Duplicate(start.id)
    assert await count(admin, "inbox") == 0


async def test_what_cannot_be_stored_is_refused_alone(store: Store) -> None:
    batch = [an_order(f"A-{n}") for n in range(20)]
    batch[7] = an_order("nul \0 in it")
    batch[13] = an_order("a surrogate \ud800 alone")
    receipts = await store.deliver(batch)
    refused = [n for n, receipt in enumerate(receipts) if isinstance(receipt, Refused)]
    assert refused == [7, 13]
    assert all(isinstance(r, Accepted) for n, r in enumerate(receipts) if n not in refused)


async def test_an_erased_key_takes_no_new_order(store: Store, admin: Session) -> None:
    first = an_order("A-1")
    await store.deliver([first])
    async with store.door(1) as connection:
        key_id = first.content.key_id
        assert await persons.erase(connection, 1, b"person", [key_id]) == 1
    second = an_order("A-2")
    stale = msgspec.structs.replace(second.content, key_id=first.content.key_id)
    second = msgspec.structs.replace(second, content=stale)
    assert await deliver_one(store, second) == KeyErased(b"person")
    assert await count(admin, "purchase_order") == 1
    assert await count(admin, "person_key", "wrapped IS NOT NULL") == 0


async def test_a_trigger_needs_an_instance_or_its_start(store: Store, worker: Worker) -> None:
    instance = await parked(store, worker)
    start = a_start()
    await store.deliver([start])
    nobody = new_id()
    there, coming, gone = a_trigger(instance.id), a_trigger(start.id), a_trigger(nobody)
    assert await store.deliver([there, coming, gone]) == [
        Accepted(there.id),
        Accepted(coming.id),
        UnknownInstance(nobody),
    ]
    again = a_trigger(instance.id, message_id=there.message_id)
    assert await deliver_one(store, again) == Duplicate(there.id)


async def test_a_message_that_may_not_wait_is_refused_unless_awaited(
    store: Store, worker: Worker, admin: Session
) -> None:
    await parked(store, worker, Subscription("CancelRequested", "A-1"))
    awaited = a_message("CancelRequested", "A-1", ttl_s=0.0)
    unheard = a_message("CancelRequested", "A-2", ttl_s=0.0)
    assert await store.deliver([awaited, unheard]) == [Accepted(awaited.id), Unheard(unheard.id)]
    assert await count(admin, "undelivered", "reason = 'NOBODY_AWAITS'") == 1
    (incoming,) = (await collect(worker, 10)).incoming
    assert incoming.consumed.messages == (awaited.id,)


async def test_a_repeated_message_is_one(store: Store, admin: Session) -> None:
    first = a_message("Paid", "A-1", payload=b'{"n":1}')
    same = a_message("Paid", "A-1", payload=b'{"n":1}', message_id=first.message_id)
    other = a_message("Paid", "A-1", payload=b'{"n":2}', message_id=first.message_id)
    await store.deliver([first])
    assert await deliver_one(store, same) == Duplicate(first.id)
    assert isinstance(await deliver_one(store, other), Changed)
    assert await count(admin, "message") == 1


async def test_a_signal_reaches_all_who_listen_and_nobody_later(
    store: Store, worker: Worker, admin: Session
) -> None:
    one = await parked(store, worker, Listening("Holiday"))
    two = await parked(store, worker, Listening("Holiday"), Listening("Holiday"))
    await parked(store, worker, Listening("Other"))
    await store.deliver([a_message("Holiday", None, payload=b'{"day":1}')])
    late = await parked(store, worker, Listening("Holiday"))
    incoming = (await collect(worker, 100)).incoming
    assert {i.instance for i in incoming} == {one.id, two.id}
    assert late.id not in {i.instance for i in incoming}
    assert all(i.name == "Holiday" and i.body == b'{"day":1}' for i in incoming)
    assert {i.wait for i in incoming} <= {2, 3}
    assert await count(admin, "inbox") == 3


async def test_a_lost_reply_of_the_door_is_neither_loss_nor_repetition(
    cutter: tuple[Cutter, str], admin: Session
) -> None:
    proxy, dsn = cutter
    store = await Store.open(dsn, notify=False)
    for n in range(5):
        order = an_order(f"A-{n}")
        proxy.arm(b"COMMIT\0")
        assert await deliver_one(store, order) == Accepted(order.id)
    assert proxy.cut == 5
    assert await count(admin, "purchase_order") == 5
    assert await count(admin, "inbox") == 5
    await store.close()


async def test_two_arrivals_with_one_id_are_our_bug(store: Store) -> None:
    order = an_order("A-1")
    with pytest.raises(ValueError, match="one id"):
        await store.deliver([order, order])


async def test_a_full_house_says_so(database: str) -> None:
    store = await Store.open(database, door_connections_max=1)
    async with store.door(1):
        with pytest.raises(Unavailable):
            async with store.door(1):
                pass
    await store.close()


async def test_workers_hear_of_arrivals_where_word_is_sent(database: str) -> None:
    hearing = woken(database)
    heard = asyncio.ensure_future(anext(hearing))
    store = await Store.open(database, notify=True)
    for _ in range(100):
        await store.deliver([a_start()])
        if heard.done():
            break
        await asyncio.sleep(0.05)
    assert heard.done()
    await hearing.aclose()
    await store.close()


async def test_a_database_that_is_away_is_said_to_be(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "TRIES_MAX", 2)
    store = Store(database.replace("socket", "nowhere"), notify=False, door_connections_max=1)
    with pytest.raises(Unavailable):
        await store.deliver([a_start()])
