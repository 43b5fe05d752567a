"""Timers: dates, durations and cycles, drawn or bound, in their zone; what is none is refused."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import msgspec
import pytest

from mtd.core.process.advance import advance
from mtd.core.process.binding import Bindings, TimerBinding, UserBinding
from mtd.core.process.compiler.timing import Place, timer
from mtd.core.process.drawing import EventDefinition, Node
from mtd.core.process.effect import Timer
from mtd.core.process.trigger import Fired
from tests.core.process.compiler.drawn import LABEL, compiled, waiting
from tests.core.process.compiler.test_business_time import AROUND, due, started
from tests.core.process.sketch import Sketch
from tests.core.process.world import World
from tests.core.time.test_business_calendar import CHILE, here

NOW = here("2026-03-10T12:00")
PLACE = Place("America/Santiago", CHILE)
NAMED = msgspec.structs.replace(AROUND, cycles={"nightly": "0 5 * * *", "often": "R/PT1M"})


@pytest.mark.parametrize(
    ("text", "wanted", "left"),
    [
        ("2026-12-24T10:00:00", "2026-12-24T10:00", 0),
        ("2026-12-24", "2026-12-24T00:00", 0),
        ("2026-12-24T10:00:00Z", "2026-12-24T07:00", 0),
        ("2026-12-24T10:00:00-05:00", "2026-12-24T12:00", 0),
        ("PT5M", "2026-03-10T12:05", 0),
        ("P1W", "2026-03-17T12:00", 0),
        ("P1M", "2026-04-10T12:00", 0),  # winter time by then: the time of day stays
        ("P1Y", "2027-03-10T12:00", 0),
        ("R3/PT5M", "2026-03-10T12:05", 2),
        ("R/PT5M", "2026-03-10T12:05", None),
        ("R-1/PT5M", "2026-03-10T12:05", None),
        ("R/1 bh", "2026-03-10T13:00", None),
        ("R2/2026-04-01T05:00/P1D", "2026-04-01T05:00", 1),
        ("R/2026-03-01T05:00/P1D", "2026-03-11T05:00", None),
        ("R/2026-01-31T05:00/P1M", "2026-03-28T05:00", None),
        ("0 5 * * *", "2026-03-11T05:00", None),
        ("R2/0 5 */2 * *", "2026-03-11T05:00", 1),
        ("R/2026-04-01T00:00/0 5 * * *", "2026-04-01T05:00", None),
    ],
)
def test_what_a_timer_says(text: str, wanted: str, left: int | None) -> None:
    assert timer(text, NOW.astimezone(UTC), PLACE) == Timer(here(wanted).astimezone(UTC), left)
    drawn = compiled(waiting(text), surroundings=AROUND)
    assert not drawn.faults


def test_a_month_keeps_its_end() -> None:
    found = timer("P1M", here("2027-01-31T10:00"), PLACE)
    assert found == Timer(here("2027-02-28T10:00").astimezone(UTC))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("PT5X", "'PT5X' is no duration"),
        ("P1M2D", "mixes months with days"),
        ("P9999999999D", "longer than any calendar"),
        ("R0/PT5M", "repeats 0 times"),
        ("R3/PT0S", "after no time at all"),
        ("R3/-PT5M", "after no time at all"),
        ("R/P0M", "after no time at all"),
        ("R3/soon", "'soon' is no duration"),
        ("R/PT5M/2026-12-31T00:00", "'PT5M/2026-12-31T00:00' is no duration"),
        ("R/2026-13-01T00:00/P1D", "'2026-13-01T00:00' is no date"),
        ("2026-02-30", "'2026-02-30' is no date"),
        ("61 5 * * *", "Bad minute"),
    ],
)
def test_what_is_drawn_and_cannot_be_read_is_a_fault_with_its_line(text: str, words: str) -> None:
    (fault,) = compiled(waiting(text), surroundings=AROUND).faults
    assert words in fault.message
    assert (fault.element, fault.name, fault.line) == ("wait", LABEL, 7)


@pytest.mark.parametrize(
    ("binding", "words"),
    [
        (TimerBinding(duration="soon"), "'soon' is no duration"),
        (TimerBinding(duration="R3/PT5M"), "'R3/PT5M' is no duration"),
        (TimerBinding(duration="2026-12-24"), "'2026-12-24' is no duration"),
        (TimerBinding(cycle="PT5M"), "'PT5M' is no cycle"),
        (TimerBinding(cycle="daily"), "(grace, nightly, often, poll, review)"),
        (TimerBinding(at="now() +"), "expected an expression"),
        (TimerBinding(), "exactly one of duration, at and cycle"),
        (TimerBinding(duration="poll", cycle="R/poll"), "exactly one of duration, at and cycle"),
    ],
)
def test_what_is_bound_and_cannot_be_read_is_a_fault(binding: TimerBinding, words: str) -> None:
    faults = compiled(waiting(), Bindings(timer={LABEL: binding}), NAMED).faults
    assert any(words in fault.message for fault in faults), faults


@pytest.mark.parametrize(
    ("binding", "wanted"),
    [
        (TimerBinding(cycle="R3/poll"), "2026-09-17T16:05"),
        (TimerBinding(cycle="R/review"), "2026-09-21T11:00"),
    ],
)
def test_a_cycle_may_name_a_duration(binding: TimerBinding, wanted: str) -> None:
    assert due(started(waiting(), Bindings(timer={LABEL: binding}))) == here(wanted)


def test_a_cycle_may_be_named() -> None:
    for binding in (TimerBinding(cycle="nightly"), TimerBinding(cycle="often")):
        assert not compiled(waiting(), Bindings(timer={LABEL: binding}), NAMED).faults


def test_a_drawn_expression_is_feel_over_the_variables() -> None:
    assert due(started(waiting("${when}"), when="PT5M")) == here("2026-09-17T16:05")
    assert due(started(waiting("date and time(day)"), day="2026-12-24T10:00:00")) == here(
        "2026-12-24T10:00"
    )


def test_a_due_may_be_an_expression() -> None:
    node = Node(id="ask", name="Revisar", kind="userTask")
    text = '= if severity = "high" then durations.poll else durations.review'
    bindings = Bindings(user={"Revisar": UserBinding(role="agent", due=text)})
    assert due(started(node, bindings, severity="high")) == here("2026-09-17T16:05")
    assert due(started(node, bindings, severity="low")) == here("2026-09-21T11:00")


def test_a_cycle_on_a_catching_event_fires_once() -> None:
    instance = started(waiting("R3/PT5M"))
    found = compiled(waiting("R3/PT5M"), surroundings=AROUND)
    assert found.definition is not None
    (wait,) = instance.waits.values()
    assert isinstance(wait.effect, Timer)
    moved = advance(found.definition, instance, Fired(at=wait.effect.due, wait=wait.id))
    assert not moved.instance.waits


# ---- cycles that are not interrupting ---------------------------------------------------------


def reminded(text: str) -> World:
    """A person's task with a reminder that does not interrupt it."""
    drawn = Sketch()
    event = compiled(
        Node(id="wait", name="R", kind="intermediateCatchEvent", events=(EventDefinition(
            kind="timer", expression=text),)), surroundings=AROUND,
    ).definition  # fmt: skip
    assert event is not None
    drawn.add("startEvent", "start")
    drawn.person("ask")
    drawn.add(
        "boundaryEvent", "remind", attached_to="ask", interrupting=False,
        events=event.elements["wait"].events,
    )  # fmt: skip
    drawn.person("told")
    drawn.chain("start", "ask")
    drawn.chain("remind", "told")
    return World(drawn.definition())


def fire(world: World, late: timedelta = timedelta()) -> datetime:
    """The reminder is due, and comes so late; when it was due."""
    wait = world.at("remind", Timer)
    assert isinstance(wait.effect, Timer)
    world.now = wait.effect.due + late
    world.let(Fired(at=world.now, wait=wait.id))
    return wait.effect.due


def test_three_reminders_and_no_more() -> None:
    world = reminded("R3/PT5M")
    dues = [fire(world) for _ in range(3)]
    assert [b - a for a, b in pairwise(dues)] == [timedelta(minutes=5)] * 2
    assert not [wait for wait in world.instance.waits.values() if wait.element == "remind"]
    assert sum(token.at == "told" for token in world.instance.tokens.values()) == 3


def test_a_reminder_that_comes_late_keeps_its_rhythm() -> None:
    world = reminded("R/PT5M")
    first = fire(world, late=timedelta(seconds=70))
    assert fire(world) == first + timedelta(minutes=5)


def test_what_was_missed_is_not_made_up_for() -> None:
    world = reminded("R/PT5M")
    first = fire(world, late=timedelta(hours=3))
    assert fire(world) == first + timedelta(hours=3, minutes=5)
    daily = reminded("0 5 * * *")
    last = fire(daily, late=timedelta(days=2, hours=1))
    assert fire(daily) == last + timedelta(days=3)


@pytest.mark.parametrize(
    "text",
    [
        f"P{'9' * 400}Y",
        f"P{'9' * 400}D",
        f"R{'9' * 5_000}/PT1S",
        "9999-12-31T23:59:59-14:00",
        "0001-01-01T00:00+14:00",
        "R/0001-01-01T00:00+14:00/PT5M",
        "R/PT0S",
        "R/-PT1S",
        "R999999999/PT1S",
    ],
)
def test_a_time_beyond_any_calendar_is_a_fault_and_no_timer(text: str) -> None:
    drawn = compiled(waiting(text))
    (fault,) = [one for one in drawn.faults if not one.warning]
    assert (fault.element, fault.line) == ("wait", 7)
    assert len(fault.message) < 1_100
    assert timer(text, NOW.astimezone(UTC), PLACE) is None
