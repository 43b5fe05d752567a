"""Depth: a look goes back to the beginning when that is cheap, else to the oldest that is left."""

import asyncio
import os
from collections.abc import Container
from datetime import UTC, datetime, timedelta

import pytest

from mtd.store.engine import depth
from mtd.store.engine.collecting import collect
from mtd.store.engine.depth import LATELY_S, WHOLE_S, WHOLE_SHARE, Depth, Look, Seen
from mtd.store.engine.turned import NEVER
from mtd.store.engine.worker import Worker
from mtd.store.ids import SLOTS, least_id, slot_of, uuid7
from mtd.store.sessions import Session
from mtd.store.store import Store
from tests.store.making import a_start, begun, moved, parked, two_workers, written

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
OLD = NOW - timedelta(minutes=5)
LATELY = NOW - timedelta(seconds=LATELY_S)


@pytest.fixture
def seldom_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks from the beginning are so dear that after one of them there is none for a while."""
    monkeypatch.setattr(depth, "WHOLE_SHARE", 1e-9)


def test_the_first_look_is_a_whole_one() -> None:
    look = Depth().look(0.0)
    assert look.is_whole and look.matched_since is None


@pytest.mark.parametrize(("took_s", "rest_s"), [(0.001, 0.001 / WHOLE_SHARE), (9.0, WHOLE_S)])
def test_a_whole_look_rests_by_what_it_took(took_s: float, rest_s: float) -> None:
    depth = Depth()
    _looked(depth, at_s=100.0, took_s=took_s)
    assert not depth.look(100.0 + took_s + rest_s * 0.99).is_whole
    assert depth.look(100.0 + took_s + rest_s * 1.01).is_whole


def test_a_look_that_is_not_whole_puts_the_next_whole_one_off_for_nothing() -> None:
    depth = Depth()
    _looked(depth, at_s=0.0, took_s=0.1)
    look = _looked(depth, at_s=1.9, took_s=0.1)
    assert not look.is_whole
    assert depth.look(2.2).is_whole


def test_the_next_look_begins_at_the_oldest_that_was_seen() -> None:
    depth = Depth()
    ids = [least_id(OLD + timedelta(seconds=n)) for n in (3, 1, 2)]
    _looked(depth, at_s=0.0, took_s=1.0, arrived=ids, due=[OLD])
    look = depth.look(1.0)
    assert (look.arrived_from, look.due_from) == (ids[1], OLD)


def test_the_next_look_begins_no_later_than_what_may_be_committed_yet() -> None:
    depth = Depth()
    _looked(depth, at_s=0.0, took_s=1.0, arrived=[least_id(NOW)], due=[NOW])
    look = depth.look(1.0)
    assert (look.arrived_from, look.due_from) == (least_id(LATELY), LATELY)


def _looked(
    depth: Depth,
    *,
    at_s: float,
    took_s: float,
    arrived: list[str] | None = None,
    due: list[datetime] | None = None,
) -> Look:
    look = depth.look(at_s)
    seen = Seen(now=NOW, arrived=arrived or [], due=due or [], all_met=True)
    depth.looked(look, seen, at_s + took_s)
    return look


async def test_a_backlog_goes_on_where_the_last_look_left_it(
    store: Store, worker: Worker, seldom_whole: None
) -> None:
    await store.deliver([a_start(id_=_id_of_then()) for _ in range(120)])
    taken = 0
    while incoming := (await collect(worker, 50)).incoming:
        await written(worker, [begun(one) for one in incoming])
        taken += len(incoming)
    assert taken == 120


async def test_what_commits_later_than_nearly_all_comes_with_the_next_whole_look(
    store: Store, worker: Worker, seldom_whole: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    await collect(worker, 10)
    asleep, awoken = await parked(store, worker), await parked(store, worker)
    past = datetime.now(UTC) - timedelta(seconds=LATELY_S + 1)
    await written(worker, [moved(asleep, wake_at=NEVER), moved(awoken, wake_at=past)])
    late = a_start(id_=_id_of_then())
    await store.deliver([late])
    collected = await collect(worker, 10)
    assert not collected.incoming and not collected.wakes
    monkeypatch.setattr(depth, "WHOLE_S", 0.0)
    collected = await collect(worker, 10)
    assert [one.instance for one in collected.incoming] == [late.id]
    assert [one.instance for one in collected.wakes] == [awoken.id]


async def test_what_waits_in_a_slot_that_came_during_a_look_is_found_by_the_next(
    store: Store, seldom_whole: None
) -> None:
    async with two_workers(store) as (one, two):
        start = a_start(id_=_id_of_then(two.slots))
        await store.deliver([start])
        async with one.reading.use():
            looking = asyncio.create_task(collect(one, 10))
            await asyncio.sleep(0)
            await two.retire()
            await one.heartbeat()
        assert not (await looking).incoming
        assert [found.instance for found in (await collect(one, 10)).incoming] == [start.id]


async def test_who_still_sees_what_was_consumed_makes_no_look_longer(
    store: Store, worker: Worker, admin: Session, seldom_whole: None
) -> None:
    """As a backup does, which sees the database for minutes as it was when that began."""
    await store.deliver([a_start(id_=_id_of_then()) for _ in range(600)])
    async with admin.use() as onlooker:
        await onlooker.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        await onlooker.fetch("SELECT FROM inbox LIMIT 1")
        while incoming := (await collect(worker, 200)).incoming:
            await written(worker, [begun(one) for one in incoming])
        assert await _passed_by_a_look_of(worker) < 50
        worker.depth = Depth()
        assert await _passed_by_a_look_of(worker) >= 600
        await onlooker.execute("ROLLBACK")


def _id_of_then(slots: Container[int] = range(SLOTS)) -> str:
    """A UUIDv7 of a minute ago, of an instance that belongs to one of `slots`."""
    then = datetime.now(UTC) - timedelta(minutes=1)
    return next(id_ for _ in range(10_000) if slot_of(id_ := uuid7(then, os.urandom(10))) in slots)


async def _passed_by_a_look_of(worker: Worker) -> int:
    """How many entries of the inbox's index a look goes through."""
    sql = "SELECT idx_tup_read AS n FROM pg_stat_user_indexes WHERE indexrelname = 'inbox_pkey'"

    async def passed() -> int:
        await worker.reading.fetch("SELECT pg_stat_force_next_flush()")
        return (await worker.keeping.fetch(sql))[0]["n"]

    before = await passed()
    await collect(worker, 10)
    return await passed() - before
