"""Correlation on a real database: early, late and repeated messages, and races between them."""

import asyncio
from datetime import UTC, datetime

import pytest

from mtd.core.process.definition import Definition
from mtd.runtime.engine import working
from mtd.runtime.operations import correlating
from mtd.runtime.operations.correlating import explained
from mtd.runtime.operations.operations import NotFound, Operations
from mtd.store.arriving.arrival import Accepted, Changed, Duplicate, Unheard
from mtd.store.arriving.messages import Candidate, Message
from mtd.store.engine.housekeeping import expire_messages
from tests.core.process.sketch import Sketch, message
from tests.runtime.conftest import Founded
from tests.runtime.plant import Plant, named
from tests.store.making import new_id

AT = datetime(2026, 11, 27, 12, tzinfo=UTC)


def awaiting(name: str = "Paid", key: str = "K-1", process: str = "p") -> Definition:
    """A process that awaits one message and ends."""
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.add("intermediateCatchEvent", "wait", events=(message(name, key),))
    sketch.add("endEvent", "end")
    sketch.chain("start", "wait", "end")
    return named(sketch, process)


async def looking(plant: Plant) -> Operations:
    """What the faces ask."""
    return Operations(plant.app, 1, await plant.app.receiving())


async def give_up(plant: Plant) -> int:
    """The time to live of every message is over, and somebody tidies; how many it were."""
    await plant.rows("UPDATE message SET expires_at = now() - interval '1 s'")
    worker = await plant.app.store.enroll("tidy", new_id())
    try:
        return await expire_messages(worker)
    finally:
        await worker.retire()
        await worker.close()


async def awaited(plant: Plant, count: int = 1) -> None:
    await plant.until("SELECT count(*) >= $1 FROM subscription", count)


# ---- early, late, repeated ---------------------------------------------------------------------


async def test_an_early_message_waits_and_is_taken(found: Founded) -> None:
    plant: Plant = await found(awaiting())
    assert isinstance(await plant.publish("Paid", "K-1", message_id="m-1"), Accepted)
    operations = await looking(plant)
    early = await correlating.inspect(operations, "m-1", "test")
    assert early.message.state == "WAITING"
    assert early.words[1].startswith("nobody awaited any 'Paid'")
    await plant.start("p")
    async with plant.worker():
        await plant.until_ended(1)
    taken = await correlating.inspect(operations, "m-1", "test")
    assert (taken.message.state, taken.words) == ("TAKEN", ["an instance that awaited it took it"])


async def test_a_late_message_is_given_up_and_says_that_the_wait_was_over(found: Founded) -> None:
    plant: Plant = await found(awaiting())
    await plant.start("p")
    async with plant.worker():
        await awaited(plant)
        await plant.publish("Paid", "K-1")
        await plant.until_ended(1)
        late = await plant.publish("Paid", "K-1", message_id="late")
        assert isinstance(late, Accepted), "it may wait"
    assert await give_up(plant) == 1
    operations = await looking(plant)
    (given_up,) = await correlating.listing(operations, waiting=False, below=None, limit=10)
    assert (given_up.state, given_up.source, given_up.message_id) == ("EXPIRED", "test", "late")
    told = await correlating.inspect(operations, given_up.id)
    assert "was given up at" in told.words[0]


async def test_one_that_may_not_wait_is_refused_and_says_whose_key_differed(found: Founded) -> None:
    plant: Plant = await found(awaiting(key="K-1"))
    instance = await plant.start("p", key="CL/paris/web/1")
    async with plant.worker():
        await awaited(plant)
        refused = await plant.publish("Paid", "k-1 ", 0.0, message_id="m")
        assert isinstance(refused, Unheard)
    told = await correlating.inspect(await looking(plant), refused.id)
    assert told.message.state == "NOBODY_AWAITS"
    assert told.tried[0].instance == instance
    assert told.words[1] == (
        f"tried: instance {instance} awaits 'Paid' with key 'K-1'; "
        "the key of the message is 'k-1 ': only case or blanks differ"
    )


async def test_who_came_to_await_it_only_then_is_named(found: Founded) -> None:
    plant: Plant = await found(awaiting())
    refused = await plant.publish("Paid", "K-1", 0.0)
    assert isinstance(refused, Unheard)
    await plant.start("p")
    async with plant.worker():
        await awaited(plant)
    told = await correlating.inspect(await looking(plant), refused.id)
    assert told.tried == []
    assert "awaits this very name and key since" in told.words[-1]


async def test_a_repeated_message_is_taken_once(found: Founded) -> None:
    plant: Plant = await found(awaiting(), awaiting(process="q"))
    await plant.start("p")
    await plant.start("q")
    async with plant.worker():
        await awaited(plant, 2)
        receipts = [await plant.publish("Paid", "K-1", message_id="m-1") for _ in range(3)]
        await plant.until_ended(1)
        again = await plant.publish("Paid", "K-1", message_id="m-1")
        other = await plant.publish("Paid", "K-1", message_id="m-1", payload=b'{"n": 2}')
    assert [type(receipt) for receipt in receipts] == [Accepted, Duplicate, Duplicate]
    assert isinstance(again, Duplicate)
    assert isinstance(other, Changed), "another content under the same id is no repetition"
    ended = await plant.value("SELECT count(*) FROM instance WHERE state = 'COMPLETED'")
    assert ended == 1, "of several candidates the one that waits longest takes it"


# ---- races -------------------------------------------------------------------------------------


async def test_messages_and_waits_that_come_at_once_all_meet(found: Founded) -> None:
    """Neither is checked when the other is written: whoever comes second finds the first."""
    keys = [f"K-{n}" for n in range(40)]
    plant: Plant = await found(*(awaiting(key=key, process=f"p{key}") for key in keys))
    async with plant.worker(), plant.worker():
        await asyncio.gather(
            *(plant.start(f"p{key}") for key in keys),
            *(plant.publish("Paid", key) for key in keys),
        )
        await plant.until_ended(len(keys))
    assert await plant.value("SELECT count(*) FROM message") == 0
    assert await plant.value("SELECT count(*) FROM undelivered") == 0


async def test_one_message_and_many_who_await_it(found: Founded) -> None:
    plant: Plant = await found(*(awaiting(process=f"p{n}") for n in range(12)))
    for n in range(12):
        await plant.start(f"p{n}")
    async with plant.worker(), plant.worker():
        await awaited(plant, 12)
        await asyncio.gather(*(plant.publish("Paid", "K-1") for _ in range(5)))
        await plant.until_ended(5)
        await asyncio.sleep(0.5)
        ended = await plant.value("SELECT count(*) FROM instance WHERE state = 'COMPLETED'")
    assert ended == 5, "each message is taken by one"


async def test_a_broadcast_is_taken_by_all_who_await_it(found: Founded) -> None:
    plant: Plant = await found(*(awaiting(process=f"p{n}") for n in range(4)))
    for n in range(4):
        await plant.start(f"p{n}")
    async with plant.worker():
        await awaited(plant, 4)
        for _ in range(2):
            await plant.publish("Paid", "K-1", broadcast=True, message_id="b-1")
        await plant.until_ended(4)
    assert await plant.value("SELECT count(*) FROM message") == 0


async def test_giving_up_and_taking_at_once_is_one_of_the_two(found: Founded) -> None:
    plant: Plant = await found(awaiting())
    for _ in range(10):
        await plant.publish("Paid", "K-1")
        await plant.start("p")
    async with plant.worker():
        await give_up(plant)
        await asyncio.sleep(0.5)
    taken = await plant.value("SELECT count(*) FROM instance WHERE state = 'COMPLETED'")
    left = await plant.value("SELECT count(*) FROM undelivered")
    assert (taken + left, await plant.value("SELECT count(*) FROM message")) == (10, 0)


# ---- words -------------------------------------------------------------------------------------


def test_names_near_to_it_are_offered() -> None:
    words = explained(_message("Delivred"), [], [], ["Delivered", "Paid"])
    assert words[-1] == "nobody awaited any 'Delivred'; awaited names near to it: Delivered"


def test_a_key_within_another_is_pointed_at() -> None:
    other = Candidate(instance="i", wait=3, key="S-17", since=AT, business_key="CL/1")
    words = explained(_message("Delivered"), [other], [], [])
    assert words[-1].startswith("tried: instance i (CL/1) awaits 'Delivered' with key 'S-17'")
    assert words[-1].endswith("'S-1': one contains the other")


async def test_what_never_came_is_not_found(found: Founded) -> None:
    plant: Plant = await found(awaiting())
    for name in ("m-9", new_id()):
        with pytest.raises(NotFound):
            await correlating.inspect(await looking(plant), name)


def _message(name: str) -> Message:
    return Message(
        id="m", state="EXPIRED", at=AT, expires_at=None, given_up_at=AT, name=name, key="S-1",
        source="rest", message_id="x", tried="[]",
    )  # fmt: skip


# ---- what a worker and the meters do about it --------------------------------------------------


async def test_a_worker_sets_aside_what_nobody_took(
    found: Founded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "TIDY_S", 0.1)
    plant: Plant = await found(awaiting())
    await plant.publish("Paid", "K-9", 0.05)
    await plant.rows("UPDATE message SET expires_at = now()")
    async with plant.worker():
        await plant.until("SELECT count(*) FROM undelivered WHERE reason = 'EXPIRED'")
    counted = plant.app.meters.registry.get_sample_value("mtd_messages_expired_total")
    assert counted == 1.0


async def test_what_became_of_messages_is_counted_by_the_names_that_settings_know(
    found: Founded,
) -> None:
    plant: Plant = await found(awaiting())
    operations = await looking(plant)
    for _ in range(2):
        await operations.publish("Made up by a client", "K", {}, "m-1", ttl_s=60.0)
    sample = plant.app.meters.registry.get_sample_value
    for outcome in ("accepted", "duplicate"):
        assert sample("mtd_messages_total", {"name": "other", "outcome": outcome}) == 1.0
