"""Compensation: what completed is undone once, the last first (BPMN 2.0.2 §10.7, §13.5.5)."""

import msgspec

from mtd.core.process.facts import Undone
from mtd.core.process.instance import Instance
from tests.core.process.world import World
from tests.core.process.written import (
    boundary,
    end,
    event_of,
    flows,
    run,
    service,
    stage,
    start,
    throw,
    undoable,
)

COMPENSATE = event_of("compensate")
NOTHING_WAITS = event_of("compensate", waitForCompletion="false")


def three(*events: str) -> World:
    """a, b and c done; then the throw `back`."""
    world = run(
        start("start"),
        undoable("a"),
        undoable("b"),
        service("c"),
        throw("back", *events),
        service("after"),
        end("end"),
        flows("start > a > b > c > back > after > end"),
    )
    for task in "abc":
        world.answer(task)
    return world


def test_all_of_the_scope_in_reverse_order() -> None:
    world = three(COMPENSATE)
    assert world.waiting() == ["undo_b"], "one after the other"
    assert world.answer_all() == ["undo_b", "undo_a", "after"]
    assert world.ended
    assert not world.instance.completed


def test_one_activity_by_name() -> None:
    world = three(event_of("compensate", activityRef="a"))
    assert world.answer_all() == ["undo_a", "after"]


def test_without_waiting_the_flow_goes_on_at_once() -> None:
    world = three(NOTHING_WAITS)
    assert world.waiting() == ["after", "undo_b"]
    world.answer("after")
    assert not world.ended, "the process ends when its compensation does"
    assert world.answer_all() == ["undo_b", "undo_a"]
    assert world.ended


def test_what_is_not_completed_is_not_undone() -> None:
    world = run(
        start("start"),
        undoable("a"),
        undoable("b"),
        throw("back", COMPENSATE),
        flows("start > a > back", "start > b"),
    )
    world.answer("a")
    assert world.waiting() == ["b", "undo_a"]
    world.answer("b")
    assert world.answer_all() == ["undo_a"], "b completed after the throw"


def test_nothing_to_undo_is_no_obstacle() -> None:
    world = run(
        start("start"),
        undoable("a"),
        throw("back", COMPENSATE),
        end("end"),
        service("never"),
        flows("start > back > end", "never > a"),
        bindings="",
    )
    assert "back" in world.visited()
    assert "undo_a" not in world.visited()


def test_each_at_most_once_and_each_visit_of_its_own() -> None:
    """Undone twice over: the second throw finds only what completed since."""
    world = run(
        start("start"),
        undoable("a"),
        throw("back", COMPENSATE),
        service("b"),
        throw("again", COMPENSATE),
        end("end"),
        flows("start > a > back > b > again > end"),
    )
    world.answer("a")
    assert world.answer_all() == ["undo_a", "b"]
    facts = [f for moved in world.moved for f in moved.facts if isinstance(f, Undone)]
    assert len(facts) == 1


def test_end_event_compensates_before_the_scope_ends() -> None:
    world = run(start("start"), undoable("a"), end("back", COMPENSATE), flows("start > a > back"))
    world.answer("a")
    assert not world.ended
    assert world.answer_all() == ["undo_a"]
    assert world.ended


def test_a_failing_handler_is_an_incident_and_is_repeated() -> None:
    world = three(COMPENSATE)
    world.fail("undo_b", times=3)
    (incident,) = world.instance.incidents.values()
    assert incident.code == "COMPENSATION_FAILED"
    assert "TECHNICAL_FAILURE" in incident.message
    assert incident.element == "undo_b"
    world.check_fold()
    world.retry()
    assert world.answer_all() == ["undo_b", "undo_a", "after"]


def test_an_error_of_a_handler_is_caught_around_the_throw() -> None:
    inside = (
        start("in"),
        undoable("a"),
        undoable("b"),
        throw("back", COMPENSATE),
        flows("in > a > b > back"),
    )
    world = run(
        start("start"),
        stage("stage", *inside),
        boundary("failed", "stage", event_of("error", errorRef="E1")),
        service("repair"),
        end("end"),
        flows("start > stage > end", "failed > repair > end"),
    )
    world.answer("a")
    world.answer("b")
    world.refuse("undo_b", "E1")
    assert world.waiting() == ["repair"], "undo_a is given up with the sub-process"
    world.check_fold()
    assert world.answer_all() == ["repair"]
    assert world.ended


def test_nothing_is_remembered_where_nothing_is_thrown() -> None:
    world = run(start("start"), undoable("a"), service("b"), flows("start > a > b"))
    world.answer("a")
    assert not world.instance.completed


def test_an_end_event_that_need_not_wait_ends_once() -> None:
    """Its message, which a service sends, is not sent again when the compensation is over."""
    message = event_of("message", messageRef="Told")
    world = run(
        start("start"),
        undoable("a"),
        end("back", NOTHING_WAITS, message),
        flows("start > a > back"),
        bindings="[service.back]\nconnector = 'do'",
    )
    world.answer("a")
    assert world.waiting() == ["back", "undo_a"]
    assert sorted(world.answer_all()) == ["back", "undo_a"]
    assert world.ended


def test_what_is_remembered_survives_a_snapshot() -> None:
    world = three(COMPENSATE)
    kept = msgspec.json.decode(msgspec.json.encode(world.instance), type=Instance)
    assert kept == world.instance
    assert kept.completed
