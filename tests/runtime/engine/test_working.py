"""One worker at its work: steps, states, retries, messages, people, incidents, a clean stop."""

import asyncio

import pytest

from mtd.connectors.contract import Attempt, Repeat
from mtd.connectors.wire import Wire
from mtd.core.process.definition import Person, Service
from mtd.core.process.outcome import Answer, Done, Failed, Refused, Unknown
from mtd.store import switches
from tests.core.process.sketch import Sketch, variable
from tests.runtime.conftest import Founded
from tests.runtime.plant import Plant, a_legacy, chain, named

STATES = (
    "VALIDATED", "PAYMENT_CONFIRMED", "DTE_ISSUANCE", "INVOICED", "IN_FULFILLMENT",
    "DISPATCHED", "DELIVERED", "CLOSED",
)  # fmt: skip


async def test_ten_steps_are_eleven_rows_and_the_order_follows(found: Founded) -> None:
    ten = chain("ten", ["near.do"] * 5 + ["far.do"] * 5, ("RECEIVED", "RECEIVED", *STATES))
    plant: Plant = await found(ten, legacy={"far": a_legacy()})
    plant.connect("near.do", repeat=Repeat.LOCAL)
    plant.connect("far.do")
    ids = await plant.orders("ten", 30)
    async with plant.worker():
        await plant.until_ended(30)
    rows = await plant.rows("SELECT instance_id::text, count(*) FROM journal GROUP BY 1")
    assert {row[0]: row[1] for row in rows} == dict.fromkeys(ids, 11)
    (order,) = await plant.rows("SELECT DISTINCT state, reached, resume FROM purchase_order")
    assert order["state"] == "CLOSED" and order["resume"] is None
    assert order["reached"] == " ".join(reversed(("RECEIVED", *STATES)))
    assert len({attempt.key for attempt in plant.seen["far.do"]}) == 150
    assert all(attempt.order is not None for attempt in plant.seen["near.do"])
    assert plant.app.meters.steps._value.get() == 330  # pyright: ignore[reportPrivateUsage]


async def test_a_state_that_may_not_follow_is_an_incident(found: Founded) -> None:
    gate = asyncio.Event()

    async def held(_: Attempt, __: Wire) -> Answer:
        await gate.wait()
        return Done()

    odd = chain("odd", ["near.do", "far.do"], ("DELIVERED", "VALIDATED"))
    plant: Plant = await found(odd, legacy={"far": a_legacy()})
    plant.connect("near.do", repeat=Repeat.LOCAL)
    plant.connect("far.do", held)
    (id_,) = await plant.orders("odd", 1)
    async with plant.worker():
        await plant.until_seen("far.do", 1)
        assert await plant.code(id_) == "ILLEGAL_STATE"
        (order,) = await plant.rows("SELECT state, resume FROM purchase_order")
        assert (order["state"], order["resume"]) == ("EXCEPTION", "VALIDATED")
        gate.set()
        await plant.until_ended(1)


async def test_attempts_are_repeated_with_back_off_and_say_what_went_before(
    found: Founded,
) -> None:
    answers: list[Answer] = [Failed("busy"), Unknown("half an answer"), Done({"n": 1})]

    async def moody(_: Attempt, __: Wire) -> Answer:
        return answers.pop(0)

    plant: Plant = await found(chain("one", ["far.do"]), legacy={"far": a_legacy()})
    plant.connect("far.do", moody)
    id_ = await plant.start("one")
    async with plant.worker():
        await plant.until_ended(1)
    attempts = plant.seen["far.do"]
    assert [(a.number, a.sent_before) for a in attempts] == [(1, False), (2, False), (3, True)]
    assert len({a.key for a in attempts}) == 1
    assert await plant.kinds(id_) == ["start", "answered", "answered", "answered"]


async def test_a_long_back_off_is_waited_out_in_the_database(found: Founded) -> None:
    answers: list[Answer] = [Failed("come back", retry_after_s=1.6), Done()]

    async def later(_: Attempt, __: Wire) -> Answer:
        return answers.pop(0)

    plant: Plant = await found(chain("one", ["far.do"]), legacy={"far": a_legacy()})
    plant.connect("far.do", later)
    await plant.start("one")
    async with plant.worker():
        await plant.until("SELECT wake_at > now() + interval '1 s' FROM instance")
        await plant.until_ended(1)


async def test_a_connector_that_breaks_or_is_missing_ends_in_an_incident(found: Founded) -> None:
    async def broken(_: Attempt, __: Wire) -> Answer:
        raise ZeroDivisionError("a secret of the order")

    plant: Plant = await found(
        chain("breaks", ["far.do"]),
        chain("nobody", ["far.other"]),
        chain("nowhere", ["moon.do"]),
        chain("waits", ["near.do"]),
        legacy={"far": a_legacy()},
    )
    plant.connect("far.do", broken)
    plant.connect("moon.do")

    async def sleepy(_: Attempt, __: Wire) -> Answer:
        await asyncio.sleep(1)
        return Done()

    plant.connect("near.do", sleepy, Repeat.LOCAL)
    ids = [await plant.start(name) for name in ("breaks", "nobody", "nowhere", "waits")]
    async with plant.worker():
        await plant.until("SELECT count(*) = 4 FROM incident")
    for id_ in ids:
        assert await plant.code(id_) == "TECHNICAL_FAILURE"
    assert len(plant.seen["far.do"]) == 3
    assert "moon.do" not in plant.seen
    assert not await plant.value("SELECT count(*) FROM incident WHERE message LIKE '%secret%'")
    # An attempt in which nothing was sent is an attempt; a local connector has nowhere to send to.
    for id_, outcomes in zip(ids, ("unknown", "failed", "failed", None), strict=True):
        calls = await plant.rows(
            "SELECT attempt, outcome, request FROM call WHERE instance_id = $1 ORDER BY seq", id_
        )
        tried = range(1, 4) if outcomes else ()
        assert [tuple(call) for call in calls] == [(n, outcomes, b"[]") for n in tried]


async def test_an_order_that_cannot_be_opened_is_not_shown_to_connectors(
    found: Founded,
) -> None:
    plant: Plant = await found(chain("one", ["near.do"]))
    plant.connect("near.do", repeat=Repeat.LOCAL)
    (damaged, erased, _) = await plant.orders("one", 3)
    await plant.rows("UPDATE order_payload SET ciphertext = '\\x00' WHERE order_id = $1", damaged)
    await plant.rows(
        "UPDATE person_key SET wrapped = NULL, erased_at = now()"
        " WHERE key_id = (SELECT key_id FROM order_payload WHERE order_id = $1)",
        erased,
    )
    async with plant.worker():
        await plant.until_ended(1)
        await plant.until("SELECT count(*) = 2 FROM incident")
    assert len(plant.seen["near.do"]) == 1
    assert await plant.code(damaged) == await plant.code(erased) == "TECHNICAL_FAILURE"


async def test_what_cannot_be_stored_is_set_aside_and_the_others_go_on(found: Founded) -> None:
    async def unspeakable(attempt: Attempt, _: Wire) -> Answer:
        return Refused("NUL", "\0") if attempt.inputs["bad"] else Done()

    sketch = Sketch()
    sketch.add("startEvent", "start")
    inputs = {"bad": variable("bad")}
    sketch.add("serviceTask", "t", work=Service(connector="far.do", inputs=inputs))
    sketch.add("endEvent", "end")
    sketch.chain("start", "t", "end")
    plant: Plant = await found(named(sketch, "spoken"), legacy={"far": a_legacy()})
    plant.connect("far.do", unspeakable)
    bad = await plant.start("spoken", bad=True)
    for _ in range(5):
        await plant.start("spoken", bad=False)
    async with plant.worker():
        await plant.until_ended(5)
        await plant.until("SELECT count(*) FROM incident")
        assert await plant.code(bad) == "ENGINE_FAILURE"
        await asyncio.sleep(0.2)
        assert len(plant.seen["far.do"]) == 6  # it stands still: the call is not repeated
        await plant.retry(bad)
        await plant.until("SELECT count(*) = 2 FROM incident")
    again = [a for a in plant.seen["far.do"] if a.inputs["bad"]]
    assert [a.sent_before for a in again] == [False, True]


async def test_a_definition_that_cannot_be_had_is_its_instances_incident(found: Founded) -> None:
    plant: Plant = await found(chain("one", ["near.do"]))
    plant.connect("near.do", repeat=Repeat.LOCAL)
    lost = await plant.start("missing")
    await plant.start("one")
    async with plant.worker():
        await plant.until_ended(1)
        await plant.until("SELECT count(*) FROM incident")
    assert await plant.code(lost) == "ENGINE_FAILURE"


async def test_a_clean_stop_keeps_answers_and_leaves_nothing_in_memory(found: Founded) -> None:
    async def slow(_: Attempt, __: Wire) -> Answer:
        await asyncio.sleep(0.5)
        return Done()

    plant: Plant = await found(
        chain("two", ["far.do", "far.do"]), legacy={"far": a_legacy(concurrency_max=2)}
    )
    plant.connect("far.do", slow, Repeat.NEVER)
    for _ in range(6):
        await plant.start("two")
    async with plant.worker():
        await plant.until("SELECT count(*) = 6 FROM instance")
        await asyncio.sleep(0.1)
    assert len(plant.seen["far.do"]) == 2
    assert await plant.value("SELECT count(*) FROM journal WHERE kind = 'answered'") == 2
    assert await plant.value("SELECT count(*) FROM instance WHERE wake_at IS NULL") == 0
    assert await plant.value("SELECT count(*) FROM worker") == 0
    async with plant.worker():
        await plant.until_ended(6)
    assert len(plant.seen["far.do"]) == 12
    assert not await plant.value("SELECT count(*) FROM incident")


async def test_a_clean_stop_does_not_wait_for_a_back_off(found: Founded) -> None:
    async def busy(_: Attempt, __: Wire) -> Answer:
        return Failed("busy")

    plant: Plant = await found(chain("one", ["far.do"], backoff_s=0.9), legacy={"far": a_legacy()})
    plant.connect("far.do", busy)
    await plant.start("one")
    async with plant.worker():
        await plant.until("SELECT count(*) = 2 FROM journal")
        began_s = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - began_s < 5.0
    assert await plant.value("SELECT wake_at > now() FROM instance")


async def test_nothing_is_sent_while_connectors_are_paused(
    found: Founded, quick_hearts: None
) -> None:
    plant: Plant = await found(chain("one", ["far.do"]), legacy={"far": a_legacy()})
    plant.connect("far.do")
    await switches.pause(plant.admin, "restored from a backup")
    await plant.start("one")
    async with plant.worker():
        await plant.until("SELECT wake_at > now() FROM instance")
        assert "far.do" not in plant.seen
        await switches.release(plant.admin)
        await plant.rows("UPDATE instance SET wake_at = now()")
        await plant.until_ended(1)


@pytest.mark.parametrize("restored", [False, True])
async def test_after_a_restore_every_step_may_have_been_sent_before(
    found: Founded, quick_hearts: None, restored: bool
) -> None:
    plant: Plant = await found(chain("one", ["far.do"]), legacy={"far": a_legacy()})
    plant.connect("far.do")
    if restored:
        await switches.restored(plant.admin, "restored from a backup")
        await switches.release(plant.admin)
    await plant.start("one")
    async with plant.worker():
        await plant.until_ended(1)
    assert [attempt.sent_before for attempt in plant.seen["far.do"]] == [restored]


async def test_a_long_journal_is_kept_as_a_snapshot_too(found: Founded) -> None:
    sketch = Sketch()
    sketch.add("startEvent", "start")
    for n in range(60):
        sketch.add("serviceTask", f"t{n}", work=Service(connector="near.do"))
    sketch.add("userTask", "review", work=Person(role="agent"))
    sketch.add("endEvent", "end")
    sketch.chain("start", *(f"t{n}" for n in range(60)), "review", "end")
    plant: Plant = await found(named(sketch, "long"))
    plant.connect("near.do", repeat=Repeat.LOCAL)
    id_ = await plant.start("long")
    async with plant.worker():
        assert await plant.until("SELECT seq FROM snapshot") == 61
        await plant.submit(id_, await plant.until("SELECT wait FROM user_task"))
        await plant.until_ended(1)
