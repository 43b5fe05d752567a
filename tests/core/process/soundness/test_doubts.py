"""What is dangerous in a drawing is told, and what is sound is not."""

import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings

from mtd.core.process.definition import Definition, Event, Rules
from mtd.core.process.soundness import doubts, exploring
from mtd.core.process.soundness.net import nets
from tests.core.process.random_drawings import drawings
from tests.core.process.sketch import Sketch, after, error


def said(sketch: Sketch) -> dict[str, str]:
    """Each warning, by its element."""
    return {fault.element: fault.message for fault in doubts(sketch.definition())}


def begun(*nodes: tuple[str, str]) -> Sketch:
    """A start, and nodes without flows."""
    sketch = Sketch()
    sketch.add("startEvent", "start")
    for kind, id_ in nodes:
        if kind == "serviceTask":
            sketch.service(id_)
        else:
            sketch.add(kind, id_)
    sketch.add("endEvent", "end")
    return sketch


def split_and(join: str) -> Sketch:
    sketch = begun(
        ("parallelGateway", "split"), ("serviceTask", "a"), ("serviceTask", "b"), (join, "join")
    )
    sketch.chain("start", "split", "a", "join", "end")
    sketch.chain("split", "b", "join")
    return sketch


def choice_and(join: str) -> Sketch:
    sketch = split_and(join)
    sketch.add("exclusiveGateway", "split")
    return sketch


def test_what_is_split_and_joined_alike_is_sound() -> None:
    for sketch in (
        split_and("parallelGateway"),
        choice_and("exclusiveGateway"),
        split_and("inclusiveGateway"),
        choice_and("inclusiveGateway"),
    ):
        assert said(sketch) == {}


def test_a_parallel_join_behind_a_choice_waits_for_ever() -> None:
    found = said(choice_and("parallelGateway"))
    assert list(found) == ["join"] and "wait here for ever" in found["join"]


@pytest.mark.parametrize("merge", ["exclusiveGateway", "userTask"])
def test_parallel_ways_that_are_only_merged_are_done_twice(merge: str) -> None:
    found = doubts(split_and(merge).definition())
    assert [f.element for f in found if "done twice" in f.message] == ["join"]


def test_an_implicit_merge_is_named_and_an_end_is_none() -> None:
    found = said(choice_and("userTask"))
    assert found == {"join": found["join"]} and "implicit merges" in found["join"]
    assert said(choice_and("endEvent")) == {}


def test_dead_nodes_and_what_has_no_way_out() -> None:
    sketch = begun(("serviceTask", "alone"), ("serviceTask", "a"), ("serviceTask", "b"))
    sketch.add("boundaryEvent", "late", attached_to="a", events=(after(60),))
    sketch.chain("start", "a", "end")
    sketch.chain("alone", "end")
    sketch.chain("late", "b", "b")
    found = said(sketch)
    assert set(found) == {"alone", "late", "b"}
    assert "nothing leads to it" in found["alone"]
    ways = [f.element for f in doubts(sketch.definition()) if "no way out" in f.message]
    assert ways == ["b", "late"]


def again(kind: str) -> Sketch:
    sketch = begun(("exclusiveGateway", "merge"), ("exclusiveGateway", "which"))
    sketch.add(kind, "again", work=Rules() if kind == "scriptTask" else None)
    sketch.chain("start", "merge", "again", "which", "end")
    sketch.flow("which", "merge")
    return sketch


def test_a_loop_that_never_waits_is_told_and_one_that_does_is_not() -> None:
    found = said(again("scriptTask"))
    assert list(found) == ["merge"] and "never waits: merge, which, again" in found["merge"]
    assert said(again("userTask")) == {}


def test_what_ends_everything_ends_the_other_ways() -> None:
    for kind in ("terminate", "error"):
        sketch = split_and("endEvent")
        sketch.add("endEvent", "stop", events=(Event(kind=kind, name="E"),))
        sketch.flow("b", "stop")
        assert said(sketch) == {}


def test_boundary_events_interrupt_or_go_beside() -> None:
    sketch = begun(("serviceTask", "a"), ("serviceTask", "b"), ("parallelGateway", "join"))
    sketch.add("boundaryEvent", "no", attached_to="a", events=(error("E"),))
    sketch.chain("start", "a", "join", "end")
    sketch.chain("no", "b", "join")
    assert "wait here for ever" in said(sketch)["join"]
    sketch.add("boundaryEvent", "no", attached_to="a", events=(after(9),), interrupting=False)
    found = said(sketch)
    assert "wait here for ever" in found["join"], "the event may not come"


def test_alarms_that_go_their_own_way_are_played_by_themselves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Six tasks with an alarm each: played together, their tokens would stand in 2^6 ways."""
    monkeypatch.setattr(exploring, "MARKINGS_MAX", 20)
    tasks = [f"t{n}" for n in range(6)]
    sketch = begun(*(("userTask", task) for task in tasks))
    sketch.chain("start", *tasks, "end")
    for task in tasks:
        alarm = f"alarm-{task}"
        sketch.add("boundaryEvent", alarm, attached_to=task, events=(after(9),), interrupting=False)
        sketch.service(f"tell-{task}")
        sketch.chain(alarm, f"tell-{task}")
    assert said(sketch) == {}
    sketch.add("parallelGateway", "join")
    sketch.add("exclusiveGateway", "either")
    sketch.chain("tell-t0", "either", "join")
    sketch.flow("either", "join")
    assert "wait here for ever" in said(sketch)["join"], "what is wrong beside is told all the same"


def test_inside_sub_processes_and_handlers_it_is_looked_at_too() -> None:
    sketch = begun(("subProcess", "stage"))
    sketch.chain("start", "stage", "end")
    sketch.add("startEvent", "s", "stage")
    sketch.add("exclusiveGateway", "x", "stage")
    sketch.add("parallelGateway", "j", "stage")
    sketch.chain("s", "x", "j")
    sketch.flow("x", "j")
    sketch.add("subProcess", "handler")
    sketch.add("eventSubProcess", "cancelled", "handler", events=(after(9),))
    sketch.service("undo", "handler")
    sketch.service("lost", "handler")
    sketch.chain("cancelled", "undo")
    sketch.chain("lost", "lost")
    found = said(sketch)
    assert set(found) == {"j", "lost"}, found


def test_beyond_the_bound_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exploring, "MARKINGS_MAX", 3)
    found = doubts(split_and("parallelGateway").definition())
    assert [fault.message for fault in found] == [
        "not explored to the end: tokens may stand in too many ways"
    ]


def test_counted_tokens_are_not_explored_and_that_is_said() -> None:
    sketch = begun(("serviceTask", "a"))
    sketch.add("task", "a", completion_quantity=2)
    sketch.chain("start", "a", "end")
    assert "not explored" in said(sketch)["a"]


def test_links_are_ways() -> None:
    sketch = begun(("serviceTask", "a"))
    link = Event(kind="link", name="L")
    sketch.add("intermediateThrowEvent", "go", events=(link,))
    sketch.add("intermediateCatchEvent", "come", events=(link,))
    sketch.flow("go", "come")
    sketch.chain("start", "go")
    sketch.chain("come", "a", "end")
    assert said(sketch) == {}


@settings(max_examples=40)
@given(definition=drawings())
def test_drawings_that_are_sound_by_construction_are_not_doubted(definition: Definition) -> None:
    harmless: tuple[Callable[[str], bool], ...] = (
        lambda message: message.startswith("a loop that never waits"),
        lambda message: message.startswith("not explored"),
    )
    left = [f for f in doubts(definition) if not any(one(f.message) for one in harmless)]
    assert not left


def wide(fork: str) -> Sketch:
    """1,000 ways at once."""
    sketch = begun((fork, "fork"), ("parallelGateway", "join"))
    sketch.chain("start", "fork")
    for number in range(1_000):
        sketch.service(f"t{number}")
        sketch.chain("fork", f"t{number}", "join")
    sketch.chain("join", "end")
    return sketch


def beside() -> Sketch:
    """An activity with 40 events that do not interrupt it, and lead into what follows."""
    sketch = begun(("serviceTask", "a"), ("serviceTask", "b"))
    sketch.chain("start", "a", "b", "end")
    events = tuple(f"e{number}" for number in range(40))
    for event in events:
        sketch.add("boundaryEvent", event, attached_to="a", interrupting=False, events=(after(60),))
        sketch.chain(event, "b")
    sketch.change("a", attached=events)
    return sketch


def beginnings() -> Sketch:
    """30 choices that begin together."""
    sketch = Sketch()
    for number in range(30):
        sketch.add("exclusiveGateway", f"g{number}")
        for way in range(4):
            sketch.chain(f"g{number}", sketch.service(f"t{number}_{way}"))
    return sketch


def chained(kind: str) -> Sketch:
    """3,000 of a kind in a row, in a circle."""
    sketch = begun(*((kind, f"n{number}") for number in range(3_000)))
    sketch.chain("start", *(f"n{number}" for number in range(3_000)), "end")
    sketch.chain("n2999", "n0")
    return sketch


@pytest.mark.parametrize(
    "made",
    [
        lambda: wide("parallelGateway"),
        lambda: wide("inclusiveGateway"),
        beside,
        beginnings,
        lambda: chained("manualTask"),
        lambda: chained("inclusiveGateway"),
    ],
    ids=["parallel", "inclusive", "beside", "beginnings", "quick", "joins"],
)
def test_what_would_take_for_ever_is_looked_at_for_a_while(made: Callable[[], Sketch]) -> None:
    definition = made().definition()
    began = time.process_time()
    assert doubts(definition)
    assert time.process_time() - began < 10


def test_all_scopes_share_what_may_be_looked_at() -> None:
    sketch = begun(("subProcess", "one"), ("subProcess", "two"))
    sketch.chain("start", "one", "two", "end")
    for inside in ("one", "two"):
        first = sketch.add("startEvent", f"{inside}0", inside)
        sketch.chain(first, sketch.service(f"{inside}1", inside))
    alone = exploring.Work()
    _, one, two = nets(sketch.definition())
    assert not list(exploring.explored(one, alone))
    needed = exploring.WORK_MAX - alone.left
    shared = exploring.Work(needed)
    assert not list(exploring.explored(one, shared))
    (fault,) = exploring.explored(two, shared)
    assert fault.element == "two" and "not explored to the end" in fault.message
