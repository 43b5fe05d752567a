"""Parked: who waits is known a while, without an order, and only to whom its slot belongs."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from mtd.connectors.contract import Repeat
from mtd.core.process.advance import born
from mtd.core.process.definition import Event
from mtd.core.process.instance import SET_ASIDE, Incident, State
from mtd.runtime.memory.live import Live
from mtd.runtime.memory.parked import Parked
from mtd.runtime.rehearsal.orders.generator import generate
from mtd.store.engine.collecting import Suspicion
from mtd.store.engine.turned import NEVER
from tests.core.process.sketch import Sketch
from tests.runtime.conftest import Founded
from tests.runtime.engine.test_happening import waiting_for
from tests.runtime.plant import Plant, chain, named
from tests.store.making import new_id

CHAIN = chain("any", ["far.do"])
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def waiting(**other: Any) -> Live:
    instance = born(new_id(), CHAIN, "key")
    usual: dict[str, Any] = {
        "instance": instance,
        "definition": CHAIN,
        "began": True,
        "wake_at": NEVER,
    }
    return Live(tenant=1, **(usual | other))


async def test_who_wakes_soon_is_not_read_again_and_its_journal_goes_on(found: Founded) -> None:
    plant: Plant = await found(waiting_for("Paid"))
    plant.connect("near.do", repeat=Repeat.LOCAL)
    id_ = await plant.start("waiting", key="a")
    async with plant.worker():
        await plant.until("SELECT count(*) FROM subscription")
        # Whoever read it now would find a journal with a gap, and leave it alone for ever.
        await plant.rows("DELETE FROM journal WHERE instance_id = $1", id_)
        await plant.publish("Paid", "a")
        await plant.until_ended(1)
    rows = await plant.rows("SELECT seq, kind FROM journal ORDER BY seq")
    assert [tuple(row) for row in rows] == [(2, "received"), (3, "answered")]


async def test_a_clean_stop_leaves_it_to_whoever_comes_next(found: Founded) -> None:
    plant: Plant = await found(waiting_for("Paid"))
    plant.connect("near.do", repeat=Repeat.LOCAL)
    id_ = await plant.start("waiting", key="a")
    async with plant.worker():
        await plant.until("SELECT count(*) FROM subscription")
    async with plant.worker():
        await plant.publish("Paid", "a")
        await plant.until_ended(1)
    assert await plant.kinds(id_) == ["start", "received", "answered"]


@pytest.mark.usefixtures("quick_hearts")
async def test_what_another_worker_moved_meanwhile_is_read_again(found: Founded) -> None:
    sketch = Sketch()
    sketch.add("startEvent", "start")
    for name in ("Paid", "Sent"):
        sketch.add("intermediateCatchEvent", name, events=(Event(kind="message", name=name),))
    sketch.add("endEvent", "end")
    sketch.chain("start", "Paid", "Sent", "end")
    plant: Plant = await found(named(sketch, "twice"))
    async with plant.worker():
        for n in range(30):
            await plant.start("twice", key=str(n))
        await plant.until("SELECT count(*) = 30 FROM subscription")
        async with plant.worker() as second:
            await plant.until("SELECT count(*) = 32 FROM slot WHERE worker = $1", second.id)
            for n in range(30):
                await plant.publish("Paid", str(n))
            await plant.until("SELECT count(*) = 30 FROM subscription WHERE name = 'Sent'")
        await plant.until("SELECT count(*) = 64 FROM slot WHERE worker IN (SELECT id FROM worker)")
        for n in range(30):
            await plant.publish("Sent", str(n))
        await plant.until_ended(30)


def test_its_order_and_what_hands_told_of_it_are_not_kept() -> None:
    parked, live = Parked(), waiting()
    (live.order,) = generate(1, 1, NOW)
    live.alarm_at = NOW
    live.resume[1] = NOW
    parked.keep(live)
    assert parked.take(live.key) is live
    assert (live.order, live.alarm_at, live.resume) == (None, None, {})
    assert parked.take(live.key) is None


def test_who_ended_or_is_in_trouble_or_leaves_is_not_kept() -> None:
    parked = Parked()
    ended = msgspec.structs.replace(waiting().instance, state=State.COMPLETED)
    incident = Incident(1, "", None, None, SET_ASIDE, "broken")
    aside = msgspec.structs.replace(waiting().instance, incidents={1: incident})
    leaving = waiting()
    leaving.leaving = True
    suspect = waiting(suspicion=Suspicion(1, 0))
    for live in (
        *(waiting(instance=ended), waiting(instance=aside), waiting(problem="unknown")),
        *(leaving, suspect),
    ):
        parked.keep(live)
    assert len(parked) == 0


def test_those_that_parked_longest_ago_are_forgotten_first() -> None:
    parked, lives = Parked(count_max=2), [waiting() for _ in range(3)]
    for live in lives:
        parked.keep(live)
    assert [parked.take(live.key) for live in lives] == [None, *lives[1:]]


def test_a_slot_that_goes_takes_its_instances_along() -> None:
    parked, lives = Parked(), [waiting() for _ in range(20)]
    for live in lives:
        parked.keep(live)
    gone = lives[0].slot
    parked.forget(frozenset({gone}))
    assert [parked.take(live.key) is None for live in lives] == [
        live.slot == gone for live in lives
    ]
