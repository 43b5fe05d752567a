"""Escalation: thrown, it finds who cares, from the inside out (BPMN 2.0.2 §10.5.6, §13.5)."""

import pytest

from mtd.core.process.facts import Unheard
from tests.core.process.world import World
from tests.core.process.written import (
    alarm,
    boundary,
    end,
    event_of,
    flows,
    run,
    service,
    stage,
    start,
    tag,
    throw,
)


def escalation(code: str | None = "LATE") -> str:
    return event_of("escalation", **({"escalationRef": code} if code else {}))


def escalated(*guards: str, thrown: str = "", kind: str = "subProcess") -> World:
    """A sub-process in which `a` is followed by the escalation and `b`."""
    event = thrown or throw("up", escalation())
    inside = (start("in"), service("a"), event, service("b"), flows("in > a > up > b"))
    world = run(
        start("start"),
        tag(kind, "stage", *inside),
        service("next"),
        flows("start > stage > next"),
        *guards,
        bindings="[escalation.any]\n",
    )
    world.answer("a")
    world.check_fold()
    return world


def guard(id_: str, code: str | None, cancel: str) -> str:
    event = boundary(id_, "stage", escalation(code), cancelActivity=cancel)
    return event + service(f"after_{id_}") + flows(f"{id_} > after_{id_}")


def test_a_boundary_event_beside_lets_the_thrower_go_on() -> None:
    world = escalated(guard("on", "LATE", "false"))
    assert world.waiting() == ["after_on", "b"]
    assert world.instance.scopes[0].variables["escalation_code"] == "LATE"


def test_an_interrupting_boundary_event_ends_the_activity() -> None:
    world = escalated(guard("on", "LATE", "true"))
    assert world.waiting() == ["after_on"]


@pytest.mark.parametrize(
    ("code", "caught"), [("LATE", "after_exact"), ("LOST", "after_any")], ids=["exact", "any"]
)
def test_its_own_code_comes_before_any(code: str, caught: str) -> None:
    world = escalated(
        guard("any", None, "false"),
        guard("exact", "LATE", "false"),
        thrown=throw("up", escalation(code)),
    )
    assert world.waiting() == [caught, "b"]


def test_uncaught_it_does_no_harm_and_is_in_the_journal() -> None:
    world = escalated(guard("on", "LOST", "true"))
    assert world.waiting() == ["b"]
    facts = [fact for moved in world.moved for fact in moved.facts]
    assert Unheard("LATE") in facts
    assert not world.instance.incidents


@pytest.mark.parametrize("interrupting", ["true", "false"])
def test_an_event_sub_process_takes_it(interrupting: str) -> None:
    handler = alarm(
        "alarm",
        start("late", escalation(), isInterrupting=interrupting),
        service("x"),
        flows("late > x"),
    )
    world = escalated(thrown=throw("up", escalation()) + handler)
    assert world.waiting() == (["x"] if interrupting == "true" else ["b", "x"])


def test_an_end_event_throws_it_and_ends() -> None:
    world = run(
        start("start"),
        stage("stage", start("in"), end("up", escalation()), flows("in > up")),
        guard("on", "LATE", "false"),
        service("next"),
        flows("start > stage > next"),
    )
    assert world.waiting() == ["after_on", "next"]
    world.check_fold()


def test_it_leaves_a_called_process() -> None:
    called = (
        '<process id="called">'
        + start("in")
        + throw("up", escalation())
        + service("b")
        + flows("in > up > b")
        + "</process>"
    )
    world = run(
        start("start"),
        tag("callActivity", "stage", calledElement="called"),
        guard("on", "LATE", "true"),
        flows("start > stage"),
        roots=called,
    )
    assert world.waiting() == ["after_on"]
    world.check_fold()


def test_each_instance_of_a_multi_instance_escalates() -> None:
    marker = (
        "<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality>"
        "</multiInstanceLoopCharacteristics>"
    )
    world = run(
        start("start"),
        stage(
            "stage",
            marker,
            start("in"),
            throw("up", escalation()),
            service("b"),
            flows("in > up > b"),
        ),
        guard("on", "LATE", "false"),
        flows("start > stage"),
    )
    assert world.waiting() == ["after_on"] * 3 + ["b"] * 3
    world.check_fold()
