"""The commit: all of a batch or none of it, and the rows of it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import asyncpg
import msgspec
import pytest

from mtd.core.process.effect import Listening, Message, Subscription, UserTask
from mtd.core.process.instance import Instance, Wait
from mtd.core.process.journal import Assigned, Closed, Opened
from mtd.store.engine.collecting import collect
from mtd.store.engine.committing import Committed, commit
from mtd.store.engine.loading import contents, load
from mtd.store.engine.turned import LIVE, NEVER, Amended, Attempted, Outgoing, Status, turned
from mtd.store.engine.worker import Fenced, Worker
from mtd.store.sessions import Session
from mtd.store.store import Store
from tests.store.making import (
    a_start,
    an_order,
    begun,
    count,
    met,
    moved,
    new_id,
    parked,
    settled,
    troubled,
    written,
)


async def _many(store: Store, worker: Worker, number: int) -> list[Instance]:
    await store.deliver([a_start() for _ in range(number)])
    incoming = (await collect(worker, 1000)).incoming
    return await written(worker, [begun(one) for one in incoming])


async def test_a_first_turn_writes_every_row_and_uses_up_its_start(
    store: Store, worker: Worker, admin: Session
) -> None:
    order = an_order("A-1")
    await store.deliver([order])
    (incoming,) = (await collect(worker, 10)).incoming
    due = datetime.now(UTC) + timedelta(hours=1)
    turn = begun(
        incoming,
        Subscription("Paid", "A-1"),
        Listening("Holiday"),
        UserTask("Revisar", "agent", due, "review", {"amount": Decimal("10.50")}),
        status=Status(state="VALIDATED", reached=("RECEIVED", "VALIDATED"), resume="ON_HOLD"),
        sent=[Outgoing(message=Message("Hello", "B-1", {"n": Decimal("1.10")}), ttl_s=60)],
        attempts=[
            Attempted(
                seq=1,
                wait=9,
                visit="v1",
                attempt=1,
                service="payment.capture",
                at=due,
                took_ms=1.5,
                outcome="done",
                request=b"?",
                response=b"!",
            )
        ],
        amended=Amended(version=2, content=order.content),
        snapshot=True,
    )
    assert await commit(worker, [turn]) == Committed()
    assert await count(admin, "inbox") == 0
    assert await count(admin, "subscription") == 2
    assert await count(admin, "user_task", "due_at = $1 AND state = 'CREATED'", due) == 1
    assert await count(admin, "message", "payload = '{\"n\":1.10}'") == 1
    assert await count(admin, "call", "seq = 1 AND service = 'payment.capture'") == 1
    assert await count(admin, "turn", "seqs = '{1}' AND worker = $1", worker.id) == 1
    (loaded,) = await load(worker, [(1, order.id)])
    assert loaded.instance == turn.after
    assert loaded.status == turn.status
    assert (loaded.content_version, loaded.snapshot_seq, loaded.wake_at) == (2, 1, NEVER)
    (content,) = await contents(worker, [(1, order.id, 0)])
    assert (content.version, content.order) == (2, order.id)
    (first,) = await contents(worker, [(1, order.id, 1)])
    assert (first.version, first.wrapped_key) == (1, b"wrapped")


async def test_later_turns_close_what_earlier_ones_opened(
    store: Store, worker: Worker, admin: Session
) -> None:
    task = UserTask("Revisar", "agent")
    instance = await parked(store, worker, Subscription("Paid", "A-1"), task, task)
    both = moved(instance, Closed(2), Closed(3), Closed(4), submitted=3, wake_at=LIVE)
    assert await commit(worker, [both]) == Committed()
    assert await count(admin, "subscription") == 0
    assert await count(admin, "user_task", "wait = 3 AND state = 'COMPLETED'") == 1
    assert await count(admin, "user_task", "wait = 4 AND state = 'CANCELLED'") == 1
    assert await count(admin, "user_task", "closed_at IS NULL") == 0
    assert await count(admin, "instance", "wake_at IS NULL") == 1
    stuck = troubled(both.after)
    assert await commit(worker, [stuck]) == Committed()
    assert await count(admin, "incident", "settled_at IS NULL AND code <> ''") == 1
    (incident,) = stuck.after.incidents
    assert await commit(worker, [settled(stuck.after, incident)]) == Committed()
    assert await count(admin, "incident", "settled_at IS NULL") == 0


async def test_an_instance_may_park_without_a_step(
    store: Store, worker: Worker, admin: Session
) -> None:
    instance = await parked(store, worker)
    due = datetime.now(UTC) + timedelta(hours=1)
    parking = turned(
        tenant=1, before=instance, after=instance, entries=[], wake_at=due, wake_at_before=NEVER
    )
    assert await commit(worker, [parking]) == Committed()
    assert await count(admin, "journal") == 1
    (loaded,) = await load(worker, [(1, instance.id)])
    assert loaded.wake_at == due


async def test_the_fold_of_what_was_read_is_the_instance_that_ran(
    store: Store, worker: Worker
) -> None:
    instance = await parked(store, worker)
    for n in range(5):
        turn = moved(
            instance,
            Assigned(0, {"n": n, "amount": Decimal("0.10"), "text": "ñandú", "list": [1, None]}),
            snapshot=n == 2,
        )
        (instance,) = await written(worker, [turn])
    (loaded,) = await load(worker, [(1, instance.id), (1, new_id())])
    assert loaded.instance == instance
    assert loaded.snapshot_seq == 4
    assert isinstance(loaded.instance.scopes[0].variables["amount"], Decimal)


async def test_a_snapshot_of_another_version_is_folded_anew(
    store: Store, worker: Worker, admin: Session
) -> None:
    instance = await parked(store, worker)
    (instance,) = await written(worker, [moved(instance, Assigned(0, {"n": 1}), snapshot=True)])
    await admin.fetch("UPDATE snapshot SET version = '0.0', state = 'rubbish'")
    (loaded,) = await load(worker, [(1, instance.id)])
    assert (loaded.instance, loaded.snapshot_seq) == (instance, 0)


async def test_a_buried_worker_changes_nothing(
    store: Store, worker: Worker, admin: Session
) -> None:
    instance = await parked(store, worker, Subscription("Paid", "A-1"))
    await store.deliver([a_start()])
    (incoming,) = (await collect(worker, 10)).incoming
    await admin.fetch("DELETE FROM worker")
    tables = ("journal", "inbox", "instance", "subscription", "turn")
    before = [await count(admin, table) for table in tables]
    assert isinstance(await commit(worker, [begun(incoming), met(instance, 2)]), Fenced)
    assert [await count(admin, table) for table in tables] == before


async def test_what_cannot_be_stored_is_found_and_the_others_are_written(
    store: Store, worker: Worker, admin: Session
) -> None:
    instances = await _many(store, worker, 30)
    batch = [moved(instance) for instance in instances]
    batch[3] = troubled(instances[3], "a nul \0 in the message")
    batch[17] = moved(instances[17], status=Status(state="a surrogate \ud800 alone"))
    outcome = await commit(worker, batch)
    assert isinstance(outcome, Committed)
    assert [poison.index for poison in outcome.poisoned] == [3, 17]
    assert "22021" in outcome.poisoned[0].message
    assert "nul" not in outcome.poisoned[0].message
    assert await count(admin, "journal", "seq = 2") == 28


async def test_what_no_index_can_hold_is_found_as_well(store: Store, worker: Worker) -> None:
    """SQLSTATE 54: sent again it would be refused for ever, and the worker with it."""
    instances = await _many(store, worker, 4)
    batch = [moved(instance) for instance in instances]
    key = "".join(chr(0x4E00 + number * 7919 % 20_000) for number in range(20_000))
    listening = Wait(instances[1].next, "Task_1", 0, 1, Subscription("Paid", key))
    batch[1] = moved(instances[1], Opened(listening))
    outcome = await commit(worker, batch)
    assert isinstance(outcome, Committed)
    assert [poison.index for poison in outcome.poisoned] == [1]
    assert "54" in outcome.poisoned[0].message


async def test_who_moves_an_instance_that_moved_elsewhere_is_refused_alone(
    store: Store, worker: Worker
) -> None:
    instances = await _many(store, worker, 4)
    await written(worker, [moved(instances[2])])
    outcome = await commit(worker, [moved(instance) for instance in instances])
    assert isinstance(outcome, Committed)
    assert [poison.index for poison in outcome.poisoned] == [2]
    assert "journal_pkey" in outcome.poisoned[0].message


async def test_a_consumed_row_that_is_gone_is_a_conflict_of_that_turn_alone(
    store: Store, worker: Worker, admin: Session
) -> None:
    await store.deliver([a_start() for _ in range(8)])
    incoming = (await collect(worker, 10)).incoming
    await admin.fetch("DELETE FROM inbox WHERE id = $1", incoming[5].instance)
    assert await commit(worker, [begun(one) for one in incoming]) == Committed(conflicts=(5,))
    assert await count(admin, "journal") == 7


async def test_the_journal_can_only_grow(store: Store, worker: Worker) -> None:
    await parked(store, worker)
    for change in ("UPDATE journal SET kind = 'x'", "DELETE FROM journal", "TRUNCATE journal"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await worker.writing.fetch(change)
        async with store.door(1) as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.fetch(change)


async def test_two_turns_of_one_instance_in_a_commit_are_our_bug(
    store: Store, worker: Worker
) -> None:
    instance = await parked(store, worker)
    with pytest.raises(ValueError, match="two turns"):
        await commit(worker, [moved(instance), moved(instance)])


def test_entries_must_lead_from_before_to_after() -> None:
    before = Instance(id=new_id(), definition="p@1")
    with pytest.raises(ValueError, match="do not lead"):
        turned(
            tenant=1,
            before=before,
            after=msgspec.structs.replace(before, seq=1),
            entries=[],
            wake_at=LIVE,
        )
