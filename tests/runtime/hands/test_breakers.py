"""Breakers: what workers say of theirs, and people's word that closes one in all of them."""

import asyncio
from typing import Any

from mtd.connectors.contract import Attempt
from mtd.connectors.wire import Wire
from mtd.core.process.outcome import Answer, Done, Failed
from mtd.store.operations import breakers
from tests.runtime.conftest import Founded
from tests.runtime.plant import Plant, a_legacy, chain

LONG_S = 3_600.0
STATES = "SELECT count(*) = $1 FROM breaker WHERE state = 'open' AND legacy = 'dead'"


async def _a_dead_one(found: Founded, dead: asyncio.Event, **more: Any) -> Plant:
    """A plant whose system fails until it is mended; a breaker stays open by itself for an hour."""

    async def dying(_: Attempt, wire: Wire) -> Answer:
        await asyncio.sleep(0)
        wire.sound = not dead.is_set()
        return Failed("no connection") if dead.is_set() else Done()

    usual = {"breaker_failures": 2, "breaker_open_s": LONG_S, "concurrency_max": 2}
    plant: Plant = await found(
        chain("sick", ["dead.do"]), legacy={"dead": a_legacy(**(usual | more)), "live": a_legacy()}
    )
    plant.connect("dead.do", dying)
    return plant


async def _close(plant: Plant) -> None:
    async with plant.app.store.door(1) as connection:
        await breakers.close(connection, 1, "dead", actor="ana", reason="they mended it")


async def _due(plant: Plant) -> None:
    """Who was put off for an hour looks again now."""
    await plant.rows(
        "UPDATE instance SET wake_at = now() WHERE wake_at > now() AND wake_at < 'infinity'"
    )


async def test_somebody_s_word_closes_it_and_the_orders_flow_on(found: Founded) -> None:
    dead = asyncio.Event()
    dead.set()
    plant = await _a_dead_one(found, dead)
    for _ in range(12):
        await plant.start("sick")
    async with plant.worker():
        await plant.until(STATES, 1)
        await plant.until("SELECT count(*) = 12 FROM instance WHERE wake_at > now()")
        async with plant.app.store.door(1) as connection:
            [one] = await breakers.opened(connection)
        assert (one.legacy, one.state, one.failures >= 2) == ("dead", "open", True)
        made = len(plant.seen["dead.do"])
        dead.clear()
        await _due(plant)
        await plant.until("SELECT count(*) = 12 FROM instance WHERE wake_at > now()")
        assert len(plant.seen["dead.do"]) == made, "open, it lets nobody through"
        await _close(plant)
        await plant.until("SELECT count(*) = 0 FROM breaker")
        await _due(plant)
        await plant.until_ended(12)
    async with plant.app.store.door(1) as connection:
        assert (await breakers.last(connection, 1))["dead"].actor == "ana"


async def test_closed_before_what_still_fails_it_opens_again_and_workers_speak_for_themselves(
    found: Founded,
) -> None:
    dead = asyncio.Event()
    dead.set()
    plant = await _a_dead_one(found, dead)
    for _ in range(24):
        await plant.start("sick")
    async with plant.worker() as first:
        await plant.until(STATES, 1)
        since = await plant.value("SELECT since FROM breaker")
        await _close(plant)
        await plant.until("SELECT count(*) = 0 FROM breaker")
        await _due(plant)
        await plant.until("SELECT count(*) = 1 FROM breaker WHERE since > $1", since)
        await first.kill()
        await plant.rows("UPDATE worker SET lease_until = now() - interval '1 second'")
        async with plant.app.store.door(1) as connection:
            assert not await breakers.opened(connection), "the dead say nothing"


async def test_what_was_closed_before_a_worker_began_is_none_of_its_affairs(
    found: Founded,
) -> None:
    dead = asyncio.Event()
    dead.set()
    plant = await _a_dead_one(found, dead)
    await _close(plant)
    for _ in range(6):
        await plant.start("sick")
    async with plant.worker():
        await plant.until(STATES, 1)
        made = len(plant.seen["dead.do"])
        for _ in range(3):
            await asyncio.sleep(1.0)  # looks, in each of which it could have been closed anew
        assert await plant.value("SELECT count(*) FROM breaker") == 1
        assert len(plant.seen["dead.do"]) == made


async def test_once_its_time_is_up_it_is_half_open_while_one_probes(found: Founded) -> None:
    gate, dead = asyncio.Event(), asyncio.Event()
    dead.set()
    plant = await _a_dead_one(found, dead, breaker_open_s=0.5, concurrency_max=1)

    async def slow(_: Attempt, wire: Wire) -> Answer:
        if len(plant.seen["dead.do"]) > 2:
            await gate.wait()
            return Done()
        wire.sound = False
        return Failed("no connection")

    plant.connect("dead.do", slow)
    for _ in range(6):
        await plant.start("sick")
    async with plant.worker():
        await plant.until("SELECT count(*) = 1 FROM breaker WHERE state = 'half_open'")
        gate.set()
        await plant.until("SELECT count(*) = 0 FROM breaker")
        await _due(plant)
        await plant.until_ended(6)
