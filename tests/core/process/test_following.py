"""Migration of what has an inside or a past: each goes along in the middle of it, also renamed."""

import re
from collections.abc import Callable

import msgspec
import pytest

from mtd.core.process.definition import Definition
from mtd.core.process.effect import Timer, UserTask
from mtd.core.process.facts import Ignored
from tests.core.process.test_migrating import finished, migrated
from tests.core.process.world import World
from tests.core.process.written import (
    alarm,
    boundary,
    compiled,
    end,
    event_of,
    flows,
    several,
    stage,
    start,
    tag,
    throw,
    tie,
)

CANCEL, COMPENSATE = event_of("cancel"), event_of("compensate")
SIGNAL = event_of("signal", signalRef="S")
SOON = event_of("timer", "<timeDuration>PT1M</timeDuration>")
LOOP = '<standardLoopCharacteristics loopMaximum="2"/>'


def task(id_: str, *inside: str, **attributes: str) -> str:
    """Waits for a message of its own name: what awaits it has no effect that ids matter to."""
    return tag("receiveTask", id_, *inside, **attributes)


def undoable(id_: str, *inside: str) -> str:
    """A task with the task that undoes it."""
    on = boundary(f"on_{id_}", id_, COMPENSATE)
    undo = task(f"undo_{id_}", isForCompensation="true")
    return task(id_, *inside) + on + undo + tie(f"on_{id_}", f"undo_{id_}")


class Case(msgspec.Struct, frozen=True):
    """A drawing, what brings an instance of it into the middle, and what it awaits there."""

    parts: tuple[str, ...]
    reach: Callable[[World], None]
    waiting: list[str]
    roots: str = ""
    bindings: str = ""


def come(*tasks: str) -> Callable[[World], None]:
    """These messages come, one after the other."""

    def reach(world: World) -> None:
        for one in tasks:
            world.receive(one)

    return reach


def hear(world: World) -> None:
    """A signal that an event sub-process listens to."""
    world.hear("oops")


def choose(world: World) -> None:
    """A person lets one of two activities begin."""
    world.submit("x", activities=["a"])


def cancelled(world: World) -> None:
    """A transaction of which one body cancels all, one of which is undone already."""
    world.receive("a")
    world.receive("a")
    world.receive("undo_a")


CALLED = f'<process id="called">{start("in")}{task("inner")}{flows("in > inner")}</process>'
CASES = {
    "call": Case(
        (start("s"), tag("callActivity", "x", calledElement="called"), end("e"),
         flows("s > x > e")),
        come(),
        ["inner"],
        roots=CALLED,
    ),
    "loop": Case((start("s"), task("x", LOOP), end("e"), flows("s > x > e")), come("x"), ["x"]),
    "each in turn": Case(
        (start("s"), undoable("x", several(True, "3")), throw("back", COMPENSATE), end("e"),
         flows("s > x > back > e")),
        come("x"),
        ["x"],
    ),
    "each at once": Case(
        (start("s"), stage("x", several(False, "2"), start("in"), undoable("a"), task("b"),
         flows("in > a > b")), throw("back", COMPENSATE), end("e"), flows("s > x > back > e")),
        come("a", "b", "a"),
        ["b"],
    ),
    "event sub-process": Case(
        (start("s"), task("x"), end("e"), flows("s > x > e"),
         alarm("h", start("oops", SIGNAL), task("y"), end("z"), flows("oops > y > z"))),
        hear,
        ["y"],
    ),
    "ad-hoc": Case(
        (start("s"), tag("adHocSubProcess", "x", task("a"), task("b")), end("e"),
         flows("s > x > e")),
        choose,
        ["a", "x"],
        bindings='[adhoc.x]\nrole = "agent"\n',
    ),
    "ad-hoc in turn": Case(
        (start("s"), tag("adHocSubProcess", "x", task("a"), task("b"), task("c"),
         ordering="Sequential"), end("e"), flows("s > x > e")),
        come("a"),
        ["b"],
    ),
    "cancelled transaction": Case(
        (start("s"), tag("transaction", "x", several(True, "2"), start("in"), undoable("a"),
         tag("exclusiveGateway", "ask", default="yes"), end("no", CANCEL), end("good"),
         flows("in > a > ask"), '<sequenceFlow id="yes" sourceRef="ask" targetRef="good"/>',
         '<sequenceFlow id="off" sourceRef="ask" targetRef="no"><conditionExpression>'
         "loopCounter = 2</conditionExpression></sequenceFlow>"),
         boundary("c", "x", CANCEL), task("instead"), end("e"),
         flows("s > x > e", "c > instead > e")),
        cancelled,
        ["undo_a"],
    ),
    "compensation": Case(
        (start("s"), undoable("a"), stage("x", start("in"), undoable("b"), flows("in > b")),
         throw("back", COMPENSATE), end("e"), flows("s > a > x > back > e")),
        come("a", "b"),
        ["undo_b"],
    ),
}  # fmt: skip


def version(case: Case, number: int, change: Callable[[str], str] = str) -> Definition:
    """The drawing of `case` in a version."""
    made = compiled(
        *map(change, case.parts), roots=change(case.roots), bindings=change(case.bindings)
    )
    assert made.definition is not None, made.faults
    return msgspec.structs.replace(made.definition, version=number)


def begun(case: Case) -> World:
    """An instance in the middle of the first version."""
    world = World(version(case, 1))
    case.reach(world)
    assert world.waiting() == case.waiting
    return world


def renamed(text: str) -> str:
    """Every id, and every label, is another one; the process's and what is no id are not."""
    text = re.sub(
        r'(\b(?:id|sourceRef|targetRef|attachedToRef|default)=")(?!called")', r"\1new_", text
    )
    return re.sub(r"\[(\w+)\.(\w+)\]", r"[\1.new_\2]", text)


@pytest.mark.parametrize("name", CASES)
def test_it_follows_and_comes_to_its_end(name: str) -> None:
    world = begun(CASES[name])
    migrated(world, version(CASES[name], 2))
    assert world.instance.definition == "p@2"
    assert world.waiting() == CASES[name].waiting
    finished(world)


@pytest.mark.parametrize("name", CASES)
def test_under_other_ids_it_follows_the_map(name: str) -> None:
    world = begun(CASES[name])
    new = version(CASES[name], 2, renamed)
    mapping = {
        id_: f"new_{id_}" for id_ in world.definition.elements if f"new_{id_}" in new.elements
    }
    migrated(world, new, **mapping)
    assert world.instance.definition == "p@2", world.moved[-1].facts
    assert world.waiting() == sorted(f"new_{id_}" for id_ in CASES[name].waiting)
    known = {one.element for held in world.instance.completed.values() for one in held}
    assert known <= new.elements.keys()
    undone = {
        one.element for held in world.instance.completed.values() for one in held if one.whole
    }
    finished(world)
    handlers = {element.compensated_by for id_, element in new.elements.items() if id_ in undone}
    assert handlers - {None} <= set(world.visited()), "what was done before is undone after"


def refusal(world: World, new: Definition) -> str:
    (fact,) = migrated(world, new).facts
    assert isinstance(fact, Ignored)
    return fact.reason


def test_what_is_begun_next_must_be_there() -> None:
    case = CASES["ad-hoc in turn"]
    shorter = tag("adHocSubProcess", "x", task("a"), task("b"), ordering="Sequential")
    new = compiled(case.parts[0], shorter, *case.parts[2:])
    assert new.definition is not None, new.faults
    words = refusal(begun(case), msgspec.structs.replace(new.definition, version=2))
    assert "'c' is begun next, and is not inside 'x' in p" in words


def test_what_it_did_must_be_undone_in_the_same_way() -> None:
    world = begun(CASES["compensation"])
    case = CASES["compensation"]
    inside = case.parts[1].replace("boundaryEvent", "was").split("<was")[0]
    new = compiled(case.parts[0], inside, *case.parts[2:])
    assert new.definition is not None
    assert "what 'a' did may still be undone" in refusal(
        world, msgspec.structs.replace(new.definition, version=2)
    )


def test_what_a_handler_alone_undoes_is_not_undone_from_inside() -> None:
    """A black box has forgotten what was done in it."""

    def boxed(number: int, *border: str) -> Definition:
        inside = (start("in"), undoable("a"), flows("in > a"))
        parts = (start("s"), stage("x", *inside), *border, task("y"), throw("back", COMPENSATE))
        made = compiled(*parts, flows("s > x > y > back"))
        assert made.definition is not None, made.faults
        return msgspec.structs.replace(made.definition, version=number)

    border = boundary("on_x", "x", COMPENSATE), task("undo_x", isForCompensation="true")
    world = World(boxed(1, *border, tie("on_x", "undo_x")))
    world.receive("a")
    assert "what 'x' did may still be undone" in refusal(world, boxed(2))


def test_a_called_process_that_runs_must_be_called_there() -> None:
    case = CASES["call"]
    inside = start("o_in") + task("o_inner") + flows("o_in > o_inner")
    calls = [
        tag("callActivity", id_, calledElement=to) for id_, to in (("x", "o"), ("z", "called"))
    ]
    roots = f'{case.roots}<process id="o">{inside}</process>'
    new = compiled(start("s"), *calls, end("e"), flows("s > x > z > e"), roots=roots)
    assert new.definition is not None, new.faults
    assert "calls another process" in refusal(
        begun(case), msgspec.structs.replace(new.definition, version=2)
    )


def guarded(number: int, *events: str) -> Definition:
    """A task with these at its border, none of which interrupts it."""
    made = compiled(start("s"), task("x"), *events, end("e"), flows("s > x > e"))
    assert made.definition is not None, made.faults
    return msgspec.structs.replace(made.definition, version=number)


def beside(id_: str, event: str) -> str:
    return (
        boundary(id_, "x", event, cancelActivity="false")
        + task(f"t_{id_}")
        + flows(f"{id_} > t_{id_}")
    )


def test_what_went_off_already_is_not_awaited_anew_and_what_is_new_is() -> None:
    world = World(guarded(1, beside("soon", SOON)))
    world.pass_time(minutes=1)
    assert world.waiting() == ["t_soon", "x"]
    later = SOON.replace("PT1M", "PT9M")
    migrated(world, guarded(2, beside("soon", SOON), beside("later", later)))
    assert world.waiting() == ["later", "t_soon", "x"]
    assert isinstance(world.at("later").effect, Timer)


def test_where_an_event_sub_process_took_over_nothing_else_is_heard() -> None:
    case = CASES["event sub-process"]
    other = alarm("h2", start("call", SIGNAL), task("y2"), flows("call > y2"))
    world = begun(case)
    new = compiled(*case.parts, other)
    assert new.definition is not None
    migrated(world, msgspec.structs.replace(new.definition, version=2))
    assert world.waiting() == ["y"]


def test_a_choice_of_a_person_is_another_task_under_another_id() -> None:
    world = begun(CASES["ad-hoc"])
    before = world.at("x", UserTask).id
    new = version(CASES["ad-hoc"], 2, renamed)
    mapping = {
        id_: f"new_{id_}" for id_ in world.definition.elements if f"new_{id_}" in new.elements
    }
    migrated(world, new, **mapping)
    assert world.at("new_x", UserTask).id != before
