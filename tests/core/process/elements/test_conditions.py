"""Conditions: default flows beside unconditional ones, conditional events, a message sent."""

from mtd.core.process.definition import Event
from mtd.core.process.journal import Sent
from mtd.core.process.trigger import Changed
from tests.core.process.drawn import definition, faults, flow
from tests.core.process.sketch import Sketch
from tests.core.process.world import World


def over(limit: int) -> Event:
    return Event(kind="conditional", condition=lambda v, now: v.get("x", 0) > limit)


def set_x(world: World, value: int) -> None:
    world.let(Changed(at=world.now, variables={"x": value}))


def watched(interrupting: bool) -> Sketch:
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.service("work")
    sketch.add("endEvent", "end")
    sketch.add(
        "boundaryEvent", "guard", attached_to="work", interrupting=interrupting, events=(over(5),)
    )
    sketch.service("beside")
    sketch.chain("start", "work", "end")
    sketch.chain("guard", "beside")
    return sketch


def ways_of_a_task(amount: int) -> World:
    task = '<scriptTask id="t" name="T" default="fd"/>'
    body = (
        f'<startEvent id="s"/>{flow("s", "t")}{task}{flow("t", "a", "x &gt; 5")}'
        f'<sequenceFlow id="fd" sourceRef="t" targetRef="b"/>{flow("t", "c")}'
        '<manualTask id="a"/><manualTask id="b"/><manualTask id="c"/>'
        f'{flow("a", "e")}{flow("b", "e")}{flow("c", "e")}<endEvent id="e"/>'
    )
    return World(definition(body, '[script."T"]\nset = { y = "1" }'), x=amount)


def test_the_default_of_a_task_stands_in_for_its_conditional_flows_alone() -> None:
    assert set(ways_of_a_task(6).visited()) & {"a", "b", "c"} == {"a", "c"}
    assert set(ways_of_a_task(5).visited()) & {"a", "b", "c"} == {"b", "c"}


def test_a_condition_true_already_goes_off_as_its_event_begins_to_listen() -> None:
    world = World(watched(interrupting=True).definition(), x=6)
    assert world.waiting() == ["beside"]
    world.check_fold()


def test_a_condition_goes_off_again_only_after_it_was_false() -> None:
    world = World(watched(interrupting=False).definition(), x=1)
    for value, beside in ((6, 1), (7, 1), (1, 1), (8, 2), (9, 2)):
        set_x(world, value)
        assert world.waiting().count("beside") == beside, value
    world.check_fold()


def test_a_send_task_without_a_service_sends_its_message() -> None:
    body = (
        f'<message id="m" name="Paid"/><process id="p"><startEvent id="s"/>{flow("s", "t")}'
        f'<sendTask id="t" messageRef="m"/>{flow("t", "e")}<endEvent id="e"/></process>'
    )
    world = World(definition(body))
    sent = [fact.message for moved in world.moved for fact in moved.facts if isinstance(fact, Sent)]
    assert [(message.name, message.key) for message in sent] == [("Paid", "k")]
    assert world.ended
    assert faults(body.replace('messageRef="m"', "")) == [
        'nothing answers to it: [service."t"] is missing'
    ]


def test_an_inclusive_gateway_whose_flows_say_nothing_takes_them_all() -> None:
    body = (
        f'<startEvent id="s"/>{flow("s", "g")}<inclusiveGateway id="g"/>{flow("g", "a")}'
        f'{flow("g", "b")}<manualTask id="a"/><manualTask id="b"/>{flow("a", "e")}{flow("b", "e")}'
        '<endEvent id="e"/>'
    )
    assert set(World(definition(body)).visited()) >= {"a", "b"}


def test_a_call_activity_that_calls_nothing_is_refused() -> None:
    body = f'<startEvent id="s"/>{flow("s", "c")}<callActivity id="c"/>{flow("c", "e")}'
    assert faults(body + '<endEvent id="e"/>') == ['nothing answers to it: [call."c"] is missing']
