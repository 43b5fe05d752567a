"""Compensation of what has an inside: sub-processes, called processes, loops (BPMN 2.0.2 §10.7)."""

from mtd.core.process.effect import Call
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
    undo,
    undoable,
)

COMPENSATE = event_of("compensate")


def nested(*alarms: str) -> World:
    """A sub-process with two activities done, and then the throw around it."""
    inside = (start("in"), undoable("a"), undoable("b"), flows("in > a > b"), *alarms)
    world = run(
        start("start"),
        undoable("first"),
        stage("stage", *inside),
        throw("back", COMPENSATE),
        end("end"),
        flows("start > first > stage > back > end"),
    )
    for task in ("first", "a", "b"):
        world.answer(task)
    return world


def test_a_sub_process_is_undone_by_undoing_what_is_in_it() -> None:
    world = nested()
    assert world.answer_all() == ["undo_b", "undo_a", "undo_first"]
    assert world.ended


def test_a_compensation_event_sub_process_takes_the_place_of_that() -> None:
    world = nested(alarm("undoing", start("call", COMPENSATE), service("fix"), flows("call > fix")))
    assert world.answer_all() == ["fix", "undo_first"]
    assert world.ended


def test_a_compensation_event_sub_process_throws_on() -> None:
    parts = (
        start("call", COMPENSATE),
        service("fix"),
        throw("on", event_of("compensate", activityRef="a")),
        service("then"),
        flows("call > fix > on > then"),
    )
    world = nested(alarm("undoing", *parts))
    assert world.answer_all() == ["fix", "undo_a", "then", "undo_first"]
    assert world.ended


def test_a_handler_at_the_border_makes_a_black_box() -> None:
    world = run(
        start("start"),
        stage("stage", start("in"), undoable("a"), flows("in > a")),
        undo("stage"),
        throw("back", COMPENSATE),
        flows("start > stage > back"),
    )
    world.answer("a")
    assert world.answer_all() == ["undo_stage"]
    assert world.ended


def test_a_cancelled_sub_process_did_not_complete() -> None:
    world = run(
        start("start"),
        stage("stage", start("in"), undoable("a"), service("b"), flows("in > a > b")),
        boundary("failed", "stage", event_of("error", errorRef="E1")),
        throw("back", COMPENSATE),
        flows("start > stage", "failed > back"),
    )
    world.answer("a")
    assert world.instance.completed
    world.refuse("b", "E1")
    assert world.ended
    assert "undo_a" not in world.visited()


def test_an_error_event_sub_process_undoes_what_its_scope_did() -> None:
    parts = (
        start("oops", event_of("error", errorRef="E1")),
        throw("back", COMPENSATE),
        service("tell"),
        flows("oops > back > tell"),
    )
    world = run(
        start("start"),
        undoable("a"),
        undoable("b"),
        service("c"),
        flows("start > a > b > c"),
        alarm("alarm", *parts),
    )
    world.answer("a")
    world.answer("b")
    world.refuse("c", "E1")
    assert world.answer_all() == ["undo_b", "undo_a", "tell"]
    assert world.ended


def test_a_called_process_is_undone_with_the_variables_that_it_had() -> None:
    called = (
        '<process id="called">'
        + start("in")
        + undoable("a")
        + flows("in > a")
        + alarm(
            "undoing",
            start("call", COMPENSATE),
            service("fix"),
            throw("on", COMPENSATE),
            flows("call > fix > on"),
        )
        + "</process>"
    )
    world = run(
        start("start"),
        tag("callActivity", "sub", calledElement="called"),
        service("b"),
        throw("back", COMPENSATE),
        flows("start > sub > b > back"),
        roots=called,
        bindings="[call.sub]\nprocess = 'called'\ninput = { kept = 'n' }\n"
        "[service.fix]\nconnector = 'do'\ninput = { kept = 'kept' }",
        n=7,
    )
    world.answer("a")
    world.answer("b", n=8)
    effect = world.at("fix").effect
    assert isinstance(effect, Call)
    assert effect.inputs == {"kept": 7}
    assert world.answer_all() == ["fix", "undo_a"]
    assert world.ended


def test_stopping_leaves_nothing_of_a_compensation() -> None:
    world = nested(alarm("undoing", start("call", COMPENSATE), service("fix"), flows("call > fix")))
    assert world.waiting() == ["fix"]
    world.stop()
    assert not world.instance.tokens
    assert not world.instance.scopes
    assert not world.instance.completed
    world.check_fold()


def test_what_a_finished_event_sub_process_did_is_undone_with_its_scope() -> None:
    parts = (start("call", event_of("signal", signalRef="S"), isInterrupting="false"),)
    inside = (
        start("in"),
        service("a"),
        flows("in > a"),
        alarm("beside", *parts, undoable("note"), flows("call > note")),
    )
    world = run(
        start("start"),
        stage("stage", *inside),
        throw("back", COMPENSATE),
        flows("start > stage > back"),
    )
    world.hear("call")
    world.answer("note")
    world.answer("a")
    assert world.answer_all() == ["undo_note"]
    assert world.ended


def test_events_of_a_completed_sub_process_do_not_catch_what_its_undoing_throws() -> None:
    world = nested(
        alarm(
            "alarm",
            start("oops", event_of("error", errorRef="E1")),
            service("x"),
            flows("oops > x"),
        )
    )
    world.refuse("undo_b", "E1")
    assert [i.code for i in world.instance.incidents.values()] == ["COMPENSATION_FAILED"]
