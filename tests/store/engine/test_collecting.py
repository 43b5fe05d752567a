"""Collecting: everything that happened to my slots, each thing once, messages too."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from mtd.core.process.effect import Listening, Message, Subscription
from mtd.core.process.instance import State
from mtd.core.process.journal import Closed, Ended
from mtd.store.arriving.arrival import Accepted, NewInstance
from mtd.store.engine import depth
from mtd.store.engine.collecting import Live, collect, live
from mtd.store.engine.committing import Committed, commit
from mtd.store.engine.depth import LATELY_S, RECENT_S
from mtd.store.engine.housekeeping import expire_messages
from mtd.store.engine.turned import LIVE, NEVER, Outgoing
from mtd.store.engine.worker import Worker
from mtd.store.sessions import Session
from mtd.store.store import Store
from tests.store.making import (
    a_message,
    a_start,
    a_trigger,
    begun,
    count,
    deliver_one,
    id_in,
    met,
    moved,
    new_id,
    parked,
    two_workers,
    written,
)


async def test_the_oldest_come_first_and_no_more_than_asked(store: Store, worker: Worker) -> None:
    starts: list[NewInstance] = []
    for _ in range(3):
        batch = [a_start() for _ in range(100)]
        starts += batch
        await store.deliver(batch)
    seen: list[str] = []
    for _ in range(10):
        incoming = (await collect(worker, 50)).incoming
        assert len(incoming) <= 50
        if not incoming:
            break
        seen += [one.instance for one in incoming]
        await written(worker, [begun(one) for one in incoming])
    assert sorted(seen) == sorted(start.id for start in starts)
    oldest = {start.id for start in starts[:100]}
    assert len(oldest & set(seen[:100])) > 60


async def test_of_one_instance_one_thing_comes_and_its_start_before_all(
    store: Store, worker: Worker
) -> None:
    early_id = new_id()
    start = a_start()
    early = a_trigger(start.id, id=early_id)
    await store.deliver([start, early])
    (incoming,) = (await collect(worker, 10)).incoming
    assert incoming.definition == start.definition
    await written(worker, [begun(incoming)])
    (incoming,) = (await collect(worker, 10)).incoming
    assert (incoming.definition, incoming.consumed.inbox) == (None, (early.id,))


async def test_what_cannot_be_unpacked_comes_as_it_is_and_holds_up_nobody(
    store: Store, worker: Worker, admin: Session
) -> None:
    broken, sound = a_start(), a_start()
    await store.deliver([broken, sound])
    await admin.fetch(
        "UPDATE inbox SET body = '\\x0100ff'::bytea WHERE instance_id = $1 RETURNING id", broken.id
    )
    came = {one.instance: one.body for one in (await collect(worker, 10)).incoming}
    assert came == {broken.id: b"\x01\x00\xff", sound.id: sound.trigger}


async def test_tenants_take_turns(store: Store, worker: Worker, admin: Session) -> None:
    await admin.fetch("INSERT INTO tenant VALUES (2, 'small')")
    await store.deliver([a_start() for _ in range(400)])
    await store.deliver([a_start(tenant=2) for _ in range(10)])
    incoming = (await collect(worker, 100)).incoming
    assert sum(one.tenant == 2 for one in incoming) == 10


async def test_only_my_slots_are_mine(store: Store) -> None:
    async with two_workers(store) as (one, two):
        ids = [id_in(range(32)), id_in(range(32, 64))]
        await store.deliver([a_start(id_=id_) for id_ in ids])
        assert [i.instance for i in (await collect(one, 10)).incoming] == ids[:1]
        assert [i.instance for i in (await collect(two, 10)).incoming] == ids[1:]


async def test_only_messages_for_my_slots_are_mine(store: Store) -> None:
    async with two_workers(store) as (one, two):
        low, high = id_in(range(32)), id_in(range(32, 64))
        await parked(store, one, Subscription("Paid", "low"), start=a_start(id_=low))
        await parked(store, two, Subscription("Paid", "high"), start=a_start(id_=high))
        await store.deliver([a_message("Paid", "low"), a_message("Paid", "high")])
        assert [i.instance for i in (await collect(one, 10)).incoming] == [low]
        assert [i.instance for i in (await collect(two, 10)).incoming] == [high]


async def test_what_is_due_wakes_and_what_lives_can_be_found(store: Store, worker: Worker) -> None:
    sleeping = [await parked(store, worker) for _ in range(4)]
    now = datetime.now(UTC)
    await written(
        worker,
        [
            moved(sleeping[0], wake_at=now - timedelta(seconds=1)),
            moved(sleeping[1], wake_at=now + timedelta(hours=1)),
            moved(sleeping[2], wake_at=LIVE),
            moved(sleeping[3], wake_at=NEVER),
        ],
    )
    assert [wake.instance for wake in (await collect(worker, 10)).wakes] == [sleeping[0].id]
    assert await live(worker, range(64)) == [Live(tenant=1, instance=sleeping[2].id)]


async def test_what_is_over_wakes_no_more(store: Store, worker: Worker, admin: Session) -> None:
    instance = await parked(store, worker)
    await written(worker, [moved(instance, Ended(State.COMPLETED))])
    assert await count(admin, "instance", "state = 'COMPLETED'") == 1
    collected = await collect(worker, 10)
    assert not collected.wakes and not collected.incoming


async def test_a_message_meets_its_subscription_whichever_is_first(
    store: Store, worker: Worker, admin: Session
) -> None:
    early = a_message("Paid", "A-1", payload=b'{"n":1}')
    await store.deliver([early])
    assert not (await collect(worker, 10)).incoming
    first = await parked(store, worker, Subscription("Paid", "A-1"))
    second = await parked(store, worker, Subscription("Paid", "A-2"))
    late = a_message("Paid", "A-2")
    await store.deliver([late])
    incoming = {one.instance: one for one in (await collect(worker, 10)).incoming}
    assert incoming[first.id].consumed.messages == (early.id,)
    assert (incoming[first.id].wait, incoming[first.id].name) == (2, "Paid")
    assert incoming[first.id].body == b'{"n":1}'
    assert incoming[second.id].consumed.messages == (late.id,)
    await written(
        worker,
        [met(i, 2, consumed=incoming[i.id].consumed) for i in (first, second)],
    )
    assert await count(admin, "message") == await count(admin, "subscription") == 0


async def test_an_old_message_meets_a_new_subscription_between_full_comparisons(
    store: Store, worker: Worker, admin: Session
) -> None:
    old = a_message("Paid", "A-1")
    await store.deliver([old])
    await admin.fetch("UPDATE message SET at = now() - make_interval(secs => $1)", 2 * RECENT_S)
    await collect(worker, 10)
    instance = await parked(store, worker, Subscription("Paid", "A-1"))
    (incoming,) = (await collect(worker, 10)).incoming
    assert incoming.instance == instance.id


async def test_a_new_message_meets_an_old_subscription_between_full_comparisons(
    store: Store, worker: Worker, admin: Session
) -> None:
    instance = await parked(store, worker, Subscription("Paid", "A-1"))
    await admin.fetch(
        "UPDATE subscription SET opened_at = now() - make_interval(secs => $1)", 2 * RECENT_S
    )
    await collect(worker, 10)
    await store.deliver([a_message("Paid", "A-1")])
    (incoming,) = (await collect(worker, 10)).incoming
    assert incoming.instance == instance.id


async def test_a_message_that_commits_late_is_met(store: Store, worker: Worker) -> None:
    """Neither sees the other when it is written; the comparison afterwards sees both."""
    message = a_message("Paid", "A-1")
    async with store.door(1) as connection:
        await connection.execute(
            "INSERT INTO message (tenant_id, id, expires_at, name, key, payload)"
            " VALUES (1, $1, now() + interval '1 min', 'Paid', 'A-1', '{}')",
            message.id,
        )
        instance = await parked(store, worker, Subscription("Paid", "A-1"))
        assert not (await collect(worker, 10)).incoming
    (incoming,) = (await collect(worker, 10)).incoming
    assert (incoming.instance, incoming.consumed.messages) == (instance.id, (message.id,))


async def test_what_commits_later_than_nearly_all_is_met_at_the_next_wider_look(
    store: Store, worker: Worker, admin: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    await collect(worker, 10)
    instance = await parked(store, worker, Subscription("Paid", "A-1"))
    await store.deliver([a_message("Paid", "A-1")])
    for table, column in (("message", "at"), ("subscription", "opened_at")):
        await admin.fetch(
            f"UPDATE {table} SET {column} = now() - make_interval(secs => $1)",
            LATELY_S + 1,
        )
    assert not (await collect(worker, 10)).incoming
    monkeypatch.setattr(depth, "MATCH_RECENT_S", 0.0)
    (incoming,) = (await collect(worker, 10)).incoming
    assert incoming.instance == instance.id


async def test_where_there_are_more_than_asked_for_the_next_look_is_a_wide_one(
    store: Store, worker: Worker, admin: Session
) -> None:
    await collect(worker, 10)
    keys = [f"A-{n}" for n in range(5)]
    waiting = [await parked(store, worker, Subscription("Paid", key)) for key in keys]
    by_id = {instance.id: instance for instance in waiting}
    await store.deliver([a_message("Paid", key) for key in keys])
    heard: set[str] = set()
    for _ in range(4):  # two of them at once, and meanwhile the others grow old
        found = (await collect(worker, 2)).incoming
        await written(worker, [met(by_id[o.instance], 2, consumed=o.consumed) for o in found])
        heard |= {one.instance for one in found}
        await admin.fetch("UPDATE message SET at = now() - make_interval(secs => $1)", LATELY_S + 1)
        await admin.fetch(
            "UPDATE subscription SET opened_at = now() - make_interval(secs => $1)", LATELY_S + 1
        )
    assert heard == by_id.keys()


async def test_one_message_goes_to_the_oldest_and_one_wait_takes_the_oldest(
    store: Store, worker: Worker
) -> None:
    first = await parked(store, worker, Subscription("Paid", "A-1"))
    second = await parked(store, worker, Subscription("Paid", "A-1"))
    messages = [a_message("Paid", "A-1") for _ in range(2)]
    for message in messages:
        await store.deliver([message])
    (incoming,) = (await collect(worker, 10)).incoming
    assert incoming.instance == first.id
    assert incoming.consumed.messages == (messages[0].id,)
    await written(worker, [met(first, 2, consumed=incoming.consumed)])
    (incoming,) = (await collect(worker, 10)).incoming
    assert incoming.instance == second.id
    assert incoming.consumed.messages == (messages[1].id,)


async def test_two_workers_never_both_take_a_message(store: Store, admin: Session) -> None:
    """Between two looks the oldest subscription changed hands: the second commit is refused."""
    async with two_workers(store) as (one, two):
        here = await parked(
            store, one, Subscription("Paid", "A-1"), start=a_start(id_=id_in(range(32)))
        )
        await store.deliver([a_message("Paid", "A-1")])
        (for_one,) = (await collect(one, 10)).incoming
        there = await parked(
            store, two, Subscription("Paid", "A-1"), start=a_start(id_=id_in(range(32, 64)))
        )
        await admin.fetch("UPDATE subscription SET opened_at = now() WHERE slot < 32")
        (for_two,) = (await collect(two, 10)).incoming
        assert for_one.consumed == for_two.consumed
        outcomes = await asyncio.gather(
            commit(one, [met(here, 2, consumed=for_one.consumed)]),
            commit(two, [met(there, 2, consumed=for_two.consumed)]),
        )
        assert sorted(outcomes, key=str) == [Committed(), Committed(conflicts=(0,))]
        assert await count(admin, "journal", "seq = 2") == 1
        assert await count(admin, "subscription") == 1


async def test_an_expired_message_is_seen_and_never_met(
    store: Store, worker: Worker, admin: Session
) -> None:
    message = a_message("Paid", "A-1")
    assert await deliver_one(store, message) == Accepted(message.id)
    await admin.fetch("UPDATE message SET expires_at = now() - interval '1 s'")
    await parked(store, worker, Subscription("Paid", "A-1"))
    assert not (await collect(worker, 10)).incoming
    assert await expire_messages(worker) == 1
    assert await count(admin, "message") == 0
    assert await count(admin, "undelivered", "reason = 'EXPIRED' AND key = 'A-1'") == 1


async def test_what_one_instance_sends_another_receives(store: Store, worker: Worker) -> None:
    waiting = await parked(store, worker, Subscription("Ping", "B"), Listening("Alarm"))
    sender = await parked(store, worker)
    sent = [
        Outgoing(message=Message("Ping", "B", {"n": 1}), ttl_s=60),
        Outgoing(message=Message("Alarm", None, {"n": 2}), ttl_s=60),
    ]
    await written(worker, [moved(sender, sent=sent)])
    (signal,) = (await collect(worker, 10)).incoming
    assert (signal.instance, signal.wait, signal.name) == (waiting.id, 3, "Alarm")
    after = met(waiting, 3, consumed=signal.consumed)
    await written(worker, [after])
    (message,) = (await collect(worker, 10)).incoming
    assert (message.instance, message.wait, message.body) == (waiting.id, 2, b'{"n":1}')
    outcome = await commit(worker, [moved(after.after, Closed(2), consumed=message.consumed)])
    assert outcome == Committed()
