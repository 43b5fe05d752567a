"""Visits: the same step of the same story has the same key, in whatever order it is told."""

from random import Random
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from mtd.core.process.effect import Call
from mtd.core.process.instance import Instance
from mtd.core.process.journal import fold
from mtd.core.process.visiting import visit
from tests.core.process.world import World
from tests.core.process.written import (
    alarm,
    catch,
    end,
    event_of,
    flows,
    run,
    service,
    several,
    stage,
    start,
    tag,
    throw,
    undoable,
)

NUMBERED = "input = { item = 'loopCounter' }"
BINDINGS = f"""
[service.a]\nconnector = 'do'\n{NUMBERED}
[service.z]\nconnector = 'do'\n{NUMBERED}
[service.undo_z]\nconnector = 'do'\n{NUMBERED}
"""


def interleaved() -> World:
    """Parallel paths, loops, a sub-process in each of several bodies, and all undone at the end."""
    return run(
        start("start"),
        tag("parallelGateway", "fork"),
        service("a", several(False, "3")),
        stage("s", undoable("x"), service("y"), flows("x > y")),
        stage("m", several(False, "3"), undoable("z"), service("w"), flows("z > w")),
        undoable("b"),
        tag("parallelGateway", "join"),
        throw("back", event_of("compensate")),
        service("again"),
        end("end"),
        flows("start > fork > a > join > back > again > end", "fork > s > join"),
        flows("fork > m > join", "fork > b > join"),
        bindings=BINDINGS,
    )


def asked(world: World, chance: Random) -> dict[str, Any]:
    """Every call by its key, with what it says, when services answer in a random order."""
    told: dict[str, Any] = {}
    while waits := list(world.instance.waits.values()):
        for wait in waits:
            assert isinstance(wait.effect, Call)
            key = f"{wait.element}:{visit(world.instance, wait)}"
            assert told.setdefault(key, (wait.id, wait.effect.inputs))[0] == wait.id, key
        world.answer_wait(chance.choice(waits))
        world.check_fold()
    assert world.ended
    return {key: inputs for key, (_, inputs) in told.items()}


@settings(max_examples=30)
@given(seed=st.integers(0, 2**16))
def test_the_order_of_answers_changes_no_key(seed: int) -> None:
    first = asked(interleaved(), Random(0))
    assert asked(interleaved(), Random(seed)) == first
    assert len(first) == 3 + 2 + 6 + 1 + (1 + 3 + 1) + 1, "calls, what undoes them, and the last"


def test_a_step_that_is_done_again_has_another_key() -> None:
    world = run(
        start("start"),
        tag("exclusiveGateway", "merge"),
        stage("s", service("x")),
        tag("exclusiveGateway", "more", default="no"),
        end("end"),
        flows("start > merge > s > more"),
        '<sequenceFlow id="no" sourceRef="more" targetRef="end"/>',
        '<sequenceFlow id="yes" sourceRef="more" targetRef="merge">'
        "<conditionExpression>again</conditionExpression></sequenceFlow>",
        again=True,
    )
    keys: list[str] = []
    for _ in range(3):
        keys.append(visit(world.instance, world.at("x")))
        world.answer("x")
    assert len(set(keys)) == 3


def test_each_attempt_has_the_key_of_the_first() -> None:
    world = run(start("start"), service("x"), flows("start > x"))
    first = visit(world.instance, world.at("x"))
    world.fail("x")
    assert visit(world.instance, world.at("x")) == first == "v1"


def test_what_is_undone_inside_and_then_outside_has_two_keys() -> None:
    """A sub-process undoes `x`, does it again and is undone itself: its handler runs twice."""
    world = run(
        start("start"),
        stage(
            "s",
            start("in"),
            tag("exclusiveGateway", "merge"),
            undoable("x"),
            tag("exclusiveGateway", "more", default="no"),
            throw("inside", event_of("compensate")),
            end("out"),
            flows("in > merge > x > more", "inside > merge"),
            '<sequenceFlow id="no" sourceRef="more" targetRef="out"/>',
            '<sequenceFlow id="yes" sourceRef="more" targetRef="inside">'
            "<conditionExpression>again</conditionExpression></sequenceFlow>",
        ),
        throw("outside", event_of("compensate")),
        flows("start > s > outside"),
        again=True,
    )
    world.answer("x")
    keys = [visit(world.instance, world.at("undo_x"))]
    world.change(again=False)
    for task in ("undo_x", "x"):
        world.answer(task)
    keys.append(visit(world.instance, world.at("undo_x")))
    assert len(set(keys)) == 2


def test_runs_of_an_event_sub_process_are_told_apart() -> None:
    """Their number tells them apart, and not what else happened meanwhile."""
    rings = start("ring", event_of("message", messageRef="Ring"), isInterrupting="false")
    world = run(
        start("start"),
        service("a"),
        service("b"),
        catch("c", event_of("message", messageRef="Over")),
        alarm("heard", rings, service("x"), flows("ring > x")),
        flows("start > a > b > c"),
        bindings="[message.Ring]\nname = 'Ring'\nkey = '\"k\"'\n"
        "[message.Over]\nname = 'Over'\nkey = '\"k\"'\n",
    )
    other = World(world.definition)
    world.receive("ring")
    first = visit(world.instance, world.at("x"))
    world.answer("x")
    world.receive("ring")
    assert visit(world.instance, world.at("x")) != first
    for task in "ab":
        other.answer(task)
    other.receive("ring")
    assert visit(other.instance, other.at("x")) == first


def test_calls_that_are_under_way_in_an_older_journal_keep_their_numbers() -> None:
    """What an older version asked for is known by its wait, and what follows by its visit."""
    world = interleaved()
    old = older(world.instance)
    for wait in old.waits.values():
        assert visit(old, wait) == str(wait.id)
    (first, second, _) = (w for w in old.waits.values() if w.element == "z")
    world.instance = old
    for wait in (first, second):
        world.answer_wait(wait)
    later = [visit(world.instance, w) for w in world.instance.waits.values() if w.element == "w"]
    assert len(set(later)) == 2, "bodies that opened before visits were counted are told apart"
    assert fold(old, world.entries[-2:]) == world.instance


def older(instance: Instance) -> Instance:
    """`instance` as a version folds it whose journal bore no visits."""
    return msgspec.structs.replace(
        instance,
        visits={},
        waits={n: msgspec.structs.replace(w, nth=0) for n, w in instance.waits.items()},
        scopes={n: msgspec.structs.replace(s, place="", nth=0) for n, s in instance.scopes.items()},
    )
