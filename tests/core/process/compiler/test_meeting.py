"""Meeting: several pools in one file, the messages between them, and the roles of their lanes."""

import pytest

from mtd.core.process.binding import read_bindings
from mtd.core.process.compiler import Surroundings, compile_drawing
from mtd.core.process.definition import Definition, Person
from mtd.core.process.drawing import Drawing
from mtd.core.process.rehearsing import Ending, Question, Rehearsal, Silence
from tests.core.process.drawn import chain, definition, drawing
from tests.core.process.world import BEGAN

BUYER = (
    '<process id="buyer" name="Buyer"><startEvent id="bs"/><sendTask id="ask" name="Ask"/>'
    '<intermediateCatchEvent id="wait" name="Wait"><messageEventDefinition/>'
    '</intermediateCatchEvent><endEvent id="be"/>' + chain("bs", "ask", "wait", "be") + "</process>"
)
SELLER = (
    '<process id="seller" name="Seller"><startEvent id="hear" name="Hear"><messageEventDefinition/>'
    '</startEvent><intermediateThrowEvent id="tell" name="Tell"><messageEventDefinition/>'
    '</intermediateThrowEvent><endEvent id="se"/>' + chain("hear", "tell", "se") + "</process>"
)


def pools(first: str = "", second: str = "") -> Drawing:
    """A buyer, a seller and somebody else's bank, with two flows between the first two."""
    participants = "".join(
        f'<participant id="{id_}_pool" name="{id_}" {process}/>'
        for id_, process in (
            ("buyer", 'processRef="buyer"'),
            ("seller", 'processRef="seller"'),
            ("bank", ""),
        )
    )
    flows = (
        f'<messageFlow id="m1" sourceRef="ask" targetRef="hear" {first}/>'
        f'<messageFlow id="m2" sourceRef="tell" targetRef="wait" {second}/>'
        '<messageFlow id="m3" sourceRef="bank_pool" targetRef="buyer_pool" name="Statement"/>'
    )
    messages = '<message id="msg" name="Order"/>'
    text = f"<collaboration id='c'>{participants}{flows}</collaboration>"
    return drawing(messages + text + BUYER + SELLER)


def deployed(drawn: Drawing, bindings: str = "") -> list[Definition]:
    """Each pool of our own."""
    found: list[Definition] = []
    for process in ("Buyer", "Seller"):
        bound = read_bindings(f'process = "{process}"\n{bindings}'.encode())
        result = compile_drawing(drawn, bound, Surroundings(connectors=frozenset()))
        assert result.definition is not None, [fault.message for fault in result.faults]
        found.append(result.definition)
    return found


def nobody(question: Question) -> Silence:
    return Silence.NEVER


@pytest.mark.parametrize("first", ["", 'name="Flow"', 'messageRef="msg"'])
@pytest.mark.parametrize(
    "bindings", ["", '[message.Hear]\nname = "X"\n', '[message.Tell]\nname = "Y"\n']
)
def test_what_one_pool_throws_another_catches_whoever_names_it(first: str, bindings: str) -> None:
    world = Rehearsal(deployed(pools(first), bindings), nobody, BEGAN)
    world.start("Buyer", key="k1")
    assert world.run() is Ending.ENDED
    assert [instance.definition for instance in world.instances.values()] == ["Buyer@1", "Seller@1"]
    assert {instance.key for instance in world.instances.values()} == {"k1"}


def test_what_leads_to_another_system_keeps_its_own_name() -> None:
    (buyer, _) = deployed(pools())
    assert [event.name for event in buyer.elements["wait"].events] == ["Wait"]


LANES = (
    '<laneSet id="ls"><lane id="sales" name="Sales"><childLaneSet id="cs"><lane id="agent" '
    'name="Agent"><flowNodeRef>t</flowNodeRef></lane></childLaneSet></lane><lane id="boss">'
    "<flowNodeRef>u</flowNodeRef></lane></laneSet>"
)


def test_the_innermost_lane_is_the_role_also_by_its_binding() -> None:
    body = LANES + '<startEvent id="s"/><userTask id="t"/><userTask id="u"/>' + chain("s", "t", "u")
    elements = definition(body, '[lane.Agent]\nrole = "agent"\n').elements
    roles = [work.role for id_ in "tu" if isinstance(work := elements[id_].work, Person)]
    assert roles == ["agent", "boss"]


def test_two_messages_of_one_step_begin_one_conversation() -> None:
    """What is thrown to a parallel event-based gateway waits for the instance that it begins."""
    catching = "".join(
        f'<intermediateCatchEvent id="{id_}" name="{id_}"><messageEventDefinition/>'
        "</intermediateCatchEvent>"
        for id_ in ("Paid", "Sent")
    )
    both = (
        '<process id="both" name="Both"><eventBasedGateway id="g" instantiate="true" '
        f'eventGatewayType="Parallel"/>{catching}<parallelGateway id="j"/><endEvent id="end"/>'
        + chain("g", "Paid", "j")
        + chain("g", "Sent", "j", "end")
        + "</process>"
    )
    throwing = "".join(
        f'<intermediateThrowEvent id="t{n}" name="{name}"><messageEventDefinition/>'
        "</intermediateThrowEvent>"
        for n, name in enumerate(("Paid", "Sent"))
    )
    thrower = f'<process id="x">{throwing}' + chain("t0", "t1") + "</process>"
    drawn = drawing(both + thrower)
    definitions: list[Definition] = []
    for name in ("both", "x"):
        bound = read_bindings(f'process = "{name}"\n'.encode())
        made = compile_drawing(drawn, bound, Surroundings(connectors=frozenset()))
        assert made.definition is not None, made.faults
        definitions.append(made.definition)
    world = Rehearsal(definitions, nobody, BEGAN)
    world.start("x", key="k1")
    assert world.run() is Ending.ENDED
    assert [one.definition for one in world.instances.values()] == ["x@1", "Both@1"]
