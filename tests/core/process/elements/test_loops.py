"""Standard loops and multi-instance: what is repeated, how often, and what comes of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from mtd.core.process.definition import Evaluate, Event, Loop, Service
from mtd.core.process.effect import Call
from mtd.core.process.journal import Sent
from mtd.core.process.outcome import Done
from mtd.core.process.trigger import Answered
from tests.core.process.drawn import chain, definition
from tests.core.process.sketch import Sketch, after, error, variable
from tests.core.process.world import World

ATTRIBUTES = (
    "numberOfInstances",
    "numberOfActiveInstances",
    "numberOfCompletedInstances",
    "numberOfTerminatedInstances",
)


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


def counted(variables: Mapping[str, Any], _: datetime) -> list[int]:
    return [variables[name] for name in ATTRIBUTES]


def observed(loop: Loop, **border: Any) -> World:
    """An activity of two bodies or more with an event at its border, before `after`."""
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.service("work", loop=loop)
    sketch.service("after")
    sketch.chain("start", "work", "after")
    sketch.add("boundaryEvent", "told", attached_to="work", **border)
    sketch.service("look")
    sketch.chain("told", "look")
    return World(sketch.definition(), lines=[1, 2, 3])


LINES = {"collection": variable("lines"), "sequential": False}
TOLD = (Event(kind="signal", name="Told", payload={"counts": counted}),)


def test_none_tells_of_each_body_with_the_attributes() -> None:
    thrown = (Event(kind="signal", name="Told"),)
    world = observed(multi(**LINES, behavior="None", on_none=thrown), events=TOLD)
    world.answer("work")
    assert world.waiting() == ["look", "told", "work", "work"]
    assert world.instance.scopes[0].variables["counts"] == [3, 2, 1, 0]
    world.answer("work")
    world.answer("work")
    assert world.waiting() == ["after", "look", "look", "look"]
    world.check_fold()


def test_one_tells_of_the_first_body_by_a_signal_without_a_name() -> None:
    default = (Event(kind="signal"),)
    world = observed(multi(**LINES, behavior="One", on_one=default), events=TOLD)
    for _ in range(3):
        world.answer("work")
    assert world.waiting() == ["after", "look"]


def test_all_tells_of_nothing() -> None:
    world = observed(multi(**LINES, behavior="All"), events=TOLD)
    for _ in range(3):
        world.answer("work")
    assert world.waiting() == ["after"]


def test_complex_tells_where_a_condition_holds_and_ends_the_rest() -> None:
    events = (Event(kind="escalation", name="ENOUGH", payload={"counts": counted}),)
    thrown = ((two_are_done, Event(kind="escalation", name="ENOUGH")),)
    world = observed(multi(**LINES, behavior="Complex", complex=thrown), events=events)
    world.answer("work")
    assert world.waiting() == ["work", "work"]
    world.answer("work")
    assert world.waiting() == ["after", "look"]
    assert world.instance.scopes[0].variables["counts"] == [3, 0, 2, 1]
    world.check_fold()


def test_what_no_border_catches_others_may_hear() -> None:
    thrown = (Event(kind="signal", name="Done one"),)
    world = looped(multi(**LINES, behavior="One", on_one=thrown), lines=[1])
    moved = world.answer("work")
    assert [f.message.name for f in moved.facts if isinstance(f, Sent)] == ["Done one"]


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


ITEMS = (
    '<startEvent id="s"/><serviceTask id="x.a" name="A">'
    '<multiInstanceLoopCharacteristics behavior="{}" {}>{}</multiInstanceLoopCharacteristics>'
    '</serviceTask><boundaryEvent id="b" attachedToRef="x.a" name="Told"><signalEventDefinition/>'
    '</boundaryEvent><manualTask id="t"/>' + chain("s", "x.a") + chain("b", "t")
)


def told(behavior: str, refs: str = "", inside: str = "") -> World:
    cardinality = "<loopCardinality>2</loopCardinality>"
    process = f'<process id="p">{ITEMS.format(behavior, refs, cardinality + inside)}</process>'
    roots = '<signal id="sig" name="Told"/><signalEventDefinition id="def" signalRef="sig"/>'
    return World(definition(roots + process))


def test_behaviors_are_compiled_with_their_events() -> None:
    complex_ = (
        "<complexBehaviorDefinition><condition>numberOfCompletedInstances = 1</condition>"
        '<event><signalEventDefinition signalRef="sig"/></event></complexBehaviorDefinition>'
    )
    for world, answers, seen in (
        (told("One"), 2, 1),
        (told("One", 'oneBehaviorEventRef="def"'), 2, 1),
        (told("None", 'noneBehaviorEventRef="def"'), 2, 2),
        (told("All"), 2, 0),
        (told("Complex", "", complex_), 1, 1),
    ):
        for _ in range(answers):
            assert not world.ended
            world.answer("x.a")
        assert world.ended and world.visited().count("b") == seen
