"""Standard loops and multi-instance: what is repeated, how often, and what comes of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
import pytest

from mtd.core.process.definition import Evaluate, Loop, Service
from mtd.core.process.effect import Call
from mtd.core.process.elements import multi_instance
from mtd.core.process.outcome import Done
from mtd.core.process.trigger import Answered
from tests.core.process.sketch import Sketch, after, error, variable
from tests.core.process.world import World

LINES: dict[str, Any] = {"collection": variable("lines"), "sequential": False}


def looped(loop: Loop, **variables: Any) -> World:
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.service("work", loop=loop)
    sketch.service("after")
    sketch.chain("start", "work", "after")
    sketch.add("boundaryEvent", "caught", attached_to="work", events=(error(),))
    sketch.service("repair")
    sketch.chain("caught", "repair")
    return World(sketch.definition(), **variables)


def constant(count: int) -> Evaluate:
    return lambda variables, now: count


def two_are_done(variables: Mapping[str, Any], _: datetime) -> bool:
    return variables["numberOfCompletedInstances"] >= 2


def standard(**more: Any) -> Loop:
    return Loop(kind="standardLoop", **more)


def multi(**more: Any) -> Loop:
    return Loop(kind="multiInstance", **more)


def test_a_loop_goes_on_while_its_condition_holds() -> None:
    world = looped(standard(condition=variable("again")), again=True)
    world.answer("work")
    world.answer("work", again=False)
    assert world.waiting() == ["after"]
    world.check_fold()


def test_a_loop_tested_before_may_not_run_at_all() -> None:
    world = looped(standard(condition=variable("again"), test_before=True), again=False)
    assert world.waiting() == ["after"]


def test_a_loop_ends_with_its_maximum() -> None:
    world = looped(standard(maximum=3))
    for _ in range(3):
        assert world.waiting() == ["work"]
        world.answer("work")
    assert world.waiting() == ["after"]


def test_items_in_parallel_are_all_open_at_once_and_collected_in_order() -> None:
    world = looped(
        multi(
            sequential=False,
            collection=variable("lines"),
            item="line",
            output_collection="results",
            output_item=variable("line"),
        ),
        lines=["x", "y", "z"],
    )
    assert world.waiting() == ["work"] * 3
    for _ in range(3):
        world.answer("work")
    assert world.waiting() == ["after"]
    assert world.instance.scopes[0].variables["results"] == ["x", "y", "z"]
    world.check_fold()


def test_items_in_turn_are_open_one_by_one() -> None:
    world = looped(multi(sequential=True, cardinality=constant(2)))
    assert world.waiting() == ["work"]
    world.answer("work")
    assert world.waiting() == ["work"]
    world.answer("work")
    assert world.waiting() == ["after"]


def test_enough_is_enough() -> None:
    world = looped(
        multi(
            sequential=False,
            cardinality=constant(5),
            condition=two_are_done,
        )
    )
    world.answer("work")
    assert world.waiting() == ["work"] * 4
    world.answer("work")
    assert world.waiting() == ["after"]
    world.check_fold()


def test_nothing_to_go_over_is_done_at_once() -> None:
    world = looped(multi(sequential=False, collection=variable("lines")), lines=[])
    assert world.waiting() == ["after"]


def test_an_error_in_one_body_cancels_them_all() -> None:
    world = looped(multi(sequential=False, cardinality=constant(3)))
    world.refuse("work", "E1")
    assert world.waiting() == ["repair"]
    world.check_fold()


def test_what_is_no_list_is_an_incident() -> None:
    world = looped(multi(sequential=False, collection=variable("lines")), lines="abc")
    assert [i.code for i in world.instance.incidents.values()] == ["NO_COLLECTION"]


def test_a_body_takes_no_flow_of_its_activity_not_even_the_default() -> None:
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.service("work", loop=standard(maximum=2))
    sketch.service("after")
    sketch.service("other")
    sketch.flow("start", "work")
    sketch.default("work", "after")
    sketch.flow("work", "other", condition=variable("other"))
    world = World(sketch.definition(), other=False)
    world.answer("work")
    assert world.waiting() == ["work"]
    world.answer("work")
    assert world.waiting() == ["after"]


def test_each_body_has_an_output_item_of_its_own() -> None:
    """Two stages at once that write the same name: neither reads what the other wrote."""
    sketch = Sketch()
    sketch.add("startEvent", "start")
    loop = multi(**LINES, item="line", output_collection="all", output_item=variable("found"))
    loop = msgspec.structs.replace(loop, output_name="found")
    sketch.add("subProcess", "stage", loop=loop)
    sketch.add("startEvent", "begin", "stage")
    sketch.service("find", "stage")
    sketch.service("keep", "stage")
    sketch.chain("begin", "find", "keep")
    sketch.service("after")
    sketch.chain("start", "stage", "after")
    world = World(sketch.definition(), lines=["a", "b"])
    for wait, found in zip(list(world.instance.waits), ("x", "y"), strict=True):
        world.let(Answered(at=world.now, wait=wait, outcome=Done({"found": found})))
    world.answer("keep")
    world.answer("keep")
    variables = world.instance.scopes[0].variables
    assert variables["all"] == ["x", "y"] and "found" not in variables
    world.check_fold()


def test_no_items_give_an_empty_collection() -> None:
    loop = multi(**LINES, output_collection="results", output_item=variable("line"))
    world = looped(loop, lines=[])
    assert world.instance.scopes[0].variables["results"] == []


def test_the_account_hides_no_variable_of_the_process() -> None:
    seen = Service(connector="x", inputs={"items": variable("items"), "n": variable("loopCounter")})
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.add("serviceTask", "work", work=seen, loop=multi(**LINES))
    sketch.chain("start", "work")
    world = World(sketch.definition(), lines=[1, 2], items="mine")
    calls = [w.effect for w in world.instance.waits.values()]
    assert [c.inputs for c in calls if isinstance(c, Call)] == [
        {"items": "mine", "n": 1},
        {"items": "mine", "n": 2},
    ]


def test_without_a_way_out_the_bodies_are_not_done_again() -> None:
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.service("work", loop=multi(sequential=True, cardinality=constant(2)))
    sketch.add("boundaryEvent", "late", attached_to="work", events=(after(60),))
    sketch.service("next")
    sketch.service("other")
    sketch.flow("start", "work")
    sketch.flow("work", "next", condition=variable("on"))
    sketch.flow("work", "other", condition=variable("off"))
    sketch.chain("late", "other")
    world = World(sketch.definition())
    world.answer("work")
    world.answer("work")
    (incident,) = world.instance.incidents.values()
    assert (incident.code, incident.token in world.instance.tokens) == ("NO_WAY_OUT", True)
    world.retry(on=True)
    assert world.waiting() == ["next"] and world.visited().count("work") == 4
    world.check_fold()


def test_a_flag_is_no_count() -> None:
    world = looped(multi(cardinality=variable("flag")), flag=True)
    (incident,) = world.instance.incidents.values()
    assert incident.code == "NO_CARDINALITY"


def test_many_times_many_is_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multi_instance, "SCOPES_MAX", 1_000)
    sketch = Sketch()
    sketch.add("startEvent", "start")
    each = multi(cardinality=constant(60), sequential=False)
    sketch.add("subProcess", "inside", loop=each)
    sketch.add("startEvent", "in", "inside")
    sketch.service("work", "inside", loop=each)
    sketch.chain("in", "work")
    sketch.chain("start", "inside")
    world = World(sketch.definition())
    assert len(world.instance.scopes) <= 1_000
    codes = {incident.code for incident in world.instance.incidents.values()}
    assert codes == {"TOO_MANY"}
