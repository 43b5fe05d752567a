"""Associating: data objects and properties are variables that associations fill and empty."""

from typing import Any

from mtd.core.process.effect import Call, Message, UserTask
from mtd.core.process.journal import Sent
from tests.core.process.drawn import chain, definition
from tests.core.process.world import World

DATA = (
    '<dataObject id="order" name="Order"/><dataObjectReference id="order_ref" '
    'dataObjectRef="order"/><dataObject id="total" name="total"/>'
    '<dataStoreReference id="store" name="Archive"/>'
)


def io(inputs: str = "", outputs: str = "", associations: str = "") -> str:
    """An ioSpecification with inputs and outputs of these names, and its associations."""
    data = "".join(f'<dataInput id="{name}_in" name="{name}"/>' for name in inputs.split())
    data += "".join(f'<dataOutput id="{name}_out" name="{name}"/>' for name in outputs.split())
    return f"<ioSpecification>{data}<inputSet/><outputSet/></ioSpecification>{associations}"


def carry(kind: str, source: str, target: str, more: str = "") -> str:
    """A data association, `In` or `Out`put."""
    tag = f"data{kind}putAssociation"
    refs = f"<sourceRef>{source}</sourceRef>" if source else ""
    return f"<{tag}>{refs}<targetRef>{target}</targetRef>{more}</{tag}>"


def task(body: str, bindings: str = "", **variables: Any) -> World:
    """A service task with `body` inside, between a start and an end."""
    text = f'{DATA}<startEvent id="s"/><serviceTask id="x.a">{body}</serviceTask><endEvent id="e"/>'
    return World(definition(text + chain("s", "x.a", "e"), bindings), **variables)


def inputs(world: World, element: str = "x.a") -> dict[str, Any]:
    effect = world.at(element, Call).effect
    assert isinstance(effect, Call)
    return effect.inputs


def variables(world: World) -> dict[str, Any]:
    """Those that the process had when it ended."""
    found: dict[str, Any] = {}
    for moved in world.moved:
        for fact in moved.facts:
            if type(fact).__name__ == "Assigned":
                found |= getattr(fact, "variables", {})
    return found


def test_an_input_is_a_copy_of_the_data_object_or_of_what_a_transformation_makes_of_it() -> None:
    body = carry("In", "order_ref", "paper_in") + carry(
        "In", "order", "sum_in", "<transformation>Order.net + Order.tax</transformation>"
    )
    world = task(io("paper sum", "", body), Order={"net": 10, "tax": 2})
    assert inputs(world) == {"paper": {"net": 10, "tax": 2}, "sum": 12}


def test_an_assignment_fills_a_part_by_name_and_a_binding_overrides_it() -> None:
    to = "<assignment><from>Order.net</from><to>net</to></assignment>"
    drawn = io("net", "", carry("In", "order", "net_in", to))
    assert inputs(task(drawn, Order={"net": 10})) == {"net": 10}
    bound = '[service."x.a"]\nconnector = "x.a"\ninput = { net = "99" }\n'
    assert inputs(task(drawn, bound, Order={"net": 10})) == {"net": 99}


def test_an_output_goes_where_it_leads_and_others_keep_their_names() -> None:
    body = carry("Out", "sum_out", "total")
    world = task(io("", "sum", body))
    world.answer("x.a", sum=12, receipt="r1")
    assert variables(world) == {"total": 12, "receipt": "r1"}
    world.check_fold()


def test_an_output_that_was_not_given_leaves_the_data_object_alone() -> None:
    world = task(io("", "sum", carry("Out", "sum_out", "total")), total=5)
    world.answer("x.a", receipt="r1")
    assert variables(world) == {"receipt": "r1"}


def test_an_output_may_be_transformed() -> None:
    more = "<transformation>sum * 100</transformation>"
    world = task(io("", "sum", carry("Out", "sum_out", "total", more)))
    world.answer("x.a", sum=12)
    assert variables(world) == {"total": 1200}


def test_a_data_store_only_labels() -> None:
    body = carry("In", "store", "paper_in") + carry("Out", "sum_out", "store")
    world = task(io("paper", "sum", body))
    assert inputs(world) == {}
    world.answer("x.a", sum=1)
    assert variables(world) == {"sum": 1}


def test_scripts_and_people_see_their_inputs_and_give_their_outputs() -> None:
    script = io("x", "y", carry("In", "total", "x_in") + carry("Out", "y_out", "order"))
    ask = io("shown", "", carry("In", "order", "shown_in"))
    body = (
        f'{DATA}<startEvent id="s"/><scriptTask id="set" name="Set">{script}</scriptTask>'
        f'<userTask id="ask">{ask}</userTask>' + chain("s", "set", "ask")
    )
    bindings = '[script.Set]\nset = { y = "x + 1" }\n[user.ask]\nrole = "agent"\n'
    world = World(definition(body, bindings), total=1)
    effect = world.at("ask").effect
    assert isinstance(effect, UserTask) and effect.fields == {"shown": 2}
    assert world.instance.scopes[0].variables == {"total": 1, "Order": 2}
    world.check_fold()


def test_messages_carry_data_from_and_to_data_objects() -> None:
    thrown = '<dataInput id="amount_in" name="amount"/>' + carry("In", "total", "amount_in")
    caught = '<dataOutput id="paid_out" name="paid"/>' + carry("Out", "paid_out", "order")
    body = (
        f'{DATA}<startEvent id="s"/><intermediateThrowEvent id="ask" name="Ask">{thrown}'
        '<messageEventDefinition/></intermediateThrowEvent><intermediateCatchEvent id="hear" '
        f'name="Hear">{caught}<messageEventDefinition/></intermediateCatchEvent>'
        '<userTask id="x"/>' + chain("s", "ask", "hear", "x")
    )
    world = World(definition(body, '[user.x]\nrole = "agent"\n'), total=7)
    sent = [f.message for m in world.moved for f in m.facts if isinstance(f, Sent)]
    assert sent == [Message("Ask", "k", {"amount": 7})]
    world.receive("hear", paid=True)
    assert world.instance.scopes[0].variables == {"total": 7, "Order": True}


STAGE = (
    '<startEvent id="s"/><subProcess id="stage" name="Stage">{}<startEvent id="b"/>'
    '<serviceTask id="x.a"/>'
    + chain("b", "x.a")
    + '</subProcess><userTask id="n"/>'
    + chain("s", "stage", "n")
)
NEXT = '[user.n]\nrole = "agent"\n[service."x.a"]\nconnector = "x.a"\ninput = { m = "m" }\n'


def test_data_objects_and_properties_of_a_stage_are_its_own() -> None:
    inside = '<dataObject id="d" name="found"/><property id="prop" name="seen"/>'
    world = World(definition(STAGE.format(inside), NEXT), found="outside")
    world.answer("x.a", found="inside", seen=1, other=2)
    assert world.instance.scopes[0].variables == {"found": "outside", "other": 2}
    world.check_fold()


def test_a_data_object_that_a_stage_refers_to_is_the_one_around_it() -> None:
    """What is drawn in the stage is a reference, and the object is the process's (§10.4.1)."""
    inside = '<dataObjectReference id="ref" dataObjectRef="d"/>'
    around = '<dataObject id="d" name="found"/>'
    world = World(definition(around + STAGE.format(inside), NEXT), found="before")
    world.answer("x.a", found="inside")
    assert world.instance.scopes[0].variables == {"found": "inside"}


def test_a_stage_has_variables_by_its_binding_and_leaves_what_it_says() -> None:
    bound = NEXT + '[subprocess.Stage]\ninput = { m = "n + 1" }\noutput = { result = "m * 2" }\n'
    world = World(definition(STAGE.format(""), bound), n=1)
    assert inputs(world) == {"m": 2}
    world.answer("x.a", m=5)
    assert world.instance.scopes[0].variables == {"n": 1, "result": 10}
    world.check_fold()
