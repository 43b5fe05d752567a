"""Tasks on time, at risk and overdue, and the state of one that was escalated."""

import asyncio
from datetime import UTC, timedelta

import pytest

from mtd.core.process.compiler.timing import Duration, duration
from mtd.core.process.definition import Definition, Person
from mtd.core.process.effect import Timer
from mtd.runtime.operations.punctuality import punctuality
from mtd.store.orders import tasks
from tests.core.process.sketch import Sketch, after
from tests.core.time.test_business_calendar import CHILE, here
from tests.runtime.conftest import Founded
from tests.runtime.plant import Plant, a_legacy, named

STATE = "SELECT state FROM user_task"


@pytest.mark.parametrize(
    ("now", "warning", "wanted"),
    [
        ("2026-11-20T09:00", duration("PT1H"), "on_time"),
        ("2026-11-20T16:59:59", duration("PT1H"), "on_time"),
        ("2026-11-20T17:00", duration("PT1H"), "at_risk"),
        ("2026-11-20T18:00", duration("PT1H"), "overdue"),
        ("2026-11-20T09:00", duration("10 bh", CHILE), "at_risk"),
        ("2026-11-19T18:00", duration("8 bh", CHILE), "on_time"),
        ("2026-11-19T18:00", duration("1 bd", CHILE), "at_risk"),
        ("2026-11-20T09:00", duration("P1M"), "at_risk"),
    ],
)
def test_from_the_warning_on_it_is_at_risk(now: str, warning: Duration, wanted: str) -> None:
    due_at = here("2026-11-20T18:00").astimezone(UTC)
    assert punctuality(due_at, here(now), warning) == wanted


def test_what_is_never_due_has_none_and_what_no_calendar_knows_is_on_time() -> None:
    assert punctuality(None, here("2026-11-20T09:00"), timedelta(0)) is None
    far = here("2031-01-02T10:00").astimezone(UTC)
    assert punctuality(far, here("2026-11-20T09:00"), duration("1 bh", CHILE)) == "on_time"


def watched(due_s: float, timer_s: float, *, interrupting: bool = False) -> Definition:
    """A person's task with a timer at its boundary that tells somebody else."""
    sketch = Sketch()
    sketch.add("startEvent", "start")
    due = Person(role="agent", due=lambda _, now: Timer(now + timedelta(seconds=due_s)))
    sketch.add("userTask", "ask", work=due)
    sketch.add(
        "boundaryEvent", "late", attached_to="ask", interrupting=interrupting,
        events=(after(timer_s),),
    )  # fmt: skip
    sketch.service("tell")
    sketch.chain("start", "ask")
    sketch.chain("late", "tell")
    return named(sketch, "p")


async def test_a_task_whose_due_timer_tells_others_is_escalated(found: Founded) -> None:
    plant: Plant = await found(watched(0.3, 0.3), legacy={"x": a_legacy()})
    plant.connect("x.tell")
    instance = await plant.start("p")
    async with plant.worker():
        await plant.until(f"{STATE} WHERE state = 'ESCALATED'")
        wait = await plant.value("SELECT wait FROM user_task")
        async with plant.app.store.door(1) as connection:
            assert await tasks.claim(connection, 1, instance, wait, "ana")
            (task,) = await tasks.of(connection, 1, instance)
            assert (task.state, task.assignee) == ("ESCALATED", "ana")
            assert await tasks.unclaim(connection, 1, instance, wait, "ana")
        await plant.submit(instance, wait)
        await plant.until("SELECT closed_at FROM user_task")
    assert await plant.value(STATE) == "COMPLETED"


@pytest.mark.parametrize(("due_s", "interrupting"), [(600.0, False), (0.2, True)])
async def test_a_reminder_and_an_end_are_no_escalation(
    found: Founded, due_s: float, interrupting: bool
) -> None:
    plant: Plant = await found(
        watched(due_s, 0.2, interrupting=interrupting), legacy={"x": a_legacy()}
    )
    plant.connect("x.tell")
    await plant.start("p")
    async with plant.worker():
        await plant.until_seen("x.tell", 1)
        await asyncio.sleep(0.2)
    assert await plant.value(STATE) == ("CANCELLED" if interrupting else "CREATED")
