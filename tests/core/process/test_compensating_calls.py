"""Compensation inside of called processes: what undoes sees what the doing saw, and no more."""

from mtd.core.process.effect import Call
from mtd.core.process.facts import Assigned
from mtd.core.process.instance import ROOT
from tests.core.process.drawn import chain, definition
from tests.core.process.world import World

CALLED = (
    '<process id="q" name="Q"><startEvent id="qs"/><serviceTask id="x.a"/>'
    '<boundaryEvent id="qb" attachedToRef="x.a"><compensateEventDefinition/></boundaryEvent>'
    '<serviceTask id="x.b" isForCompensation="true"/>'
    '<association id="qt" associationDirection="One" sourceRef="qb" targetRef="x.b"/>'
    '{}<endEvent id="qe"/>' + chain("qs", "x.a") + "</process>"
)
BINDINGS = (
    '[call.call]\nprocess = "q"\ninput = { n = "1" }\noutput = { }\n'
    '[service."x.a"]\nconnector = "x.a"\noutput = { reference = "reference" }\n'
    '[service."x.b"]\nconnector = "x.b"\n'
    'input = { n = "n", reference = "reference", outside = "outside" }\n'
    'output = { reference = "undone", outside = "undone" }\n'
)


def checked(world: World) -> None:
    effect = world.at("x.b").effect
    assert isinstance(effect, Call)
    assert effect.inputs == {"n": 1, "reference": "r", "outside": None}
    world.answer("x.b", undone="u")
    assert world.ended
    world.check_fold()
    facts = [fact for moved in world.moved for fact in moved.facts]
    set_around = [fact for fact in facts if isinstance(fact, Assigned) and fact.scope == ROOT]
    assert not set_around


def test_what_completed_in_a_called_process_is_undone_with_its_own_variables_alone() -> None:
    body = (
        '<process id="p" name="P"><startEvent id="s"/><callActivity id="call" calledElement="q"/>'
        '<intermediateThrowEvent id="undo"><compensateEventDefinition/></intermediateThrowEvent>'
        '<endEvent id="e"/>' + chain("s", "call", "undo", "e") + "</process>"
    )
    called = CALLED.format(chain("x.a", "qe"))
    world = World(definition(body + called, BINDINGS), outside=7)
    world.answer("x.a", reference="r")
    checked(world)


def test_and_so_is_what_was_interrupted_there() -> None:
    body = (
        '<process id="p" name="P"><startEvent id="s"/><transaction id="deal"><startEvent id="ds"/>'
        '<parallelGateway id="fork"/><callActivity id="call" calledElement="q"/><endEvent id="de"/>'
        '<userTask id="ask"/><endEvent id="off"><cancelEventDefinition/></endEvent>'
        + chain("ds", "fork", "call", "de")
        + chain("fork", "ask", "off")
        + '</transaction><boundaryEvent id="out" attachedToRef="deal"><cancelEventDefinition/>'
        '</boundaryEvent><endEvent id="e"/>' + chain("s", "deal", "e") + chain("out", "e")
        + "</process>"
    )  # fmt: skip
    called = CALLED.format('<receiveTask id="last"/>' + chain("x.a", "last", "qe"))
    bindings = BINDINGS + '[user.ask]\nrole = "agent"\n[message.last]\nname = "M"\n'
    world = World(definition(body + called, bindings), outside=7)
    world.answer("x.a", reference="r")
    world.submit("ask")
    checked(world)
