"""Several workers: slots are shared and handed over, the dead are followed, nothing is lost."""

import asyncio
import os
import signal
import sys
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from mtd.connectors.contract import Attempt, Repeat
from mtd.connectors.wire import Wire
from mtd.core.process.outcome import Answer, Done
from tests.runtime.conftest import Founded
from tests.runtime.plant import Killed, Plant, a_legacy, chain
from tests.store.making import Cutter

pytestmark = pytest.mark.usefixtures("quick_hearts")
SHARED = """
SELECT count(*) = 2 FROM (SELECT FROM slot GROUP BY worker HAVING count(*) = 32) AS s
"""


async def test_two_workers_share_and_nothing_is_lost_when_one_comes_or_goes(
    found: Founded,
) -> None:
    async def brief(_: Attempt, __: Wire) -> Answer:
        await asyncio.sleep(0.02)
        return Done()

    plant: Plant = await found(
        chain("three", ["far.do"] * 3), legacy={"far": a_legacy(concurrency_max=20)}
    )
    plant.connect("far.do", brief, Repeat.NEVER)
    await plant.orders("three", 200)
    async with plant.worker():
        await plant.until("SELECT count(*) > 60 FROM journal")
        async with plant.worker():
            await plant.until(SHARED)
            await plant.orders("three", 200, seed=2)
            await plant.until("SELECT count(*) > 800 FROM journal")
        await plant.until_ended(400)
    assert len(plant.seen["far.do"]) == 1200
    assert len({attempt.key for attempt in plant.seen["far.do"]}) == 1200
    assert await plant.value("SELECT count(*) FROM journal") == 1600
    assert not await plant.value("SELECT count(*) FROM incident")
    assert await plant.value("SELECT count(*) FROM turn WHERE worker IS NOT NULL") > 0


@pytest.mark.parametrize("repeat", [Repeat.BY_KEY, Repeat.QUERYABLE, Repeat.NEVER])
async def test_calls_of_the_dead_are_repeated_as_their_connector_allows(
    found: Founded, repeat: Repeat
) -> None:
    gate = asyncio.Event()

    async def held(_: Attempt, __: Wire) -> Answer:
        await gate.wait()
        return Done()

    plant: Plant = await found(chain("one", ["far.do"]), legacy={"far": a_legacy(timeout_s=0.7)})
    plant.connect("far.do", held, repeat)
    id_ = await plant.start("one")
    async with AsyncExitStack() as workers:
        first = await workers.enter_async_context(plant.worker())
        await plant.until_seen("far.do", 1)
        await workers.enter_async_context(plant.worker())
        before_s = asyncio.get_running_loop().time()
        await plant.take_over(first)
        if repeat is Repeat.NEVER:
            await plant.until("SELECT count(*) FROM incident")
            assert await plant.code(id_) == "IN_DOUBT"
            assert len(plant.seen["far.do"]) == 1
            gate.set()
            await plant.retry(id_)
        else:
            await plant.until_seen("far.do", 2)
            passed_s = asyncio.get_running_loop().time() - before_s
            assert (passed_s > 0.7) is (repeat is Repeat.QUERYABLE)
            gate.set()
        await plant.until_ended(1)
    sent, again = plant.seen["far.do"]
    assert (sent.sent_before, again.sent_before) == (False, True)
    assert (sent.key, sent.inputs, sent.number) == (again.key, again.inputs, again.number)


async def test_a_buried_worker_forgets_everything_and_begins_anew(found: Founded) -> None:
    async def slow(_: Attempt, __: Wire) -> Answer:
        await asyncio.sleep(0.2)
        return Done()

    plant: Plant = await found(chain("two", ["far.do"] * 2), legacy={"far": a_legacy()})
    plant.connect("far.do", slow)
    async with plant.worker() as buried:
        for _ in range(20):
            await plant.start("two")
        await plant.until("SELECT count(*) > 5 FROM journal")
        await plant.rows("UPDATE slot SET worker = NULL")
        await plant.rows("DELETE FROM worker WHERE id = $1", buried.id)
        await plant.until("SELECT count(*) FROM worker WHERE id <> $1", buried.id)
        await plant.until_ended(20)
    assert len({attempt.key for attempt in plant.seen["far.do"]}) == 40


async def test_a_poison_instance_is_set_aside_after_three_deaths_and_the_others_end(
    found: Founded,
) -> None:
    async def poison(attempt: Attempt, _: Wire) -> Answer:
        if attempt.inputs:
            return Done()
        raise Killed

    plant: Plant = await found(chain("deadly", ["near.die"]), chain("harmless", ["near.do"] * 5))
    plant.connect("near.die", poison, Repeat.LOCAL)
    plant.connect("near.do", repeat=Repeat.LOCAL)
    await plant.orders("harmless", 10)
    deadly = await plant.start("deadly")
    deaths = 0
    while not await plant.code(deadly):
        assert deaths < 7
        async with plant.worker() as victim:
            while not victim.task.done() and not await plant.code(deadly):
                await plant.rows("UPDATE worker SET since = now() - interval '1 min'")
                await asyncio.sleep(0.02)
            if victim.task.done():
                deaths += 1
                await plant.expire(victim.id)
    assert deaths == 5  # two adoptions that blame nobody, then three trials
    assert await plant.code(deadly) == "ENGINE_FAILURE"
    async with plant.worker():
        await plant.orders("harmless", 10, seed=2)
        await plant.until_ended(20)
    assert await plant.value("SELECT count(*) FROM incident") == 1
    assert await plant.value("SELECT count(*) FROM suspect") == 1


async def test_a_lost_reply_to_a_commit_repeats_nothing(
    found: Founded,
    cutter: tuple[Cutter, str],
) -> None:
    proxy, dsn = cutter
    plant: Plant = await found(chain("ten", ["near.do"] * 10), dsn=dsn)
    plant.connect("near.do", repeat=Repeat.LOCAL)
    await plant.orders("ten", 5)
    async with plant.worker():
        for n in range(3):
            proxy.arm(b"SELECT 1\0")
            await plant.orders("ten", 5, seed=n + 2)
            await plant.until_ended(5 * (n + 2))
    assert proxy.cut >= 1
    assert await plant.value("SELECT count(*) FROM journal") == 220
    assert len({attempt.key for attempt in plant.seen["near.do"]}) == 200


async def test_a_killed_process_is_followed_by_another(
    found: Founded, database: str, tmp_path: Path
) -> None:
    """kill -9 in the midst of 300 instances, with leases as long as in production."""
    effects = tmp_path / "effects"
    effects.mkdir()

    async def effect(attempt: Attempt, _: Wire) -> Answer:
        (effects / attempt.key.replace(":", "-")).touch()
        return Done()

    plant: Plant = await found(chain("three", ["far.do"] * 3), legacy={"far": a_legacy()})
    plant.connect("far.do", effect)
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        *(str(Path(__file__).with_name("child_worker.py")), database, str(effects)),
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    await plant.until("SELECT count(*) = 64 FROM slot WHERE worker IS NOT NULL")
    await plant.orders("three", 300)
    await plant.until("SELECT count(*) > 300 FROM journal")
    os.kill(child.pid, signal.SIGKILL)
    await child.wait()
    killed_s = asyncio.get_running_loop().time()
    left = await plant.value("SELECT count(*) FROM instance WHERE state = 'COMPLETED'")
    assert left < 300
    async with plant.worker():
        await plant.until_ended(300)
    assert asyncio.get_running_loop().time() - killed_s < 22.0
    assert await plant.value("SELECT count(*) FROM journal WHERE kind <> 'adopted'") == 1200
    assert len(list(effects.iterdir())) == 900
    assert not await plant.value("SELECT count(*) FROM incident")
