"""Compensation of what is done several times: bodies and iterations (BPMN 2.0.2 §10.7, §13.5.5)."""

import pytest

from mtd.core.process.effect import Call
from tests.core.process.world import World
from tests.core.process.written import (
    alarm,
    boundary,
    end,
    event_of,
    flows,
    run,
    several,
    stage,
    start,
    throw,
    undoable,
)

COMPENSATE = event_of("compensate")


@pytest.mark.parametrize("sequential", [True, False], ids=["sequential", "parallel"])
def test_each_instance_of_a_multi_instance_is_undone(sequential: bool) -> None:
    world = run(
        start("start"),
        undoable("a", several(sequential, "3")),
        throw("back", COMPENSATE),
        flows("start > a > back"),
        bindings="[service.undo_a]\nconnector = 'do'\ninput = { number = 'loopCounter' }",
    )
    for _ in range(3):
        world.answer("a")
    numbers: list[int] = []
    while not world.ended:
        effect = world.at("undo_a").effect
        assert isinstance(effect, Call)
        numbers.append(effect.inputs["number"])
        world.answer("undo_a")
        world.check_fold()
    assert numbers == [3, 2, 1]


def test_a_multi_instance_sub_process_is_undone_body_by_body() -> None:
    inside = (start("in"), undoable("a"), undoable("b"), flows("in > a > b"))
    world = run(
        start("start"),
        stage("stage", several(True, "2"), *inside),
        throw("back", event_of("compensate", activityRef="stage")),
        flows("start > stage > back"),
    )
    for task in "abab":
        world.answer(task)
    assert world.answer_all() == ["undo_b", "undo_a", "undo_b", "undo_a"]
    assert world.ended


def interrupted(sequential: bool, *border: str) -> World:
    """Three bodies; what is at the border ends them and leads to `back`, which undoes."""
    return run(
        start("start"),
        undoable("a", several(sequential, "3")),
        *border,
        throw("back", event_of("compensate", activityRef="a")),
        end("end"),
        flows("start > a > end", "off > back > end"),
        bindings="[service.undo_a]\nconnector = 'do'\ninput = { number = 'loopCounter' }",
    )


@pytest.mark.parametrize("sequential", [True, False], ids=["sequential", "parallel"])
def test_bodies_that_are_done_can_be_undone_when_the_others_are_interrupted(
    sequential: bool,
) -> None:
    world = interrupted(sequential, boundary("off", "a", event_of("signal", signalRef="S")))
    world.answer("a")
    world.answer("a")
    world.hear("off")
    numbers: list[int] = []
    while not world.ended:
        effect = world.at("undo_a").effect
        assert isinstance(effect, Call)
        numbers.append(effect.inputs["number"])
        world.answer("undo_a")
        world.check_fold()
    assert numbers == [2, 1], "each with its own data, the last first; what was called off, not"


def test_bodies_of_a_sub_process_that_are_done_can_be_undone_and_one_half_done_not() -> None:
    inside = (start("in"), undoable("a"), undoable("b"), flows("in > a > b"))
    world = run(
        start("start"),
        stage("stage", several(True, "3"), *inside),
        boundary("failed", "stage", event_of("error", errorRef="E1")),
        throw("back", COMPENSATE),
        flows("start > stage", "failed > back"),
    )
    for task in "aba":
        world.answer(task)
    world.refuse("b", "E1")
    assert world.answer_all() == ["undo_b", "undo_a"]
    assert world.ended


def test_an_event_sub_process_undoes_the_bodies_that_it_interrupts() -> None:
    parts = (
        start("oops", event_of("signal", signalRef="S")),
        throw("back", COMPENSATE),
        flows("oops > back"),
    )
    world = run(
        start("start"),
        undoable("a", several(False, "3")),
        flows("start > a"),
        alarm("alarm", *parts),
    )
    world.answer("a")
    world.hear("oops")
    assert world.answer_all() == ["undo_a"]
    assert world.ended


def test_bodies_that_were_done_in_what_is_interrupted_around_them_are_not_undone() -> None:
    world = run(
        start("start"),
        stage("stage", start("in"), undoable("a", several(True, "2")), flows("in > a")),
        boundary("off", "stage", event_of("signal", signalRef="S")),
        throw("back", COMPENSATE),
        flows("start > stage", "off > back"),
    )
    world.answer("a")
    world.hear("off")
    assert world.ended
    assert not world.instance.completed
    world.check_fold()


def test_each_iteration_of_a_loop_is_undone() -> None:
    world = run(
        start("start"),
        undoable("a", '<standardLoopCharacteristics loopMaximum="2"/>'),
        throw("back", COMPENSATE),
        flows("start > a > back"),
    )
    world.answer("a")
    world.answer("a")
    assert world.answer_all() == ["undo_a", "undo_a"]
    assert world.ended
