"""Signals inside one instance: who listens hears them before the thrower goes on."""

from mtd.core.process.definition import Definition, Event
from tests.core.process.drawn import definition, flow
from tests.core.process.sketch import Sketch
from tests.core.process.world import World

SIGNAL = Event(kind="signal", name="S")


def guarded(interrupting: bool) -> Definition:
    """A sub-process that throws the signal which its own boundary event catches."""
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.add("subProcess", "inside", starts=("in",))
    sketch.add("startEvent", "in", "inside")
    sketch.add("intermediateThrowEvent", "throw", "inside", events=(SIGNAL,))
    sketch.service("after", "inside")
    sketch.add(
        "boundaryEvent", "guard", attached_to="inside", interrupting=interrupting, events=(SIGNAL,)
    )
    sketch.service("instead")
    sketch.chain("start", "inside")
    sketch.chain("in", "throw", "after")
    sketch.chain("guard", "instead")
    return sketch.definition()


def test_what_a_signal_interrupts_takes_its_thrower_with_it() -> None:
    world = World(guarded(interrupting=True))
    assert "after" not in world.visited()
    assert world.waiting() == ["instead"]
    world.check_fold()


def test_beside_what_does_not_interrupt_the_thrower_goes_on() -> None:
    world = World(guarded(interrupting=False))
    assert world.waiting() == ["after", "guard", "instead"]
    world.check_fold()


def test_what_moves_beside_the_thrower_listens_before_it_throws() -> None:
    event = '<signalEventDefinition signalRef="S"/>'
    for first, second in (("c", "t"), ("t", "c")):
        body = (
            '<signal id="S" name="S"/><process id="p">'
            f'<startEvent id="s"/>{flow("s", "g")}<parallelGateway id="g"/>'
            f"{flow('g', first)}{flow('g', second)}"
            f'<intermediateThrowEvent id="t">{event}</intermediateThrowEvent>'
            f'<manualTask id="w"/>{flow("c", "w")}'
            f'<intermediateCatchEvent id="c">{event}</intermediateCatchEvent>'
            f'{flow("t", "e")}{flow("w", "e")}<endEvent id="e"/></process>'
        )
        assert World(definition(body)).ended, first


def test_who_begins_to_listen_after_it_was_thrown_does_not_hear_it() -> None:
    event = '<signalEventDefinition signalRef="S"/>'
    body = (
        f'<signal id="S" name="S"/><process id="p"><startEvent id="s"/>{flow("s", "t")}'
        f'<intermediateThrowEvent id="t">{event}</intermediateThrowEvent>{flow("t", "c")}'
        f'<intermediateCatchEvent id="c">{event}</intermediateCatchEvent>{flow("c", "e")}'
        '<endEvent id="e"/></process>'
    )
    assert World(definition(body)).waiting() == ["c"]
