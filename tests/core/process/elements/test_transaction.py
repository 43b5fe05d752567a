"""Transactions: cancelled, all that was done in them is undone (BPMN 2.0.2 §10.3.5, §13.5.3)."""

import pytest

from mtd.core.process.effect import Call
from mtd.core.process.outcome import Done
from mtd.core.process.trigger import Answered
from tests.core.process.world import World
from tests.core.process.written import (
    alarm,
    boundary,
    end,
    event_of,
    flows,
    run,
    service,
    several,
    stage,
    start,
    tag,
    undoable,
)

CANCEL = event_of("cancel")
ERROR = event_of("error", errorRef="E1")
SIGNAL = event_of("signal", signalRef="S")


def transaction(id_: str, *inside: str) -> str:
    return tag("transaction", id_, *inside)


def trip(*inside: str, paths: tuple[str, ...] = ()) -> World:
    """Book a and b, at the same time c; then cancel, unless that is taken away."""
    booking = transaction(
        "trip",
        start("in"),
        undoable("a"),
        undoable("b"),
        end("no", CANCEL),
        flows("in > a > b > no", *paths),
        *inside,
    )
    return run(
        start("start"),
        booking,
        boundary("cancelled", "trip", CANCEL),
        boundary("hazard", "trip", ERROR),
        service("after"),
        service("instead"),
        service("alarm"),
        end("end"),
        flows("start > trip > after > end", "cancelled > instead > end", "hazard > alarm > end"),
    )


def test_cancelling_undoes_everything_and_leaves_by_the_cancel_event() -> None:
    world = trip()
    world.answer("a")
    world.answer("b")
    assert world.answer_all() == ["undo_b", "undo_a", "instead"]
    assert world.ended
    assert "after" not in world.visited()


def test_cancelling_stops_what_still_runs() -> None:
    world = trip(undoable("c"), service("d"), paths=("in > c > d",))
    for task in ("c", "a", "b"):
        world.answer(task)
    assert world.waiting() == ["undo_b"], "d is called off"
    assert world.answer_all() == ["undo_b", "undo_a", "undo_c", "instead"]
    assert world.ended


def test_with_nothing_to_undo_it_leaves_at_once() -> None:
    world = run(
        start("start"),
        transaction("trip", start("in"), service("a"), end("no", CANCEL), flows("in > a > no")),
        boundary("cancelled", "trip", CANCEL),
        service("instead"),
        flows("start > trip", "cancelled > instead"),
    )
    world.answer("a")
    assert world.waiting() == ["instead"]
    world.check_fold()


def test_what_was_done_in_a_sub_process_that_is_called_off_is_undone_too() -> None:
    inside = (start("within"), undoable("x"), service("y"), flows("within > x > y"))
    world = trip(stage("stage", *inside), paths=("in > stage",))
    for task in ("x", "a", "b"):
        world.answer(task)
    assert world.answer_all() == ["undo_x", "undo_b", "undo_a", "instead"]
    assert world.ended


def test_a_transaction_inside_another_is_cancelled_alone() -> None:
    inner = transaction(
        "inner", start("within"), undoable("x"), end("no2", CANCEL), flows("within > x > no2")
    )
    world = trip(
        inner, boundary("off", "inner", CANCEL), service("then"), paths=("in > inner", "off > then")
    )
    world.answer("a")
    world.answer("x")
    assert world.waiting() == ["b", "undo_x"]
    world.answer("undo_x")
    assert "then" in world.waiting()
    world.answer("then")
    world.answer("b")
    assert world.answer_all() == ["undo_b", "undo_a", "instead"], "x is undone already"
    assert world.ended


def test_a_completed_transaction_inside_is_undone_with_the_one_around() -> None:
    inner = transaction("inner", start("within"), undoable("x"), flows("within > x"))
    world = trip(inner, paths=("in > inner",))
    for task in ("x", "a", "b"):
        world.answer(task)
    assert world.answer_all() == ["undo_b", "undo_a", "undo_x", "instead"]


def test_an_error_is_a_hazard_and_undoes_nothing() -> None:
    world = trip()
    world.answer("a")
    world.refuse("b", "E1")
    assert world.waiting() == ["alarm"]
    world.answer("alarm")
    assert world.ended
    assert "undo_a" not in world.visited()


def test_an_error_while_it_is_undone_is_a_hazard() -> None:
    world = trip()
    world.answer("a")
    world.answer("b")
    world.refuse("undo_b", "E1")
    assert world.waiting() == ["alarm"]
    world.check_fold()


def test_completed_it_goes_on_as_a_sub_process_and_can_be_undone_later() -> None:
    world = run(
        start("start"),
        transaction("trip", start("in"), undoable("a"), flows("in > a")),
        end("back", event_of("compensate")),
        flows("start > trip > back"),
    )
    world.answer("a")
    assert world.answer_all() == ["undo_a"]
    assert world.ended


def test_cancelling_can_be_stopped_by_an_operator() -> None:
    world = trip()
    world.answer("a")
    world.answer("b")
    world.stop()
    assert not world.instance.tokens
    assert not world.instance.scopes
    assert not world.instance.completed


def trips(sequential: bool) -> World:
    """Three bookings, the third of which cancels; two handlers tell whose they are."""
    return run(
        start("start"),
        transaction(
            "trip",
            several(sequential, "3"),
            start("in"),
            undoable("a"),
            tag("exclusiveGateway", "ask", default="yes"),
            service("b"),
            end("no", CANCEL),
            flows("in > a > ask"),
            '<sequenceFlow id="yes" sourceRef="ask" targetRef="b"/>',
            '<sequenceFlow id="off" sourceRef="ask" targetRef="no">'
            "<conditionExpression>loopCounter = 3</conditionExpression></sequenceFlow>",
        ),
        boundary("cancelled", "trip", CANCEL),
        service("instead"),
        undoable("other"),
        flows("start > other > trip", "cancelled > instead"),
        bindings="[service.undo_a]\nconnector = 'do'\ninput = { number = 'loopCounter' }",
    )


def undone(world: World) -> list[int]:
    """The numbers of the bodies that are undone, in order."""
    numbers: list[int] = []
    while "undo_a" in world.waiting():
        effect = world.at("undo_a").effect
        assert isinstance(effect, Call)
        numbers.append(effect.inputs["number"])
        world.answer("undo_a")
        world.check_fold()
    return numbers


def test_one_body_cancels_all_of_a_multi_instance_that_are_done() -> None:
    world = trips(sequential=True)
    for task in ("other", "a", "b", "a", "b", "a"):
        world.answer(task)
    assert world.waiting() == ["undo_a"]
    assert undone(world) == [3, 2, 1]
    assert world.waiting() == ["instead"], "what was done outside of it stays"
    world.check_fold()


def test_one_body_cancels_all_of_a_multi_instance_that_run_and_what_is_done_in_them() -> None:
    world = trips(sequential=False)
    world.answer("other")
    first, second, third = [wait for wait in world.instance.waits.values() if wait.element == "a"]
    for wait in (first, second):
        world.let(Answered(at=world.now, wait=wait.id, outcome=Done()))
    world.answer("b")
    assert world.waiting() == ["a", "b"], "one is done, one is half done, one has not begun"
    world.let(Answered(at=world.now, wait=third.id, outcome=Done()))
    assert world.waiting() == ["undo_a"], "what runs is called off"
    assert undone(world) == [3, 2, 1]
    assert world.waiting() == ["instead"]
    world.check_fold()


def test_an_iteration_of_a_loop_that_is_done_is_no_part_of_the_one_that_is_cancelled() -> None:
    world = run(
        start("start"),
        transaction(
            "trip",
            '<standardLoopCharacteristics loopMaximum="3"/>',
            start("in"),
            undoable("a"),
            tag("exclusiveGateway", "ask", default="yes"),
            end("no", CANCEL),
            end("good"),
            flows("in > a > ask"),
            '<sequenceFlow id="yes" sourceRef="ask" targetRef="good"/>',
            '<sequenceFlow id="off" sourceRef="ask" targetRef="no">'
            "<conditionExpression>loopCounter = 2</conditionExpression></sequenceFlow>",
        ),
        boundary("cancelled", "trip", CANCEL),
        service("instead"),
        flows("start > trip", "cancelled > instead"),
    )
    world.answer("a")
    world.answer("a")
    assert world.answer_all() == ["undo_a", "instead"]
    assert world.ended


def deaf(event: str) -> World:
    """A trip that is being undone; a message would interrupt it, at its border or inside of it."""
    message = event_of("message", messageRef="M")
    inside = alarm("stop", start("told", message), end("out"), flows("told > out"))
    booking = transaction(
        "trip", start("in"), undoable("a"), end("no", CANCEL), flows("in > a > no"),
        inside if event == "told" else "",
    )  # fmt: skip
    world = run(
        start("start"),
        booking,
        boundary("cancelled", "trip", CANCEL),
        boundary("border", "trip", message if event == "border" else ERROR),
        service("instead"),
        service("late"),
        end("end"),
        flows("start > trip > end", "cancelled > instead > end", "border > late > end"),
    )
    assert event in world.waiting()
    world.answer("a")
    return world


@pytest.mark.parametrize("event", ["border", "told"])
def test_what_is_cancelled_hears_nothing_while_it_is_undone(event: str) -> None:
    world = deaf(event)
    assert world.waiting() == ["undo_a"]
    assert world.answer_all() == ["undo_a", "instead"]
    assert world.ended
    world.check_fold()


def test_an_error_of_a_handler_is_no_business_of_what_is_inside_the_cancelled() -> None:
    world = trip(alarm("catch", start("any", ERROR), end("well"), flows("any > well")))
    world.answer("a")
    world.answer("b")
    world.refuse("undo_b", "E1")
    assert world.waiting() == ["alarm"]
