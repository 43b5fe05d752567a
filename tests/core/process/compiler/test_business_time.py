"""Drawings count business time: in timers, dues and expressions, in the instance's own calendar."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from mtd.core.decision import compile_model, read_dmn
from mtd.core.process.advance import advance, born
from mtd.core.process.binding import (
    Bindings,
    RuleBinding,
    ScriptBinding,
    TimerBinding,
    UserBinding,
)
from mtd.core.process.compiler import Surroundings
from mtd.core.process.definition import Table
from mtd.core.process.drawing import Node
from mtd.core.process.effect import Timer, UserTask
from mtd.core.process.facts import Assigned, Consulted
from mtd.core.process.instance import Instance
from mtd.core.process.trigger import Start
from mtd.core.time.business_calendar import Span
from mtd.core.time.calendars import Calendars
from tests.core.decision.models import decision, definitions, input_data, literal, table
from tests.core.process.compiler.drawn import LABEL, compiled, waiting
from tests.core.time.test_business_calendar import CHILE, here

NOW = datetime(2026, 9, 17, 19, tzinfo=UTC)  # 16:00 in Santiago, before a long weekend
LIMA = msgspec.structs.replace(
    CHILE, name="PE", zone="America/Lima", days={}, week=((Span(0, 1440),),) * 7
)
AROUND = Surroundings(
    connectors=frozenset(),
    durations={"review": "4 bh", "grace": "2 bd", "poll": "PT5M"},
    calendars=Calendars(known={"CL": CHILE, "PE": LIMA}, default="CL", zone="America/Santiago"),
)

LONG = 'count business hours(now(), date and time("2026-09-21T10:00:00"))'
CLOSED = 'is business day(date("2026-09-18")) = false'


def started(node: Node, bindings: Bindings | None = None, **variables: Any) -> Instance:
    found = compiled(node, bindings, AROUND)
    assert found.definition is not None, found.faults
    blank = born("i", found.definition, "k")
    return advance(found.definition, blank, Start(at=NOW, variables=variables)).instance


def due(instance: Instance) -> datetime:
    (wait,) = instance.waits.values()
    assert isinstance(wait.effect, Timer | UserTask)
    assert wait.effect.due is not None
    return wait.effect.due


@pytest.mark.parametrize(
    ("binding", "wanted"),
    [
        (TimerBinding(duration="review"), "2026-09-21T11:00"),
        (TimerBinding(duration="2 bd"), "2026-09-22T16:00"),
        (TimerBinding(at="durations.review"), "2026-09-21T11:00"),
        (TimerBinding(at="now() + durations.grace"), "2026-09-22T16:00"),
        (TimerBinding(at="add business hours(now(), 3.5)"), "2026-09-21T10:30"),
        (TimerBinding(at="add business hours(at: now(), hours: -1)"), "2026-09-17T15:00"),
        (TimerBinding(at="add business days(date and time(day), 1)"), "2026-09-21T10:00"),
        (TimerBinding(at='"4 bh"'), "2026-09-21T11:00"),
        (TimerBinding(at=f"if {LONG} = 3 then date and time(day) else null"), "2026-09-17T10:00"),
        (TimerBinding(at=f"if {CLOSED} then date and time(day) else null"), "2026-09-17T10:00"),
    ],
)
def test_timers(binding: TimerBinding, wanted: str) -> None:
    bindings = Bindings(timer={LABEL: binding})
    assert due(started(waiting(), bindings, day="2026-09-17T10:00:00")) == here(wanted)


def test_a_drawn_duration_may_be_of_business_time() -> None:
    assert due(started(waiting("4 bh"))) == here("2026-09-21T11:00")


def test_a_task_is_due_in_business_time() -> None:
    node = Node(id="ask", name="Revisar", kind="userTask")
    bindings = Bindings(user={"Revisar": UserBinding(role="agent", due="review")})
    assert due(started(node, bindings)) == here("2026-09-21T11:00")


@pytest.mark.parametrize("variables", [{"calendar": "PE"}, {"country": "PE"}])
def test_an_instance_counts_in_the_calendar_that_it_names(variables: dict[str, str]) -> None:
    for binding in (TimerBinding(duration="review"), TimerBinding(at="durations.review")):
        bindings = Bindings(timer={LABEL: binding})
        assert due(started(waiting(), bindings, **variables)) == here("2026-09-17T20:00")


def test_a_date_without_zone_is_of_the_calendar_that_is_named() -> None:
    assert due(started(waiting("2026-12-01T10:00:00"))) == here("2026-12-01T10:00")
    in_lima = due(started(waiting("2026-12-01T10:00:00"), country="PE"))
    assert in_lima == datetime(2026, 12, 1, 15, tzinfo=UTC)


def test_a_variable_keeps_how_the_duration_is_written() -> None:
    node = Node(id="set", name="Plazo", kind="scriptTask")
    bindings = Bindings(script={"Plazo": ScriptBinding(set={"wait": "durations.review"})})
    found = compiled(node, bindings, AROUND)
    assert found.definition is not None
    moved = advance(found.definition, born("i", found.definition, "k"), Start(at=NOW))
    assert [fact for fact in moved.facts if "4 bh" in str(fact)]


def test_without_a_calendar_business_time_is_refused() -> None:
    bindings = Bindings(timer={LABEL: TimerBinding(duration="review")})
    around = msgspec.structs.replace(AROUND, calendars=Calendars())
    (fault,) = compiled(waiting(), bindings, around).faults
    assert fault.message.startswith("'4 bh' counts in a business calendar, and none is known")


def test_what_the_calendar_does_not_know_is_an_incident_and_not_a_guess() -> None:
    bindings = Bindings(
        timer={LABEL: TimerBinding(at='date and time("2030-12-31T17:00:00") + durations.grace')}
    )
    (incident,) = started(waiting(), bindings).incidents.values()
    assert incident.code == "TIMER_UNKNOWN"


def decided(logic: str, **variables: Any) -> Any:
    """What a business rule task leaves in `result`, by a decision that requires a helper."""
    helper = (
        '<businessKnowledgeModel id="_f" name="open for"><variable name="open for"/>'
        '<encapsulatedLogic><formalParameter name="to"/>'
        f"{literal('count business hours(now(), date and time(to))')}"
        "</encapsulatedLogic></businessKnowledgeModel>"
    )
    part = decision("result", logic, requires=["day"], uses="#_f")
    model = compile_model(read_dmn(definitions(input_data("day"), helper, part)))
    assert not model.faults

    def evaluate(seen: Mapping[str, Any], now: datetime) -> Any:
        return {"result": model.evaluate("result", seen, now)}

    known = {"m.dmn": Table("m.dmn#result@1", evaluate)}
    around = msgspec.structs.replace(AROUND, tables=known)
    bindings = Bindings(rule={LABEL: RuleBinding(table="m.dmn")})
    task = Node(id="rule", name=LABEL, kind="businessRuleTask")
    found = compiled(task, bindings, around)
    assert found.definition is not None, found.faults
    blank = born("i", found.definition, "k")
    moved = advance(found.definition, blank, Start(at=NOW, variables=variables))
    assert Consulted("m.dmn#result@1") in moved.facts
    (given,) = [f.variables for f in moved.facts if isinstance(f, Assigned)]
    return given["result"]


def test_decision_models_count_business_time_too() -> None:
    """In cells, in inputs, and in what they call; each instance in its own calendar."""
    day = "2026-09-21T10:00:00"
    hours = "count business hours(now(), date and time(day))"
    rows = [([f"> 0, {hours}", "true"], [f"{hours} + open for(day)"])]
    box = table("UNIQUE", [hours, "is business day(date and time(day))"], rows)
    assert decided(box, day=day) == 6
    assert decided(literal(hours), day=day, calendar="PE") > 24
