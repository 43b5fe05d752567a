"""Decision requirement graphs: inputs, knowledge, services, boxes, types and imports."""

from decimal import Decimal

import pytest

from mtd.core.decision import DecisionError, compile_model, faults, read_dmn
from mtd.core.decision.feel import FeelError
from tests.core.decision.models import (
    NOW,
    decide,
    decision,
    definitions,
    input_data,
    literal,
    ready,
    text,
)

TAX = (
    '<businessKnowledgeModel id="_tax" name="tax"><variable name="tax" typeRef="number"/>'
    '<encapsulatedLogic><formalParameter name="net amount" typeRef="number"/>'
    f"{literal('net amount * 0.19')}</encapsulatedLogic></businessKnowledgeModel>"
)


def test_decisions_are_made_from_requirements_up() -> None:
    parts = [
        input_data("Net amount", "number"),
        TAX,
        decision("VAT", literal("tax(Net amount)"), requires=["Net amount"], uses="#_tax"),
        decision("Total", literal("Net amount + VAT"), requires=["Net amount", "!VAT"]),
    ]
    assert decide(parts, "Total", **{"Net amount": 100}) == Decimal("119.00")
    assert ready(*parts).inputs("Total") == {"Net amount"}
    assert decide(parts, "Total", **{"Net amount": "a hundred"}) is None


def test_a_decision_sees_only_what_it_requires() -> None:
    parts = [input_data("x"), decision("d", literal("x"))]
    assert decide(parts, "d", x=1) is None


def test_each_box() -> None:
    context = (
        "<context>"
        f"<contextEntry><variable name='a'/>{literal('1')}</contextEntry>"
        f"<contextEntry><variable name='b c'/>{literal('a + 1')}</contextEntry>"
        f"<contextEntry>{literal('[a, b c]')}</contextEntry></context>"
    )
    relation = (
        "<relation><column name='k'/><column name='v'/>"
        f"<row>{literal('1')}{literal('2')}</row></relation>"
    )
    function = (
        "<context><contextEntry><variable name='f'/><functionDefinition>"
        f"<formalParameter name='p'/>{literal('p * 2')}</functionDefinition></contextEntry>"
        f"<contextEntry><invocation>{literal('f')}<binding><parameter name='p'/>{literal('4')}"
        "</binding></invocation></contextEntry></context>"
    )
    loop = (
        f"<for iteratorVariable='i'><in>{literal('1..3')}</in>"
        f"<return>{literal('i * i')}</return></for>"
    )
    boxes = {
        "context": context,
        "relation": relation,
        "function": function,
        "list": f"<list>{literal('1')}{literal('2')}</list>",
        "if": f"<conditional><if>{literal('1 > 2')}</if><then>{literal('3')}</then>"
        f"<else>{literal('4')}</else></conditional>",
        "filter": f"<filter><in>{literal('[1, 2, 3]')}</in><match>{literal('item > 1')}</match>"
        "</filter>",
        "for": loop.replace("1..3", "[1..3]"),
        "some": f"<some iteratorVariable='i'><in>{literal('[1, 2]')}</in>"
        f"<satisfies>{literal('i > 1')}</satisfies></some>",
        "nothing": "",
    }
    model = ready(*(decision(name, box) for name, box in boxes.items()))
    assert not model.faults
    assert {name: model.evaluate(name, {}, NOW) for name in boxes} == {
        "context": [1, 2],
        "relation": [{"k": 1, "v": 2}],
        "function": 8,
        "list": [1, 2],
        "if": 4,
        "filter": [2, 3],
        "for": [1, 4, 9],
        "some": True,
        "nothing": None,
    }


def test_types_with_allowed_values() -> None:
    channels = text("allowedValues", '"web", "phone"')
    items = (
        '<itemDefinition name="Channel"><typeRef>string</typeRef>'
        f"{channels}</itemDefinition>"
        '<itemDefinition name="Order"><itemComponent name="net-total"><typeRef>number</typeRef>'
        '</itemComponent><itemComponent name="channel"><typeRef>Channel</typeRef>'
        "</itemComponent></itemDefinition>"
        '<itemDefinition name="Orders" isCollection="true"><typeRef>Order</typeRef>'
        "</itemDefinition>"
    )
    parts = [
        items,
        input_data("order", "Order"),
        input_data("orders", "Orders"),
        decision("total", literal("order.net-total * 2"), requires=["order"]),
        decision("sum", literal("sum(orders.net-total)"), requires=["orders"]),
    ]
    good = {"net-total": 2, "channel": "web"}
    assert decide(parts, "total", order=good) == 4
    assert decide(parts, "total", order={**good, "channel": "fax"}) is None
    assert decide(parts, "sum", orders=good) == 2


def test_a_service_is_a_function_and_can_be_asked() -> None:
    service = (
        '<decisionService id="_s" name="price"><variable name="price"/>'
        '<outputDecision href="#_out"/><inputDecision href="#_base"/><inputData href="#_x"/>'
        "</decisionService>"
    )
    parts = [
        input_data("x", "number"),
        decision("base", literal("1000")),
        decision("out", literal("base + x"), requires=["x", "!base"]),
        decision("user", literal("price(1, 2)"), uses="#_s"),
        service,
    ]
    model = ready(*parts)
    assert model.services == ("price",)
    assert model.inputs("price") == {"x", "base"}
    assert model.evaluate("price", {"x": 5, "base": 10}, NOW) == 15
    assert model.evaluate("user", {}, NOW) == 3
    assert model.evaluate("out", {"x": 5}, NOW) == 1005


def test_an_imported_model_is_known_by_its_name() -> None:
    library = read_dmn(definitions(TAX, decision("rate", literal("7")), namespace="urn:lib"))
    model = read_dmn(
        definitions(
            '<import name="lib" namespace="urn:lib" importType="DMN"/>',
            decision("d", literal("lib.tax(100) + 1"), uses="urn:lib#_tax"),
        )
    )
    assert compile_model(model, [library]).evaluate("d", {}, NOW) == 20
    assert [fault.message for fault in faults(model)] == [
        "the imported model 'urn:lib' is not there",
        "it requires 'urn:lib#_tax', which is not there",
    ]


def test_knowledge_may_call_itself_within_the_budget() -> None:
    def factorial(base: str) -> str:
        return (
            '<businessKnowledgeModel id="_f" name="f"><variable name="f"/><encapsulatedLogic>'
            f'<formalParameter name="n"/>{literal(f"if n = {base} then 1 else n * f(n - 1)")}'
            "</encapsulatedLogic></businessKnowledgeModel>"
        )

    call = decision("d", literal("f(10)"), uses="#_f")
    assert decide([factorial("0"), call], "d") == 3_628_800
    with pytest.raises(DecisionError, match="d: "):
        decide([factorial("100"), call], "d")


def test_faults_of_the_graph() -> None:
    parts = [
        decision("a", literal("b"), requires=["!b"]),
        decision("b", literal("a"), requires=["!a"]),
        decision("c", literal("1 +"), requires=["!gone"], type_ref="Unknown"),
        *(decision(f"n{i}", literal("1"), requires=[f"!n{i + 1}"]) for i in range(70)),
        decision("n70", literal("1")),
    ]
    model = ready(*parts)
    told = "\n".join(map(str, model.faults))
    assert "a: it requires itself" in told
    assert "c: there is no type 'Unknown'" in told
    assert "c: it requires '#_gone', which is not there" in told
    assert "c: expected an expression, found the end" in told
    assert "n0: it stands on too many decisions" in told
    assert "n69" not in told
    for name in ("a", "c"):
        with pytest.raises(DecisionError, match=name):
            model.evaluate(name, {}, NOW)
    assert model.evaluate("n60", {}, NOW) == 1


def test_decision_errors_are_budget_errors_to_the_engine() -> None:
    assert issubclass(DecisionError, FeelError)
    with pytest.raises(KeyError):
        ready().evaluate("nobody", {}, NOW)
