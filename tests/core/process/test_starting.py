"""Starting: by a start event, by a receive task or a gateway that instantiates, and by none."""

from datetime import timedelta

import pytest

from mtd.core.process.effect import Message, Subscription
from mtd.core.process.instance import State
from mtd.core.process.rehearsing import Ending, Question, Rehearsal, Silence
from mtd.core.process.trigger import Start
from tests.core.process.drawn import chain, compiled, definition
from tests.core.process.world import BEGAN, World


def rehearsal(body: str, bindings: str = "") -> Rehearsal:
    def nobody(question: Question) -> Silence:
        return Silence.NEVER

    return Rehearsal([definition(body, bindings)], nobody, BEGAN)


def catches(element: str, message: str) -> str:
    """An intermediate event that catches a message."""
    return (
        f'<intermediateCatchEvent id="{element}" name="{message}"><messageEventDefinition/>'
        "</intermediateCatchEvent>"
    )


def gateway(kind: str, bindings: str = "") -> Rehearsal:
    body = (
        f'<eventBasedGateway id="g" instantiate="true" eventGatewayType="{kind}"/>'
        + catches("order", "Order")
        + catches("money", "Money")
        + '<manualTask id="done"/>'
        + chain("g", "order", "done")
        + chain("g", "money", "done")
    )
    return rehearsal(body, bindings)


def test_a_receive_task_begins_the_process_with_its_message() -> None:
    body = '<receiveTask id="hear" name="Order" instantiate="true"/><userTask id="x"/>'
    bindings = (
        '[user.x]\nrole = "agent"\n[message.Order]\nname = "Order"\noutput = { n = "id + 1" }'
    )
    world = rehearsal(body + chain("hear", "x"), bindings)
    world.publish(Message("Order", "k1", {"id": 1}))
    world.run()
    (instance,) = world.instances.values()
    assert [w.element for w in instance.waits.values()] == ["x"]
    assert (instance.key, instance.scopes[0].variables) == ("k1", {"n": 2})


def test_the_first_event_of_an_exclusive_gateway_is_all() -> None:
    world = gateway("Exclusive")
    world.publish(Message("Money", "k1", {}))
    assert world.run() is Ending.ENDED
    world.publish(Message("Order", "k1", {}))
    assert world.run() is Ending.ENDED and len(world.instances) == 2


def test_a_parallel_gateway_awaits_the_others_in_the_instance_begun() -> None:
    world = gateway("Parallel")
    world.publish(Message("Money", "k1", {"paid": 5}))
    world.run()
    (instance,) = world.instances.values()
    (wait,) = instance.waits.values()
    assert wait.effect == Subscription("Order", "k1") and instance.state is State.RUNNING
    world.publish(Message("Order", "k2", {}))
    world.publish(Message("Order", "k1", {}))
    world.run()
    assert [i.state is State.COMPLETED for i in world.instances.values()] == [True, False]


def test_later_messages_are_told_apart_by_what_the_first_one_brought() -> None:
    bindings = '[message.Order]\nname = "Order"\nkey = "number"\n'
    world = gateway("Parallel", bindings)
    world.publish(Message("Money", "k1", {"number": 77}))
    world.run()
    world.publish(Message("Order", "77", {}))
    assert world.run() is Ending.ENDED and len(world.instances) == 1


def test_begun_by_hand_a_gateway_waits_for_one_or_for_all() -> None:
    for kind, left in (("Exclusive", 0), ("Parallel", 1)):
        world = gateway(kind)
        id_ = world.start("P", key="k1")
        assert len(world.instances[id_].waits) == 2
        world.publish(Message("Money", "k1", {}))
        world.run(until=BEGAN + timedelta(days=1))
        assert len(world.instances[id_].waits) == left


def test_boundary_events_and_handlers_of_the_root_listen_as_ever() -> None:
    handler = (
        '<subProcess id="h" triggeredByEvent="true"><startEvent id="stop" isInterrupting="true">'
        "<messageEventDefinition/></startEvent></subProcess>"
    )
    body = '<receiveTask id="hear" name="Order" instantiate="true"/><userTask id="x"/>'
    bindings = '[user.x]\nrole = "agent"\n[message.stop]\nname = "Stop"\n'
    world = rehearsal(body + handler + chain("hear", "x"), bindings)
    world.publish(Message("Order", "k1", {}))
    world.run()
    world.publish(Message("Stop", "k1", {}))
    assert world.run() is Ending.ENDED


STARTS = (
    '<startEvent id="one"/><startEvent id="two"/><startEvent id="told" name="Told">'
    '<messageEventDefinition/></startEvent><manualTask id="a"/><manualTask id="b"/>'
    '<manualTask id="c"/>' + chain("one", "a") + chain("two", "b") + chain("told", "c")
)


@pytest.mark.parametrize(
    ("element", "visited"),
    [(None, ["one", "a"]), ("two", ["two", "b"]), ("told", ["told", "c"]), ("one", ["one", "a"])],
)
def test_each_start_event_is_one_of_its_own(element: str | None, visited: list[str]) -> None:
    world = World(definition(STARTS), begin=Start(at=BEGAN, element=element))
    assert world.visited() == visited and world.ended


def test_a_second_none_start_event_is_warned_of() -> None:
    warned = [fault for fault in compiled(STARTS).faults if "none start event" in fault.message]
    assert [(fault.element, fault.warning) for fault in warned] == [("two", True)]


def test_a_place_at_which_nothing_begins_is_an_incident() -> None:
    world = World(definition(STARTS), begin=Start(at=BEGAN, element="a"))
    assert [i.code for i in world.instance.incidents.values()] == ["NO_SUCH_START"]
    world.check_fold()
