"""Events that could not come to listen: a retry lets them, once, and nothing beside them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec import structs

from mtd.core.process.definition import Definition, Event
from mtd.core.process.effect import Subscription, Timer
from mtd.core.process.trigger import Retried
from tests.core.process.sketch import PROCESS, Sketch, after, variable
from tests.core.process.test_migrating import migrated
from tests.core.process.world import World

KEYED = Event(kind="message", name="Alarm", key=variable("key"))
DATED = Event(
    kind="timer",
    schedule=lambda seen, now: Timer(now + timedelta(seconds=seen["key"])) if seen["key"] else None,
)
SIGNAL = Event(kind="signal", name="Call")

Drawing = Callable[[Event], Sketch]


def beside(
    sketch: Sketch, name: str, *events: Event, parent: str = PROCESS, interrupting: bool = False
) -> None:
    """An event sub-process `name` with one task `do_name`."""
    sketch.add("subProcess", f"{name}_in", parent)
    sketch.add("eventSubProcess", name, f"{name}_in", events=events, interrupting=interrupting)
    sketch.service(f"do_{name}", f"{name}_in")
    sketch.add("endEvent", f"{name}_end", f"{name}_in")
    sketch.chain(name, f"do_{name}", f"{name}_end")


def plain() -> Sketch:
    """A process of one task."""
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.service("work")
    sketch.add("endEvent", "end")
    sketch.chain("start", "work", "end")
    return sketch


def in_process(event: Event) -> Sketch:
    """The process opens, and cannot hear all that it should."""
    sketch = plain()
    beside(sketch, "alarm", event)
    beside(sketch, "call", SIGNAL)
    return sketch


def in_event_sub_process(event: Event) -> Sketch:
    """So does an event sub-process inside of which others listen, once it has gone off."""
    sketch = plain()
    beside(sketch, "off", after(1))
    beside(sketch, "alarm", event, parent="off_in")
    beside(sketch, "call", SIGNAL, parent="off_in")
    return sketch


def incidents(world: World) -> list[tuple[str, str]]:
    return [(one.code, one.element) for one in world.instance.incidents.values()]


def follow(world: World, new: Definition) -> None:
    """The instance goes on with `new` instead of its definition."""
    migrated(world, structs.replace(new, version=2))
    world.definition = structs.replace(new, version=2)


@pytest.mark.parametrize("draw", [in_process, in_event_sub_process])
@pytest.mark.parametrize(("event", "code"), [(KEYED, "KEY_UNKNOWN"), (DATED, "TIMER_UNKNOWN")])
def test_what_could_not_listen_does_after_a_retry_and_once(
    event: Event, code: str, draw: Drawing
) -> None:
    world = World(draw(event).definition(), key=None)
    world.pass_time(seconds=2)
    assert incidents(world) == [(code, "alarm")]
    heard = world.waiting()
    assert "alarm" not in heard and heard.count("call") == 1, "what can listen does"
    for _ in range(2):
        world.retry()
        assert incidents(world) == [(code, "alarm")]
        assert world.waiting() == heard
    world.retry(key=1)
    for _ in range(2):
        assert not incidents(world)
        assert world.waiting() == sorted([*heard, "alarm"])
        world.retry()
    if event is KEYED:
        world.receive("alarm")
    world.pass_time(seconds=1)
    assert "do_alarm" in world.waiting()
    world.check_fold()
    world.answer_all()
    assert world.ended and not incidents(world)


def test_several_that_cannot_listen_are_retried_each_by_itself() -> None:
    sketch = plain()
    for name in ("a", "b"):
        beside(sketch, name, Event(kind="message", name=name, key=variable(f"key_{name}")))
    world = World(sketch.definition())
    assert incidents(world) == [("KEY_UNKNOWN", "a"), ("KEY_UNKNOWN", "b")]
    world.let(
        Retried(at=world.now, incident=max(world.instance.incidents), variables={"key_b": "7"})
    )
    assert incidents(world) == [("KEY_UNKNOWN", "a")]
    world.retry()
    assert incidents(world) == [("KEY_UNKNOWN", "a")]
    assert world.waiting() == ["b", "work"]
    world.check_fold()


def test_an_interrupted_scope_hears_nothing_any_more() -> None:
    sketch = plain()
    beside(sketch, "alarm", KEYED)
    beside(sketch, "call", SIGNAL, interrupting=True)
    world = World(sketch.definition())
    world.hear("call")
    assert not incidents(world)
    world.retry(key="7")
    assert world.waiting() == ["do_call"]
    world.check_fold()


def test_a_scope_that_is_over_leaves_nothing_to_retry() -> None:
    world = World(in_event_sub_process(KEYED).definition())
    world.pass_time(seconds=2)
    world.answer("do_off")
    assert not incidents(world) and world.waiting() == ["work"]
    world.check_fold()


def test_what_went_off_for_good_does_not_begin_anew_with_it() -> None:
    sketch = plain()
    beside(sketch, "alarm", KEYED)
    beside(sketch, "late", after(5))
    world = World(sketch.definition())
    world.pass_time(seconds=6)
    world.retry(key="7")
    assert world.waiting() == ["alarm", "do_late", "work"]


@pytest.mark.parametrize(
    ("event", "kinds"),
    [(KEYED, {Subscription}), (after(5), {Timer}), (None, set[type]())],
    ids=["the same event", "another event", "no event"],
)
def test_who_follows_to_another_version_listens_to_what_is_drawn_there(
    event: Event | None, kinds: set[type]
) -> None:
    world = World(in_process(KEYED).definition())
    new = plain()
    if event is not None:
        beside(new, "alarm", event)
    beside(new, "call", SIGNAL)
    follow(world, new.definition())
    world.retry(key="7")
    assert not incidents(world)
    waits = [one for one in world.instance.waits.values() if one.element == "alarm"]
    assert len(waits) == len(kinds) and {type(one.effect) for one in waits} == kinds


def test_what_a_new_version_adds_and_cannot_await_yet_is_awaited_after_a_retry() -> None:
    """The activity beside it keeps its call; nothing is asked for a second time."""
    world = World(plain().definition())
    call = world.at("work")
    new = plain()
    new.add("boundaryEvent", "edge", attached_to="work", interrupting=False, events=(KEYED,))
    beside(new, "alarm", KEYED)
    follow(world, new.definition())
    assert incidents(world) == [("KEY_UNKNOWN", "alarm"), ("KEY_UNKNOWN", "edge")]
    world.retry(key="7")
    assert world.waiting() == ["alarm", "edge", "work"]
    assert world.at("work") == call


def race(*names: str) -> Definition:
    """A process that awaits the messages `names`, whichever comes first, each under its own key."""
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.add("eventBasedGateway", "race")
    sketch.add("endEvent", "end")
    sketch.chain("start", "race")
    for name in names:
        event = Event(kind="message", name=name, key=variable(f"key_{name}"))
        sketch.add("intermediateCatchEvent", name, events=(event,))
        sketch.chain("race", name, "end")
    return sketch.definition()


def test_a_race_whose_new_event_is_missed_is_on_all_the_same() -> None:
    """It began long ago: what a third version adds is awaited at once, and the other later."""
    world = World(race("a"), key_a="1", key_c="3")
    follow(world, race("b"))
    assert incidents(world) == [("KEY_UNKNOWN", "b")] and world.waiting() == []
    follow(world, race("b", "c"))
    assert world.waiting() == ["c"]
    world.retry(key_b="2")
    assert world.waiting() == ["b", "c"] and not incidents(world)
    world.receive("b")
    assert world.ended
