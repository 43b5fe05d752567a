"""Event sub-processes of every trigger, in every place that has an inside (BPMN 2.0.2 §10.3.5)."""

from collections.abc import Callable

import pytest

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
    throw,
)

MINUTE = event_of("timer", "<timeDuration>PT1M</timeDuration>")
THREE_MINUTES = event_of("timer", "<timeCycle>R3/PT1M</timeCycle>")
FULL = event_of("conditional", "<condition>n > 9</condition>")
NOTE = event_of("message", messageRef="Note")
SIGNAL = event_of("signal", signalRef="S")
ERROR = event_of("error", errorRef="E1")
LATE = event_of("escalation", escalationRef="LATE")

Happening = Callable[[World], object]


def answered(world: World) -> object:
    return world.answer("work")


TRIGGERS: dict[str, tuple[str, Happening]] = {
    "message": (NOTE, lambda world: world.receive("call")),
    "timer": (MINUTE, lambda world: world.pass_time(minutes=1)),
    "signal": (SIGNAL, lambda world: world.hear("call")),
    "conditional": (FULL, lambda world: world.change(n=10)),
    "error": (ERROR, lambda world: world.refuse("work", "E1")),
    "escalation": (LATE, answered),
}
ALWAYS_INTERRUPT = {"error"}
PLACES = ("process", "sub-process", "transaction", "called process")


def placed(place: str, *inside: str) -> World:
    """`inside` as the inside of `place`."""
    if place == "process":
        return run(*inside, n=1)
    if place == "called process":
        called = f'<process id="called">{"".join(inside)}</process>'
        held, roots = tag("callActivity", "host", calledElement="called"), called
    else:
        kind = "subProcess" if place == "sub-process" else place
        held, roots = tag(kind, "host", *inside), ""
    parts = (start("begin"), held, service("next"), end("over"))
    return run(*parts, flows("begin > host > next > over"), roots=roots, n=1)


def beside(place: str, trigger: str, interrupting: bool, event: str = "") -> World:
    """`work`, then an escalation, then `more`; beside it, `handle` on the trigger."""
    handling = alarm(
        "alarm",
        start("call", event or TRIGGERS[trigger][0], isInterrupting=str(interrupting).lower()),
        service("handle"),
        end("handled"),
        flows("call > handle > handled"),
    )
    return placed(
        place,
        start("in"),
        service("work"),
        throw("up", LATE),
        service("more"),
        end("out"),
        flows("in > work > up > more > out"),
        handling,
    )


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("trigger", TRIGGERS)
def test_interrupting_it_takes_the_place_of_its_scope(place: str, trigger: str) -> None:
    world = beside(place, trigger, interrupting=True)
    TRIGGERS[trigger][1](world)
    assert world.waiting() == ["handle"]
    world.check_fold()
    world.answer("handle")
    assert world.waiting() == ([] if place == "process" else ["next"])
    world.check_fold()


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("trigger", sorted(TRIGGERS.keys() - ALWAYS_INTERRUPT))
def test_not_interrupting_it_runs_beside_and_is_waited_for(place: str, trigger: str) -> None:
    world = beside(place, trigger, interrupting=False)
    TRIGGERS[trigger][1](world)
    active = [e for e in world.waiting() if e != "call"]
    assert active == ["handle", "more" if trigger == "escalation" else "work"]
    assert "handle" in world.answer_all()
    assert world.ended
    world.check_fold()


OTHER = event_of("error", errorRef="E2")


def handled(id_: str, event: str, **attributes: str) -> str:
    """An event sub-process whose work is `id_`."""
    parts = (start(f"on_{id_}", event, **attributes), service(id_), end(f"over_{id_}"))
    return alarm(f"in_{id_}", *parts, flows(f"on_{id_} > {id_} > over_{id_}"))


def faulty(first: str, **attributes: str) -> World:
    """`work` in a stage whose event sub-processes hear `first`, and the error OTHER."""
    inside = (start("in"), service("work"), end("out"), flows("in > work > out"))
    handlers = (handled("one", first, **attributes), handled("two", OTHER))
    return run(
        start("begin"),
        stage("host", *inside, *handlers),
        boundary("outside", "host", OTHER),
        service("then"),
        flows("begin > host", "outside > then"),
    )


@pytest.mark.parametrize("first", ["error", "message"])
def test_what_interrupted_its_scope_has_no_siblings_that_catch(first: str) -> None:
    world = faulty({"error": ERROR, "message": NOTE}[first])
    if first == "error":
        world.refuse("work", "E1")
    else:
        world.receive("on_one")
    assert world.waiting() == ["one"]
    world.refuse("one", "E2")
    assert world.waiting() == ["then"], "it concerns whoever is around the scope"
    world.check_fold()


def test_what_runs_beside_its_scope_has_siblings_that_catch() -> None:
    world = faulty(NOTE, isInterrupting="false")
    world.receive("on_one")
    world.refuse("one", "E2")
    assert world.waiting() == ["two"]
    world.check_fold()


@pytest.mark.parametrize("trigger", ["message", "signal"])
def test_not_interrupting_it_is_heard_again(trigger: str) -> None:
    world = beside("sub-process", trigger, interrupting=False)
    for _ in range(3):
        TRIGGERS[trigger][1](world)
    assert world.waiting() == ["call", "handle", "handle", "handle", "work"]


def test_a_cycle_begins_it_as_often_as_it_says() -> None:
    world = beside("sub-process", "timer", interrupting=False, event=THREE_MINUTES)
    world.pass_time(minutes=10)
    assert world.waiting() == ["handle", "handle", "handle", "work"]
    world.check_fold()


def test_a_condition_begins_it_again_when_it_was_false_meanwhile() -> None:
    world = beside("sub-process", "conditional", interrupting=False)
    for n, begun in ((10, 1), (11, 1), (3, 1), (12, 2)):
        world.change(n=n)
        assert world.waiting().count("handle") == begun, n
    world.check_fold()


@pytest.mark.parametrize("place", PLACES[1:])
def test_terminate_ends_its_own_scope_alone(place: str) -> None:
    world = placed(
        place,
        start("in"),
        service("work"),
        service("other"),
        end("stop", event_of("terminate")),
        flows("in > work > stop", "in > other > stop"),
    )
    world.answer("work")
    assert world.waiting() == ["next"]
    world.check_fold()


def test_terminate_ends_one_instance_of_several() -> None:
    world = run(
        start("start"),
        stage(
            "host",
            several(False, "2"),
            start("in"),
            service("work"),
            service("other"),
            end("stop", event_of("terminate")),
            flows("in > work > stop", "in > other > stop"),
        ),
        service("next"),
        flows("start > host > next"),
    )
    world.answer("work")
    assert world.waiting() == ["other", "work"]
    world.answer("work")
    assert world.waiting() == ["next"]
    world.check_fold()


def test_terminate_in_an_event_sub_process_leaves_what_is_beside_it() -> None:
    handling = alarm(
        "alarm",
        start("call", NOTE, isInterrupting="false"),
        service("handle"),
        service("also"),
        end("stop", event_of("terminate")),
        flows("call > handle > stop", "call > also > stop"),
    )
    world = placed("process", start("in"), service("work"), flows("in > work"), handling)
    world.receive("call")
    world.answer("handle")
    assert world.waiting() == ["call", "work"]
    world.check_fold()


WORK = (start("in"), service("work"), end("out"), flows("in > work > out"))
ACTIVITIES = {
    "service task": service("host"),
    "user task": tag("userTask", "host"),
    "receive task": tag("receiveTask", "host", messageRef="Paper"),
    "sub-process": stage("host", *WORK),
    "transaction": tag("transaction", "host", *WORK),
    "call activity": tag("callActivity", "host", calledElement="called"),
    "multi-instance": service("host", several(False, "3")),
    "multi-instance sub-process": stage("host", several(True, "3"), *WORK),
    "loop": service("host", '<standardLoopCharacteristics loopMaximum="3"/>'),
}
CALLED = '<process id="called">' + "".join(WORK) + "</process>"


@pytest.mark.parametrize("interrupting", [True, False], ids=["interrupting", "beside"])
@pytest.mark.parametrize("trigger", ["message", "timer", "signal", "conditional"])
@pytest.mark.parametrize("activity", ACTIVITIES)
def test_every_activity_has_boundary_events(
    activity: str, trigger: str, interrupting: bool
) -> None:
    world = run(
        start("start"),
        ACTIVITIES[activity],
        boundary("call", "host", TRIGGERS[trigger][0], cancelActivity=str(interrupting).lower()),
        service("instead"),
        end("end"),
        flows("start > host > end", "call > instead > end"),
        roots=CALLED if activity == "call activity" else "",
        bindings="[user.host]\nrole = 'agent'",
        n=1,
    )
    before = world.waiting()
    TRIGGERS[trigger][1](world)
    if interrupting:
        assert world.waiting() == ["instead"]
    else:
        left = before if trigger != "timer" else [e for e in before if e != "call"]
        assert world.waiting() == sorted([*left, "instead"])
    world.check_fold()
