"""Several events at once, in every position; events by reference; links (BPMN 2.0.2 §10.5)."""

import pytest

from mtd.core.process.facts import Sent
from tests.core.process.sketch import Sketch, after, message
from tests.core.process.world import World
from tests.core.process.written import (
    alarm,
    boundary,
    catch,
    end,
    event_of,
    flows,
    run,
    service,
    stage,
    start,
    tag,
    throw,
    undoable,
)

A, B = event_of("message", messageRef="A"), event_of("message", messageRef="B")
SIGNAL = event_of("signal", signalRef="S")
MINUTE = event_of("timer", "<timeDuration>PT1M</timeDuration>")
HIGH = event_of("conditional", "<condition>n > 9</condition>")
LOW = event_of("conditional", "<condition>n = 0</condition>")


def caught(parallel: bool) -> World:
    return run(
        start("start"),
        catch("both", A, MINUTE, HIGH, parallelMultiple=str(parallel).lower()),
        service("next"),
        end("end"),
        flows("start > both > next > end"),
        n=1,
    )


def test_a_catch_event_goes_on_with_the_first() -> None:
    world = caught(parallel=False)
    world.pass_time(minutes=1)
    assert world.waiting() == ["next"]
    world.check_fold()


def test_a_parallel_catch_event_goes_on_with_the_last() -> None:
    world = caught(parallel=True)
    world.pass_time(minutes=1)
    world.change(n=10)
    assert world.waiting() == ["both"]
    world.receive("both")
    assert world.waiting() == ["next"]
    world.check_fold()


def guarded(parallel: bool, cancel: bool) -> World:
    return run(
        start("start"),
        service("work"),
        boundary(
            "on",
            "work",
            A,
            SIGNAL,
            parallelMultiple=str(parallel).lower(),
            cancelActivity=str(cancel).lower(),
        ),
        service("then"),
        end("end"),
        flows("start > work > end", "on > then > end"),
    )


def test_a_boundary_event_goes_off_with_the_first() -> None:
    world = guarded(parallel=False, cancel=True)
    world.hear("on")
    assert world.waiting() == ["then"]


@pytest.mark.parametrize("cancel", [True, False], ids=["interrupting", "beside"])
def test_a_parallel_boundary_event_goes_off_with_the_last(cancel: bool) -> None:
    world = guarded(parallel=True, cancel=cancel)
    world.hear("on")
    assert world.waiting() == ["on", "work"], "the message is still awaited"
    world.receive("on")
    assert world.waiting() == (["then"] if cancel else ["on", "on", "then", "work"])
    world.check_fold()


def test_a_parallel_boundary_event_beside_needs_all_again() -> None:
    world = guarded(parallel=True, cancel=False)
    for _ in range(2):
        world.receive("on")
        world.hear("on")
    assert world.waiting().count("then") == 2
    world.check_fold()


@pytest.mark.parametrize("parallel", [True, False], ids=["parallel", "any"])
def test_an_event_sub_process_begins_with_the_last_or_the_first(parallel: bool) -> None:
    begin = start("call", A, SIGNAL, parallelMultiple=str(parallel).lower(), isInterrupting="true")
    world = run(
        start("start"),
        service("work"),
        end("end"),
        flows("start > work > end"),
        alarm("alarm", begin, service("handle"), end("done"), flows("call > handle > done")),
    )
    world.receive("call", told="x")
    assert world.waiting() == (["call", "work"] if parallel else ["handle"])
    if parallel:
        world.hear("call")
        assert world.waiting() == ["handle"]
        assert world.instance.scopes[0].variables == {"told": "x"}, "kept from the first"
    world.check_fold()


def test_behind_an_event_based_gateway_the_event_met_is_the_one() -> None:
    """What the gateway awaited beside it is awaited no longer, though the event lacks one still."""
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.add("eventBasedGateway", "race")
    sketch.add(
        "intermediateCatchEvent",
        "both",
        events=(message("A"), message("B")),
        parallel_multiple=True,
    )
    sketch.add("intermediateCatchEvent", "timer", events=(after(60),))
    sketch.chain("start", "race", "both")
    sketch.chain("race", "timer")
    world = World(sketch.definition())
    world.receive("both")
    assert world.waiting() == ["both"]
    world.receive("both")
    assert world.ended


def test_each_condition_of_several_is_one_of_its_own() -> None:
    world = run(
        start("start"),
        service("work"),
        boundary("on", "work", HIGH, LOW, cancelActivity="false"),
        service("then"),
        end("end"),
        flows("start > work > end", "on > then > end"),
        n=1,
    )
    for n, times in ((10, 1), (0, 2), (0, 2), (11, 3)):
        world.change(n=n)
        assert world.waiting().count("then") == times, n
    world.check_fold()


@pytest.mark.parametrize("kind", ["intermediateThrowEvent", "endEvent"])
def test_a_throwing_event_throws_all(kind: str) -> None:
    world = run(
        start("start"),
        undoable("a"),
        tag(kind, "all", event_of("compensate"), A, SIGNAL),
        end("end"),
        flows("start > a > all", *(["all > end"] if kind != "endEvent" else [])),
    )
    moved = world.answer("a")
    assert [f.message.name for f in moved.facts if isinstance(f, Sent)] == ["A", "S"]
    assert world.answer_all() == ["undo_a"]
    assert world.ended


def test_an_end_event_sends_before_it_terminates() -> None:
    world = run(
        start("start"),
        service("a"),
        service("b"),
        end("all", event_of("terminate"), A),
        flows("start > a > all", "start > b > all"),
    )
    moved = world.answer("a")
    assert [f.message.name for f in moved.facts if isinstance(f, Sent)] == ["A"]
    assert world.ended


def test_a_start_event_of_several_begins_with_any() -> None:
    world = run(start("start", A, SIGNAL), service("a"), end("end"), flows("start > a > end"))
    assert world.waiting() == ["a"]


def test_an_event_definition_may_stand_at_the_root() -> None:
    root = (
        '<timerEventDefinition id="later"><timeDuration>PT1M</timeDuration></timerEventDefinition>'
    )
    world = run(
        start("start"),
        catch("wait", "<eventDefinitionRef>later</eventDefinitionRef>"),
        service("work"),
        boundary("on", "work", "<eventDefinitionRef>later</eventDefinitionRef>"),
        service("then"),
        end("end"),
        flows("start > wait > work > end", "on > then > end"),
        roots=root,
    )
    assert world.waiting() == ["wait"]
    world.pass_time(minutes=1)
    assert world.waiting() == ["on", "work"]
    world.pass_time(minutes=1)
    assert world.waiting() == ["then"]


def link(name: str) -> str:
    return event_of("link", name=name)


def test_links_of_one_name_lead_to_their_target_on_the_same_level() -> None:
    inside = (
        start("in"),
        throw("away", link("Go")),
        catch("here", link("Go")),
        service("x"),
        end("out"),
        flows("in > away", "here > x > out"),
    )
    world = run(
        start("start"),
        service("a"),
        service("b"),
        throw("one", link("Go")),
        throw("two", link("go ")),
        catch("target", link("Go")),
        stage("stage", *inside),
        end("end"),
        flows("start > a > one", "start > b > two", "target > stage > end"),
    )
    world.answer("a")
    assert world.waiting() == ["b", "x"]
    world.answer("b")
    assert world.waiting() == ["x", "x"], "two sources, one target"
    world.check_fold()
    world.answer_all()
    assert world.ended
    assert "here" in world.visited()


def test_links_of_other_names_lead_elsewhere_and_begin_nothing() -> None:
    """What nothing leads to begins; but a link's target is led to by its name."""
    world = run(
        service("a"),
        throw("go", link("Go")),
        catch("off", link("Stop")),
        service("never"),
        catch("on", link("Go")),
        service("b"),
        throw("stop", link("Stop")),
        flows("a > go", "off > never", "on > b > stop"),
    )
    assert world.waiting() == ["a"]
    world.answer("a")
    assert world.waiting() == ["b"]
    world.answer("b")
    assert world.waiting() == ["never"]
