"""Instances begin by themselves: each due time once, whoever looks and however often."""

import asyncio
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from mtd.core.process.compiler.timing import timer
from mtd.core.process.definition import Definition, Event
from mtd.runtime.definitions import beginning
from mtd.runtime.definitions.beginning import Beginning
from mtd.store.arriving.arrival import Accepted, Duplicate
from tests.core.process.sketch import Sketch, message, variable
from tests.runtime.conftest import Founded
from tests.runtime.plant import Plant, named

NEXT = "SELECT next_at FROM schedule WHERE name = 'p'"
STARTS = "SELECT count(*) FROM inbox WHERE definition = 'p@1'"


def scheduled(text: str, missed: str = "one", name: str = "p") -> Definition:
    """A process that begins by a timer and waits for a person."""
    event = Event(kind="timer", schedule=lambda _, now: timer(text, now), missed=missed)
    return begun_by(event, name)


def begun_by(event: Event, name: str = "p") -> Definition:
    """A process that begins by an event and waits for a person."""
    sketch = Sketch()
    sketch.add("startEvent", "start", events=(event,))
    sketch.person("work")
    sketch.chain("start", "work")
    return named(sketch, name)


async def move(plant: Plant, ago: timedelta) -> datetime:
    """As if the next firing had been due so long ago."""
    due = datetime.now(UTC).replace(microsecond=0) - ago
    await plant.rows("UPDATE schedule SET next_at = $1", due)
    return due


def another(plant: Plant) -> Beginning:
    """What a further worker would look with."""
    return plant.app.beginning()


async def test_a_due_time_begins_one_instance_however_many_look(found: Founded) -> None:
    plant: Plant = await found(scheduled("R/PT1H"))
    crowd = [another(plant) for _ in range(8)]
    await asyncio.gather(*(one.register() for one in crowd))
    due = await move(plant, timedelta(seconds=5))
    await asyncio.gather(*(one.begin() for one in crowd))
    await asyncio.gather(*(one.begin() for one in crowd))
    assert await plant.value(STARTS) == 1
    assert await plant.value(NEXT) == due + timedelta(hours=1)


async def test_who_dies_between_beginning_and_saying_so_begins_nothing_twice(
    found: Founded,
) -> None:
    plant: Plant = await found(scheduled("R/PT1H"))
    one = another(plant)
    await one.register()
    due = await move(plant, timedelta(seconds=5))
    await one.begin()
    await plant.rows("UPDATE schedule SET next_at = $1", due)  # as before it said so
    await another(plant).begin()
    assert await plant.value(STARTS) == 1
    assert await plant.value(NEXT) == due + timedelta(hours=1)


async def test_a_worker_begins_it_and_the_instance_knows_when_it_was_due(found: Founded) -> None:
    plant: Plant = await found(scheduled("R/PT1S"))
    async with plant.worker():
        await plant.until("SELECT count(*) >= 2 FROM user_task")
    rows = await plant.rows("SELECT key FROM instance ORDER BY id")
    assert len({row["key"] for row in rows}) == len(rows)
    first = await plant.value(
        "SELECT convert_from(payload, 'UTF8') FROM journal WHERE kind = 'start' ORDER BY at"
    )
    assert f'"scheduled_at":"{rows[0]["key"].removeprefix("p/")}"' in first


@pytest.mark.parametrize(("missed", "begun"), [("one", 1), ("all", 4), ("none", 0)])
async def test_after_downtime(found: Founded, missed: str, begun: int) -> None:
    plant: Plant = await found(scheduled("R/PT1H", missed))
    one = another(plant)
    await one.register()
    due = await move(plant, timedelta(hours=3, minutes=30))
    for _ in range(6):
        await one.begin()
    assert await plant.value(STARTS) == begun
    next_at = await plant.value(NEXT)
    assert next_at > datetime.now(UTC)
    if missed == "all":
        assert next_at == due + timedelta(hours=4)


async def test_none_is_missed_that_is_begun_at_once(found: Founded) -> None:
    plant: Plant = await found(scheduled("R/PT1H", "none"))
    one = another(plant)
    await one.register()
    await move(plant, beginning.PUNCTUAL / 2)
    await one.begin()
    assert await plant.value(STARTS) == 1


async def test_so_often_and_no_more(found: Founded) -> None:
    plant: Plant = await found(scheduled("R2/PT1H"))
    one = another(plant)
    await one.register()
    for _ in range(4):
        if await plant.value(NEXT) is not None:
            await move(plant, timedelta(seconds=1))
        await one.begin()
        await asyncio.sleep(1.1)
    assert await plant.value(STARTS) == 2
    assert await plant.value(NEXT) is None
    await another(plant).register()
    assert await plant.value(NEXT) is None, "a new start of MTD does not begin it anew"


async def test_a_date_that_is_past_begins_nothing(found: Founded) -> None:
    plant: Plant = await found(scheduled("2020-01-01T00:00:00Z"))
    await another(plant).register()
    assert await plant.value("SELECT count(*) FROM schedule") == 1
    assert await plant.value(NEXT) is None


async def test_a_newer_version_ends_it(found: Founded) -> None:
    plant: Plant = await found(scheduled("R/PT1H"))
    one = another(plant)
    await one.register()
    await move(plant, timedelta(seconds=5))
    await plant.rows(
        "INSERT INTO definition (tenant_id, version, name, deployed_by, format, digest, source,"
        " bindings) VALUES (1, 2, 'p', 'x', 'x', '', '', '')"
    )
    assert await one.begin() == 0
    await another(plant).register()
    assert await plant.value("SELECT version FROM schedule") == 1, "who lags changes nothing"


async def test_paused_it_begins_nothing_and_resumed_it_makes_nothing_good(found: Founded) -> None:
    plant: Plant = await found(scheduled("R/PT1H", "all"))
    one = another(plant)
    await one.register()
    async with plant.app.store.door(1) as connection:
        paused = await beginning.beginnings.pause(connection, 1, "p", None, "ana", "inventory")
    assert paused == ["start"]
    await move(plant, timedelta(hours=5))
    assert await one.begin() == 0
    assert await one.resume("p", None) == ["start"]
    assert await plant.value(NEXT) > datetime.now(UTC)
    assert await one.begin() == 0
    assert await one.resume("p", None) == [], "it is not paused any more"


# ---- messages and signals ---------------------------------------------------------------------

SALE = Event(kind="message", name="SaleConfirmed")


async def test_a_message_that_nobody_awaits_begins_one_instance(found: Founded) -> None:
    plant: Plant = await found(begun_by(SALE))
    await another(plant).register()
    sent = {"message_id": "m-1", "payload": b'{"sale": 7}'}
    receipts = await asyncio.gather(
        *(plant.publish("SaleConfirmed", "S-1", 0.0, **sent) for _ in range(6))
    )
    assert sorted(type(r).__name__ for r in receipts) == ["Accepted"] + ["Duplicate"] * 5
    async with plant.worker():
        await plant.until("SELECT count(*) FROM user_task")
    assert await plant.value("SELECT key FROM instance") == "S-1"
    (taken,) = {r.id for r in receipts if isinstance(r, Accepted | Duplicate)}
    assert str(await plant.value("SELECT id FROM instance")) == taken
    assert await plant.value("SELECT count(*) FROM message") == 0


async def test_what_it_brings_becomes_variables_as_the_binding_says(found: Founded) -> None:
    event = msgspec.structs.replace(SALE, payload={"sale": variable("number")})
    plant: Plant = await found(begun_by(event))
    await another(plant).register()
    await plant.publish("SaleConfirmed", "S-1", payload=b'{"number": 7, "noise": 1}')
    async with plant.worker():
        await plant.until("SELECT count(*) FROM user_task")
    record = await plant.value("SELECT convert_from(payload, 'UTF8') FROM journal")
    assert '{"sale":7}' in record
    assert "noise" not in record


async def test_who_awaits_the_message_comes_before_a_start(found: Founded) -> None:
    waiting = Sketch()
    waiting.add("startEvent", "start")
    waiting.add("intermediateCatchEvent", "wait", events=(message("SaleConfirmed", "S-1"),))
    waiting.add("endEvent", "end")
    waiting.chain("start", "wait", "end")
    plant: Plant = await found(begun_by(SALE), named(waiting, "q"))
    await another(plant).register()
    await plant.start("q")
    async with plant.worker():
        await plant.until("SELECT count(*) FROM subscription")
        await plant.publish("SaleConfirmed", "S-1")
        await plant.until_ended(1)
        await plant.publish("SaleConfirmed", "S-1")
        await plant.until("SELECT count(*) FROM user_task")
    assert await plant.value("SELECT count(*) FROM instance WHERE definition = 'p@1'") == 1


async def test_a_signal_begins_one_of_each_that_it_starts(found: Founded) -> None:
    alarm = Event(kind="signal", name="Alarm")
    plant: Plant = await found(begun_by(alarm), begun_by(alarm, "q"))
    await another(plant).register()
    for _ in range(2):
        await plant.publish("Alarm", None, message_id="a-1")
    async with plant.worker():
        await plant.until("SELECT count(*) >= 2 FROM user_task")
    rows = await plant.rows("SELECT definition FROM instance ORDER BY definition")
    assert [row["definition"] for row in rows] == ["p@1", "q@1"]


@pytest.mark.parametrize("kind", ["message", "signal"])
async def test_an_instance_begins_another(found: Founded, kind: str) -> None:
    sender = Sketch()
    sender.add("startEvent", "start")
    thrown = Event(kind=kind, name="Next", payload={"n": variable("n")})
    sender.add("intermediateThrowEvent", "throw", events=(thrown,))
    sender.add("endEvent", "end")
    sender.chain("start", "throw", "end")
    caught = Event(kind=kind, name="Next")
    plant: Plant = await found(named(sender, "s"), begun_by(caught))
    await another(plant).register()
    await plant.start("s", key="K-1")
    async with plant.worker():
        await plant.until("SELECT count(*) FROM user_task")
    rows = await plant.rows("SELECT definition, key FROM instance ORDER BY definition")
    assert [row["definition"] for row in rows] == ["p@1", "s@1"]
    if kind == "message":
        assert rows[0]["key"] == "K-1"


async def test_orders_begin_by_the_intake_alone(found: Founded) -> None:
    plant: Plant = await found(begun_by(msgspec.structs.replace(SALE, name="OrderReceived"), "any"))
    await another(plant).register()
    assert await plant.value("SELECT count(*) FROM starter") == 0
