"""What may happen to an instance that one worker has: messages, people, repairs, its own."""

import asyncio
from datetime import UTC, datetime

from mtd.connectors.contract import Attempt, Repeat
from mtd.connectors.engine import CANCEL, CONNECTORS, RETRY
from mtd.connectors.wire import Wire
from mtd.core.process.definition import Definition, Event, Person, Retry, Service
from mtd.core.process.outcome import Answer, Done, Failed
from mtd.core.process.trigger import Stopped
from mtd.store.arriving.arrival import Duplicate
from tests.core.process.sketch import Sketch, after, variable
from tests.runtime.conftest import Founded
from tests.runtime.plant import Plant, a_legacy, chain, named


def waiting_for(name: str, service: str = "near.do") -> Definition:
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.add("intermediateCatchEvent", "wait", events=(Event(kind="message", name=name),))
    sketch.add("serviceTask", "then", work=Service(connector=service))
    sketch.add("endEvent", "end")
    sketch.chain("start", "wait", "then", "end")
    return named(sketch, "waiting")


async def test_messages_come_early_late_and_twice(found: Founded) -> None:
    plant: Plant = await found(waiting_for("Paid"))
    plant.connect("near.do", repeat=Repeat.LOCAL)
    await plant.publish("Paid", "early", payload=b'{"amount": 12.50}')
    early = await plant.start("waiting", key="early")
    async with plant.worker():
        await plant.until_ended(1)
        late = await plant.start("waiting", key="late")
        await plant.until("SELECT count(*) FROM subscription")
        first = await plant.publish("Paid", "late", source="bank", message_id="1")
        again = await plant.publish("Paid", "late", source="bank", message_id="1")
        assert isinstance(again, Duplicate) and not isinstance(first, Duplicate)
        await plant.until_ended(2)
    for id_ in (early, late):
        assert await plant.kinds(id_) == ["start", "received", "answered"]
    assert await plant.value("SELECT count(*) FROM message") == 0


async def test_a_person_completes_a_task(found: Founded) -> None:
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.add("userTask", "review", work=Person(role="agent"))
    sketch.add("endEvent", "end")
    sketch.chain("start", "review", "end")
    plant: Plant = await found(named(sketch, "reviewed"))
    id_ = await plant.start("reviewed")
    async with plant.worker():
        wait = await plant.until("SELECT wait FROM user_task")
        await plant.submit(id_, wait + 1)
        await plant.until("SELECT count(*) = 2 FROM journal")
        await plant.submit(id_, wait, decision="ok")
        await plant.until_ended(1)
    assert await plant.value("SELECT state FROM user_task") == "COMPLETED"
    assert await plant.kinds(id_) == ["start", "submitted", "submitted"]


async def test_what_failed_is_retried_by_an_operator(found: Founded) -> None:
    answers: list[Answer] = [Failed("no"), Failed("no"), Failed("no"), Done()]

    async def at_last(_: Attempt, __: Wire) -> Answer:
        return answers.pop(0)

    plant: Plant = await found(chain("one", ["far.do"]), legacy={"far": a_legacy()})
    plant.connect("far.do", at_last)
    (id_,) = await plant.orders("one", 1)
    async with plant.worker():
        await plant.until("SELECT count(*) FROM incident")
        assert await plant.value("SELECT state FROM purchase_order") == "EXCEPTION"
        await plant.retry(id_)
        await plant.until_ended(1)
    assert await plant.code(id_) is None
    assert await plant.value("SELECT state FROM purchase_order") == "RECEIVED"


def helped(*, last: str) -> Definition:
    """A call that fails; a handler hears of it and uses a service of the engine."""
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.add("serviceTask", "t", work=Service(connector="far.do", retry=Retry(attempts_max=1)))
    sketch.add("endEvent", "end")
    sketch.chain("start", "t", "end")
    sketch.add("subProcess", "help")
    heard = (Event(kind="message", name="StageError"),)
    sketch.add("eventSubProcess", "heard", "help", events=heard, interrupting=False)
    inputs = {"incident": variable("incident")}
    sketch.add("serviceTask", "ask", "help", work=Service(connector=last, inputs=inputs))
    sketch.chain("heard", "ask")
    sketch.add("subProcess", "cancelling")
    wanted = (Event(kind="message", name="CancelRequested"),)
    sketch.add("eventSubProcess", "wanted", "cancelling", events=wanted)
    sketch.add("endEvent", "cancelled", "cancelling")
    sketch.chain("wanted", "cancelled")
    return named(sketch, "helped")


async def test_the_drawing_hears_of_its_incidents_and_retries_them(found: Founded) -> None:
    answers: list[Answer] = [Failed("no"), Failed("no"), Done()]

    async def at_last(_: Attempt, __: Wire) -> Answer:
        return answers.pop(0)

    plant: Plant = await found(helped(last=RETRY), legacy={"far": a_legacy()})
    plant.connect("far.do", at_last)
    plant.connectors.update({one.name: one for one in CONNECTORS})
    id_ = await plant.start("helped")
    async with plant.worker():
        await plant.until_ended(1)
    assert await plant.value("SELECT count(*) FROM incident WHERE settled_at IS NOT NULL") == 2
    assert (await plant.kinds(id_)).count("retried") == 2


async def test_the_drawing_asks_for_its_own_cancellation(found: Founded) -> None:
    async def never(_: Attempt, __: Wire) -> Answer:
        return Failed("no")

    plant: Plant = await found(helped(last=CANCEL), legacy={"far": a_legacy()})
    plant.connect("far.do", never)
    plant.connectors.update({one.name: one for one in CONNECTORS})
    await plant.start("helped")
    async with plant.worker():
        await plant.until_ended(1)


def impatient(seconds: float) -> Definition:
    """A call that a timer interrupts; then a long wait, or the end."""
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.add("serviceTask", "call", work=Service(connector="far.do"))
    sketch.add("endEvent", "end")
    sketch.add("boundaryEvent", "late", attached_to="call", events=(after(seconds),))
    sketch.add("intermediateCatchEvent", "rest", events=(after(0 if seconds > 9 else 3600),))
    sketch.add("endEvent", "other_end")
    sketch.chain("start", "call", "end")
    sketch.chain("late", "rest", "other_end")
    return named(sketch, "impatient")


async def test_an_answer_that_nobody_awaits_any_more_is_journaled(found: Founded) -> None:
    async def slow(_: Attempt, __: Wire) -> Answer:
        await asyncio.sleep(0.6)
        return Done()

    plant: Plant = await found(impatient(0.2), legacy={"far": a_legacy()})
    plant.connect("far.do", slow)
    rests, ends = await plant.start("impatient"), await plant.start("impatient")
    async with plant.worker():
        await plant.until("SELECT count(*) = 2 FROM journal WHERE kind = 'fired'")
        await plant.let_in(ends, Stopped(at=datetime.now(UTC)))
        await plant.until("SELECT count(*) = 2 FROM journal WHERE kind = 'answered'")
    assert await plant.kinds(rests) == ["start", "fired", "answered"]
    assert await plant.kinds(ends) == ["start", "fired", "stopped", "answered"]
    assert plant.app.meters.ignored._value.get() == 2  # pyright: ignore[reportPrivateUsage]
    assert await plant.value("SELECT count(*) FROM instance WHERE wake_at IS NULL") == 0
