"""Retrying: what is stuck at the end of an activity goes on from there, and does nothing twice."""

from typing import Any

import pytest
from msgspec import structs

from mtd.core.process.advance import migrate
from mtd.core.process.effect import Call
from mtd.core.process.trigger import Modified, Redefined, Retried
from tests.core.process.drawn import chain, definition
from tests.core.process.world import World

COSTLY = "{ f: function(k) if k <= 0 then 0 else f(k - 1), r: f(n * 20) }.r"
"""A rule that takes more calls than it may where `n` is 4 or more."""
NEXT = '[user.next]\nrole = "agent"\n'
SERVICE = '[service."x.a"]\nconnector = "x.a"\n'
OUTPUTS = {
    "subProcess": f'[subprocess.whole]\noutput = {{ given = "{COSTLY}" }}\n',
    "transaction": f'[subprocess.whole]\noutput = {{ given = "{COSTLY}" }}\n',
    "callActivity": f'[call.whole]\nprocess = "q"\noutput = {{ given = "{COSTLY}" }}\n',
    "many": f'[loop.whole]\noutput_item = "{COSTLY}"\noutput_collection = "given"\n',
    "loop": f'[loop.whole]\ncondition = "{COSTLY} > 0"\n',
}
MANY = (
    '<multiInstanceLoopCharacteristics isSequential="{}"><loopCardinality>3</loopCardinality>'
    "</multiInstanceLoopCharacteristics>"
)
INSIDE = '<startEvent id="ws"/><serviceTask id="x.a"/><endEvent id="we"/>' + chain(
    "ws", "x.a", "we"
)


def world(whole: str, bindings: str, more: str = "", **variables: Any) -> World:
    """One activity `whole`, and a task `next` behind it."""
    body = f'<startEvent id="s"/>{whole}<userTask id="next"/><endEvent id="e"/>'
    body += chain("s", "whole", "next", "e")
    text = f'<process id="p" name="P">{body}</process>{more}'
    return World(definition(text, NEXT + SERVICE + bindings), **variables)


def embedded(kind: str, more: str = "") -> str:
    return f'<{kind} id="whole">{INSIDE}{more}</{kind}>'


def calls(played: World) -> int:
    """Calls made under keys of their own."""
    return played.visited().count("x.a")


@pytest.mark.parametrize("kind", ["subProcess", "transaction", "callActivity"])
def test_an_output_that_cannot_be_found_is_found_by_a_retry(kind: str) -> None:
    called = f'<process id="q" name="Q">{INSIDE}</process>' if kind == "callActivity" else ""
    whole = '<callActivity id="whole" calledElement="q"/>' if called else embedded(kind)
    played = world(whole, OUTPUTS[kind], called, n=9)
    played.answer("x.a", n=9)
    (incident,) = played.instance.incidents.values()
    assert (incident.code, incident.element) == ("EXPRESSION_FAILED", "whole")
    assert incident.token in played.instance.tokens
    played.retry()
    assert [one.element for one in played.instance.incidents.values()] == ["whole"]
    played.retry(n=1)
    assert played.waiting() == ["next"]
    assert played.instance.scopes[0].variables["given"] == 0
    assert calls(played) == 1
    played.check_fold()


@pytest.mark.parametrize("sequential", ["true", "false"])
def test_a_body_whose_output_cannot_be_found_is_not_done_again(sequential: str) -> None:
    whole = embedded("subProcess", MANY.format(sequential))
    played = world(whole, OUTPUTS["many"], n=9)
    played.answer_all()
    stuck = len(played.instance.incidents)
    assert stuck == (1 if sequential == "true" else 3)
    played.let(Retried(at=played.now, incident=min(played.instance.incidents)))
    assert len(played.instance.incidents) == stuck
    played.retry(n=1)
    played.answer_all()
    assert played.waiting() == ["next"]
    assert played.instance.scopes[0].variables["given"] == [0, 0, 0]
    assert calls(played) == 3
    played.check_fold()


def test_an_iteration_after_which_nobody_can_say_whether_to_go_on_is_not_done_again() -> None:
    whole = embedded("subProcess", "<standardLoopCharacteristics/>")
    played = world(whole, OUTPUTS["loop"], n=9)
    played.answer("x.a")
    assert [one.element for one in played.instance.incidents.values()] == ["whole"]
    played.retry(n=1)
    assert played.waiting() == ["next"]
    assert calls(played) == 1
    played.check_fold()


def test_what_is_dropped_inside_may_leave_it_stuck_at_its_end() -> None:
    """Nothing is raised where the end comes by an operator's hand."""
    played = world(embedded("subProcess"), OUTPUTS["subProcess"], n=9)
    played.let(Modified(at=played.now, drops=("x.a",)))
    assert [one.element for one in played.instance.incidents.values()] == ["whole"]
    played.retry(n=1)
    assert played.waiting() == ["next"]


def test_who_is_stuck_at_its_end_can_be_moved_away() -> None:
    played = world(embedded("subProcess"), OUTPUTS["subProcess"], n=9)
    played.answer("x.a")
    played.let(Modified(at=played.now, moves=(("whole", "next"),)))
    assert played.waiting() == ["next"]
    assert not played.instance.incidents and list(played.instance.scopes) == [0]


LATER = (
    '<subProcess id="h" triggeredByEvent="true"><startEvent id="late">'
    '<timerEventDefinition/></startEvent><endEvent id="he"/>'
    + chain("late", "he")
    + "</subProcess>"
)


def test_a_scope_whose_events_cannot_listen_yet_begins_once_they_can() -> None:
    bindings = '[timer.late]\nat = "date and time(limit)"\n'
    played = world(embedded("subProcess", LATER), bindings)
    assert [one.element for one in played.instance.incidents.values()] == ["whole"]
    assert list(played.instance.scopes) == [0]
    played.change(limit="2026-11-24T12:00:00Z")
    played.retry()
    assert played.waiting() == ["late", "x.a"]
    assert len(played.instance.scopes) == 2
    played.answer("x.a")
    assert played.waiting() == ["next"] and list(played.instance.scopes) == [0]
    played.check_fold()


def test_an_event_that_went_off_goes_on_where_one_inside_of_it_cannot_be_awaited() -> None:
    """The process says so, and what was interrupted is not lost with what replaces it."""
    body = (
        '<signal id="g" name="G"/><process id="p" name="P"><startEvent id="s"/>'
        '<userTask id="next"/><endEvent id="e"/>'
        + chain("s", "next", "e")
        + '<subProcess id="off" triggeredByEvent="true"><startEvent id="on">'
        '<signalEventDefinition signalRef="g"/></startEvent><serviceTask id="x.a"/>'
        f'<endEvent id="oe"/>{chain("on", "x.a", "oe")}{LATER}</subProcess></process>'
    )
    bindings = NEXT + SERVICE + '[timer.late]\nat = "date and time(limit)"\n'
    played = World(definition(body, bindings))
    played.hear("on")
    assert [one.code for one in played.instance.incidents.values()] == ["TIMER_UNKNOWN"]
    assert played.waiting() == ["x.a"]
    played.answer("x.a")
    assert played.ended


TWO_EVENTS = (
    '<message id="a" name="A"/><message id="b" name="B"/><process id="p" name="P">'
    '<startEvent id="s"/>{}<endEvent id="e"/></process>'
)
LATER_KEY = '[message.B]\nname = "B"\nkey = "order"\n'


def test_a_race_in_which_one_event_cannot_be_awaited_yet_awaits_each_once_in_the_end() -> None:
    events = "".join(
        f'<intermediateCatchEvent id="on_{one}"><messageEventDefinition messageRef="{one}"/>'
        "</intermediateCatchEvent>" + chain("race", f"on_{one}", "e")
        for one in "ab"
    )
    race = '<eventBasedGateway id="race"/>' + events + chain("s", "race")
    drawn = definition(TWO_EVENTS.format(race), LATER_KEY)
    played = World(drawn)
    assert [one.code for one in played.instance.incidents.values()] == ["KEY_UNKNOWN"]
    played.change(order="7")
    asked = Redefined(at=played.now, to="p@2", actor="ana")
    played.instance = migrate(
        drawn, structs.replace(drawn, version=2), played.instance, asked
    ).instance
    assert played.waiting() == []
    played.retry()
    assert played.waiting() == ["on_a", "on_b"]


def test_a_border_at_which_one_event_cannot_be_awaited_yet_awaits_each_once_in_the_end() -> None:
    border = (
        '<userTask id="next"/><boundaryEvent id="on" attachedToRef="next">'
        '<messageEventDefinition messageRef="a"/><messageEventDefinition messageRef="b"/>'
        "</boundaryEvent>" + chain("s", "next", "e") + chain("on", "e")
    )
    played = World(definition(TWO_EVENTS.format(border), NEXT + LATER_KEY))
    assert [one.code for one in played.instance.incidents.values()] == ["KEY_UNKNOWN"]
    played.retry(order="7")
    assert played.waiting() == ["next", "on", "on"]


def test_who_hears_what_a_body_throws_may_interrupt_all_bodies() -> None:
    """The signal of behavior One ends the sub-process around; nothing of it goes on (§10.5.6)."""
    many = (
        '<multiInstanceLoopCharacteristics isSequential="false" behavior="One" '
        'oneBehaviorEventRef="sig"><loopCardinality>1</loopCardinality>'
        "</multiInstanceLoopCharacteristics>"
    )
    body = (
        '<signal id="g" name="G"/><signalEventDefinition id="sig" signalRef="g"/>'
        '<process id="p" name="P"><startEvent id="s"/><subProcess id="around">'
        f'<startEvent id="as"/><serviceTask id="x.a">{many}</serviceTask>'
        + chain("as", "x.a")
        + '</subProcess><boundaryEvent id="off" attachedToRef="around">'
        '<signalEventDefinition signalRef="g"/></boundaryEvent><userTask id="next"/>'
        + chain("s", "around")
        + chain("off", "next")
        + "</process>"
    )
    played = World(definition(body, NEXT + SERVICE))
    played.answer("x.a")
    assert played.waiting() == ["next"]
    assert not [w for w in played.instance.waits.values() if isinstance(w.effect, Call)]
    assert list(played.instance.scopes) == [0]
    played.check_fold()
