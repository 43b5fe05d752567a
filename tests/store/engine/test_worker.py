"""Workers: slots are shared out, handed over and inherited, and the dead write nothing."""

import asyncio
import os
import signal
import sys
from pathlib import Path

from mtd.store.engine.collecting import Suspicion, collect, live
from mtd.store.engine.committing import Committed, commit
from mtd.store.engine.loading import load
from mtd.store.engine.turned import LIVE
from mtd.store.engine.worker import Fenced, Standing, Worker
from mtd.store.ids import SLOTS, slot_of
from mtd.store.sessions import Session
from mtd.store.store import Store
from tests.store.making import (
    a_start,
    a_worker,
    begun,
    count,
    id_in,
    moved,
    new_id,
    overdue,
    parked,
    two_workers,
    written,
)

ALL = frozenset(range(SLOTS))


async def test_one_worker_has_everything_and_hands_half_over(store: Store) -> None:
    async with a_worker(store, "one") as one:
        assert one.slots == ALL
        assert one.holds()
        async with a_worker(store, "two") as two:
            assert two.slots == frozenset()
            standing = await one.heartbeat()
            assert isinstance(standing, Standing)
            assert (standing.workers, len(standing.surplus)) == (2, 32)
            await one.release(standing.surplus)
            gained = await two.heartbeat()
            assert isinstance(gained, Standing)
            assert gained.gained == standing.surplus == two.slots
            assert one.slots | two.slots == ALL


async def test_what_was_handed_over_is_the_others(store: Store) -> None:
    async with a_worker(store, "one") as one:
        instance = await parked(store, one, start=a_start(id_=id_in(range(32, 64))))
        (instance,) = await written(one, [moved(instance, wake_at=LIVE)])
        async with a_worker(store, "two") as two:
            standing = await one.heartbeat()
            assert isinstance(standing, Standing)
            await one.release(standing.surplus)
            gained = await two.heartbeat()
            assert isinstance(gained, Standing)
            (there,) = await live(two, gained.gained)
            assert (there.instance, there.suspicion) == (instance.id, None)
            (loaded,) = await load(two, [(1, instance.id)])
            assert await commit(two, [moved(loaded.instance)]) == Committed()


async def test_who_asks_a_moment_too_late_does_not_get_the_slot(
    store: Store, admin: Session
) -> None:
    worker = await store.enroll("one", new_id())
    async with admin.use() as connection, connection.transaction():
        await connection.execute("UPDATE slot SET worker = $1 WHERE slot < 32", new_id())
        asking = asyncio.create_task(worker.heartbeat())
        await asyncio.sleep(0.2)
        assert not asking.done()
    await asking
    assert worker.slots == frozenset(range(32, 64))
    await worker.close()


async def test_a_heartbeat_under_way_does_not_take_back_what_is_released(store: Store) -> None:
    async with two_workers(store) as (one, _):
        standing, _ = await asyncio.gather(one.heartbeat(), one.release(range(16)))
        assert isinstance(standing, Standing)
        assert one.slots == frozenset(range(16, 32))


async def test_who_ends_by_its_own_will_leaves_nothing_to_bury(
    store: Store, admin: Session
) -> None:
    async with a_worker(store) as worker:
        await worker.retire()
        assert not worker.holds()
    assert await count(admin, "worker") == 0
    assert await count(admin, "slot", "worker IS NULL") == SLOTS


async def test_the_dead_are_buried_and_inherited(store: Store, admin: Session) -> None:
    async with two_workers(store) as (one, two):
        instance = await parked(store, two, start=a_start(id_=id_in(range(32, 64))))
        (instance,) = await written(two, [moved(instance, wake_at=LIVE)])
        await overdue(admin, two)
        standing = await one.heartbeat()
        assert isinstance(standing, Standing)
        assert standing.overdue == (two.id,)
        assert await one.bury(two.id) == frozenset(range(32, 64))
        assert one.slots == ALL
        assert isinstance(await commit(two, [moved(instance)]), Fenced)
        assert isinstance(await two.heartbeat(), Fenced)
        assert not two.holds()
        (there,) = await live(one, range(32, 64))
        assert (there.instance, there.suspicion) == (instance.id, Suspicion(1, 0))
        (loaded,) = await load(one, [(1, instance.id)])
        assert loaded.instance == instance
        innocent = moved(loaded.instance, wake_at=LIVE, acquitted=True)
        assert await commit(one, [innocent]) == Committed()
        assert await count(admin, "suspect") == 0


async def test_the_living_are_not_buried(store: Store) -> None:
    async with two_workers(store) as (one, two):
        assert await one.bury(two.id) is None
        assert isinstance(await two.heartbeat(), Standing)


async def test_after_an_outage_nobody_is_buried_at_once(store: Store, admin: Session) -> None:
    """Every lease lapsed: the first to come back must not bury the others."""
    async with two_workers(store) as (one, two):
        await admin.fetch(
            "UPDATE worker SET since = now() - interval '1 h', lease_until = now() - interval '1 s'"
        )
        standing = await one.heartbeat()
        assert isinstance(standing, Standing)
        assert standing.overdue == (two.id,)
        assert await one.bury(two.id) is None
        back = await two.heartbeat()
        assert isinstance(back, Standing)
        assert back.overdue == ()


async def test_a_frozen_worker_is_buried_and_writes_nothing_when_it_thaws(
    store: Store, admin: Session, database: str
) -> None:
    """SIGSTOP in the middle of a commit: its session holds the fence until it is terminated."""
    async with a_worker(store, "one") as one:
        script = Path(__file__).with_name("frozen_worker.py")
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            str(script),
            database,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        assert child.stdin is not None and child.stdout is not None
        frozen_id = (await child.stdout.readline()).decode().strip()
        os.kill(child.pid, signal.SIGSTOP)
        frozen = Worker("", "frozen", frozen_id)
        await overdue(admin, frozen)
        async with asyncio.timeout(5):
            assert await one.bury(frozen_id) is not None
        os.kill(child.pid, signal.SIGCONT)
        child.stdin.write(b"\n")
        await child.stdin.drain()
        assert (await child.stdout.readline()).decode().strip() == "Fenced"
        await child.wait()
    assert await count(admin, "journal") == 0


async def test_only_a_death_that_bears_the_mark_counts(store: Store, admin: Session) -> None:
    async with a_worker(store, "undertaker") as undertaker:
        guilty, innocent = a_start(), a_start()
        await store.deliver([guilty, innocent])
        for deaths in range(1, 4):
            async with a_worker(store, "victim") as victim:
                await admin.fetch("UPDATE slot SET worker = $1", victim.id)
                assert await victim.mark(1, guilty.id)
                await overdue(admin, victim)
                await undertaker.heartbeat()
                assert await undertaker.bury(victim.id) == ALL
                assert not await victim.mark(1, guilty.id)
            found = {i.instance: i.suspicion for i in (await collect(undertaker, 10)).incoming}
            assert found == {
                guilty.id: Suspicion(deaths, deaths),
                innocent.id: Suspicion(deaths, 0),
            }


async def test_a_mark_that_was_taken_off_blames_nobody(store: Store, admin: Session) -> None:
    async with two_workers(store) as (one, two):
        start = a_start(id_=id_in(range(32, 64)))
        await store.deliver([start])
        assert await two.mark(1, start.id)
        assert await two.unmark()
        await overdue(admin, two)
        await one.heartbeat()
        await one.bury(two.id)
        (incoming,) = (await collect(one, 10)).incoming
        assert incoming.suspicion == Suspicion(1, 0)
        await written(one, [begun(incoming, acquitted=True)])
        assert await count(admin, "suspect") == 0


def test_slots_are_met_evenly() -> None:
    met = [0] * SLOTS
    for _ in range(64 * 200):
        met[slot_of(id_in(range(64)))] += 1
    assert min(met) > 130 and max(met) < 280
