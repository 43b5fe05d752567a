"""Commits under fire: lost replies, burials, ended sessions and failed serializations."""

import asyncio

import pytest

from mtd.core.process.instance import Instance
from mtd.store import sessions
from mtd.store.engine.collecting import collect
from mtd.store.engine.committing import Committed, commit
from mtd.store.engine.turned import LIVE
from mtd.store.engine.worker import Worker
from mtd.store.sessions import Session
from mtd.store.store import Store
from tests.store.making import (
    Cutter,
    a_start,
    a_worker,
    begun,
    count,
    moved,
    parked,
    written,
)


async def _many(store: Store, worker: Worker, number: int) -> list[Instance]:
    await store.deliver([a_start() for _ in range(number)])
    incoming = (await collect(worker, 1000)).incoming
    return await written(worker, [begun(one) for one in incoming])


async def test_burial_and_commit_never_overlap(
    store: Store, worker: Worker, admin: Session
) -> None:
    """A commit in flight holds its row: the burial waits for it, and what it wrote stays."""
    instance = await parked(store, worker)
    blocker = Session(admin.dsn, {})
    async with blocker.use() as blocking, blocking.transaction():
        await blocking.execute("SELECT FROM instance FOR UPDATE")
        writing = asyncio.create_task(commit(worker, [moved(instance, wake_at=LIVE)]))
        await _waits_for_lock(admin)
        burial = asyncio.create_task(admin.fetch("DELETE FROM worker"))
        await asyncio.sleep(0.1)
        assert not burial.done()
    assert await writing == Committed()
    await burial
    assert await count(admin, "journal") == 2
    await blocker.close()


async def test_a_lost_reply_is_neither_loss_nor_repetition(
    cutter: tuple[Cutter, str], store: Store, admin: Session
) -> None:
    """Reliability M1: twenty replies to a commit lost, twenty times the rows are there once."""
    proxy, dsn = cutter
    far = await Store.open(dsn, notify=False)
    async with a_worker(far) as worker:
        instances = await _many(store, worker, 20)
        for instance in instances:
            proxy.arm(b"SELECT 1\0")
            assert await commit(worker, [moved(instance)]) == Committed()
        assert proxy.cut == 20
    assert await count(admin, "journal") == 40
    assert await count(admin, "journal", "seq = 2") == 20
    await far.close()


async def test_a_lost_reply_to_a_turn_that_consumes_is_no_conflict(
    cutter: tuple[Cutter, str], store: Store, admin: Session
) -> None:
    proxy, dsn = cutter
    far = await Store.open(dsn, notify=False)
    async with a_worker(far) as worker:
        await store.deliver([a_start() for _ in range(3)])
        incoming = (await collect(worker, 10)).incoming
        proxy.arm(b"SELECT 1\0")
        assert await commit(worker, [begun(one) for one in incoming]) == Committed()
    assert proxy.cut == 1
    assert await count(admin, "journal") == 3
    await far.close()


async def test_a_serialization_failure_is_sent_again(
    store: Store, admin: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sessions.ENGINE, "default_transaction_isolation", "repeatable read")
    async with a_worker(store) as worker:
        instance = await parked(store, worker)
        blocker = Session(admin.dsn, {})
        async with blocker.use() as blocking, blocking.transaction():
            await blocking.execute("UPDATE instance SET key = 'changed'")
            writing = asyncio.create_task(commit(worker, [moved(instance, wake_at=LIVE)]))
            await _waits_for_lock(admin)
        assert await writing == Committed()
        await blocker.close()
    assert await count(admin, "journal") == 2
    assert await count(admin, "instance", "key = 'changed' AND wake_at IS NULL") == 1


async def test_a_terminated_session_is_made_again(
    store: Store, worker: Worker, admin: Session
) -> None:
    instance = await parked(store, worker)
    blocker = Session(admin.dsn, {})
    async with blocker.use() as blocking, blocking.transaction():
        await blocking.execute("SELECT FROM instance FOR UPDATE")
        writing = asyncio.create_task(commit(worker, [moved(instance, wake_at=LIVE)]))
        await _waits_for_lock(admin)
        await admin.fetch(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1",
            f"mtd {worker.id}",
        )
    assert await writing == Committed()
    assert await count(admin, "journal") == 2
    await blocker.close()


async def _waits_for_lock(admin: Session) -> None:
    for _ in range(500):
        if await count(admin, "pg_stat_activity", "wait_event_type = 'Lock'"):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("nobody waits for a lock")
