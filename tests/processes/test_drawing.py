"""The reference drawings themselves: Bizagi's dialect, every label answered, a tidy diagram."""

import re
from collections import Counter
from itertools import pairwise

import jsonschema_rs
import msgspec
import pytest
from lxml import etree

from mtd.core.process.binding import TABLES
from mtd.core.process.compiler import Compiled
from mtd.core.process.definition import Person
from mtd.runtime.rehearsal.agent import ANSWERS
from tests.processes.deployed import (
    CUSTOMER,
    FORMS,
    bindings,
    checked,
    compiled,
    drawing,
    durations,
    path,
)

MODEL = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
DD = "{http://www.omg.org/spec/DD/20100524/DI}"
BIZAGI = "{http://www.bizagi.com/bpmn20}"
POOLS = {
    "retail_purchase_order": {
        "MTD",
        "Resolver quiebre de stock",
        "Canal",
        "Gift card",
        "Pago",
        "EOM",
        "Paperless",
        "Soporte de Ventas",
        "Transportista",
        "Operación",
        "Cliente",
    },
    "issue_tax_document": {"Emitir documento tributario", "Emisor tributario"},
    "pos_reconciliation": {"MTD", "Libro de ventas", "POS", "Emisor tributario"},
    "digital_invoice_fd": {
        "MTD",
        "Anular documento",
        "Cerrar anulación",
        "Canal",
        "POS",
        "Logística",
        "Comercio electrónico",
        "Operación",
        "Cliente",
    },
}
LANES = {
    "Motor": None,
    "Ejecutivo": "agent",
    "Encargado tributario": "tax_clerk",
    "Supervisor": "supervisor",
}
"""Every lane, and the role of those who stand in it."""
Markup = etree._Element  # pyright: ignore[reportPrivateUsage] lxml has no public name for it


@pytest.fixture(scope="module", params=sorted(CUSTOMER))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def root(name: str) -> Markup:
    return etree.fromstring(path(name).read_bytes())


def test_it_is_in_the_dialect_of_bizagi_modeler(root: Markup) -> None:
    namespace = root.get("targetNamespace", "")
    assert re.fullmatch(r"http://www\.bizagi\.com/definitions/_\d+", namespace)
    assert root.get("exporter") is None and root.get("exporterVersion") is None
    assert not [e for e in root.iter() if e.get("isExecutable") is not None]
    own = [n.get("id", "") for n in root.iter() if isinstance(n.tag, str) and MODEL in n.tag]
    guid = r"Id_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    assert all(re.fullmatch(guid, i) for i in own[1:] if i)


def test_the_main_pool_is_a_phantom(root: Markup) -> None:
    main = root.find(f".//{MODEL}participant")
    assert main is not None and main.get("name") == "Proceso principal"
    assert [p.get("name") for p in main.iter(f"{BIZAGI}BizagiProperty")][-1] == "isMainParticipant"
    x1, y1, x2, y2 = _boxes(root)[main.get("id", "")]
    assert (x1, y1) == (x2, y2)


def test_the_meaning_is_in_the_labels_alone(root: Markup) -> None:
    for empty in ("conditionExpression", "timeCycle"):
        assert not any(e.text or len(e) for e in root.iter(f"{MODEL}{empty}"))
    for reference in (
        "messageRef",
        "errorRef",
        "signalRef",
        "operationRef",
        "calledElement",
        "default",
    ):
        assert not [e for e in root.iter() if e.get(reference) is not None]
    assert root.find(f".//{MODEL}flowNodeRef") is None
    lanes = list(root.iter(f"{MODEL}lane"))
    assert all(len(lane.findall(f"{MODEL}childLaneSet")) == 1 for lane in lanes)


def test_documentation_is_html(root: Markup) -> None:
    texts = [d.text for d in root.iter(f"{MODEL}documentation") if d.text]
    assert len(texts) >= 8 and all(t.startswith("<p style=") for t in texts)


def test_every_pool_and_lane_is_there(name: str) -> None:
    assert {pool.name for pool in drawing(name).pools} >= POOLS[name]
    lanes = {lane.name for process in drawing(name).processes for lane in process.lanes}
    assert "Motor" in lanes and lanes <= LANES.keys()


def test_people_stand_in_the_lane_of_their_role(name: str, root: Markup) -> None:
    definition = compiled(CUSTOMER[name], name).definition
    assert definition is not None
    boxes = _boxes(root)
    lanes = {boxes[lane.get("id", "")]: lane.get("name") for lane in root.iter(f"{MODEL}lane")}
    own = (e for e in definition.elements.values() if e.id not in definition.linked)
    people = [e for e in own if isinstance(e.work, Person)]
    assert len(people) >= 2
    for element in people:
        assert isinstance(element.work, Person)
        x1, y1, x2, y2 = boxes[element.id]
        around = [
            lane for (a, b, c, d), lane in lanes.items() if a < x1 and b < y1 and x2 < c and y2 < d
        ]
        assert [LANES[lane or ""] for lane in around] == [element.work.role], element.name


@pytest.mark.parametrize(
    ("name", "customer"), [*CUSTOMER.items(), ("retail_purchase_order", "demo")]
)
def test_every_label_has_its_answer_and_every_answer_its_label(name: str, customer: str) -> None:
    result: Compiled = compiled(customer, name)
    assert [label for label in result.labels if label.answer is None] == []
    assert result.faults == ()
    assert result.definition is not None


def test_nothing_is_doubted_but_flows_that_meet_without_a_gateway(name: str) -> None:
    """As Bizagi's users draw them: a task that several flows lead to."""
    found = [fault.message for fault in checked(name, CUSTOMER[name]).faults]
    assert [words for words in found if not words.startswith("implicit merges")] == []


def test_what_a_form_lets_people_decide_is_drawn(name: str, root: Markup) -> None:
    flows = {flow.get("name") for flow in root.iter(f"{MODEL}sequenceFlow")}
    for form in {user.form for user in bindings(name).user.values()}:
        schema = msgspec.json.decode((FORMS / f"{form}.json").read_bytes())
        decision = schema["properties"].get("decision", {"enum": [], "x-enum-en": []})
        assert set(decision["enum"]) <= flows | {"Anular"}, form
        assert len(decision["enum"]) == len(decision["x-enum-en"])
        assert schema["title"] and schema["x-title-en"]


def test_every_form_is_used_by_somebody() -> None:
    used = {user.form for each in CUSTOMER for user in bindings(each).user.values()}
    assert used == {form.stem for form in FORMS.glob("*.json")}


def test_the_scripted_agent_fills_every_form_in_rightly() -> None:
    for form, answer in ANSWERS.items():
        schema = (FORMS / f"{form}.json").read_text(encoding="utf-8")
        assert jsonschema_rs.is_valid(msgspec.json.decode(schema), dict(answer)), form


def test_a_customer_shortens_every_wait_and_leaves_none_out() -> None:
    assert durations("demo").keys() == durations("default").keys()
    own = durations("default") | durations("fd")
    assert durations("fd_demo").keys() == own.keys()


def test_the_bindings_hold_no_flow(name: str, root: Markup) -> None:
    """Outside the answers to drawn questions no expression names a flow's label or an element."""
    flows = {flow.get("name") for flow in root.iter(f"{MODEL}sequenceFlow")} - {None, ""}
    nodes = {node.get("name") for node in root.iter() if node.get("name")}
    for table in TABLES:
        if table in ("decision", "lane", "call"):
            continue
        for label, binding in getattr(bindings(name), table).items():
            words = set(re.findall(r'"([^"]*)"', repr(binding)))
            assert not words & (flows | nodes), (table, label)


def test_questions_are_answered_with_drawn_labels_only(name: str, root: Markup) -> None:
    names = {i: e.get("name", "") for i, e in _own(root).items()}
    ways: dict[str, set[str]] = {}
    for flow in root.iter(f"{MODEL}sequenceFlow"):
        ways.setdefault(names[flow.get("sourceRef", "")], set()).add(flow.get("name") or "")
    for question, binding in bindings(name).decision.items():
        words = set(re.findall(r'then "([^"]+)"|else "([^"]+)"', binding.answer or ""))
        drawn = ways[question]
        assert {a or b for a, b in words} <= drawn, question


def test_no_two_shapes_overlap(root: Markup) -> None:
    boxes = _boxes(root)
    own = _own(root)
    holds = {"participant", "lane", "subProcess"}
    small = {
        i: b
        for i, b in boxes.items()
        if etree.QName(own[i]).localname not in holds | {"boundaryEvent"}
    }
    clashes = [
        (a, b)
        for a, (ax1, ay1, ax2, ay2) in small.items()
        for b, (bx1, by1, bx2, by2) in small.items()
        if a < b and ax1 < bx2 and bx1 < ax2 and ay1 < by2 and by1 < ay2
    ]
    assert clashes == []


def test_no_line_goes_through_a_box(root: Markup) -> None:
    boxes = _boxes(root)
    own = _own(root)
    holds = {"participant", "lane", "subProcess", "boundaryEvent"}
    small = {i: b for i, b in boxes.items() if etree.QName(own[i]).localname not in holds}
    for edge in root.iter(f"{DI}BPMNEdge"):
        flow = own[edge.get("bpmnElement", "")]
        ends = {flow.get("sourceRef"), flow.get("targetRef")}
        points = [
            (float(p.get("x", "0")), float(p.get("y", "0"))) for p in edge.iter(f"{DD}waypoint")
        ]
        for (x1, y1), (x2, y2) in pairwise(points):
            hit = [
                i
                for i, (a, b, c, d) in small.items()
                if i not in ends
                and min(x1, x2) < c
                and max(x1, x2) > a
                and min(y1, y2) < d
                and max(y1, y2) > b
            ]
            host = own[flow.get("sourceRef", "")].get("attachedToRef")
            assert set(hit) <= {host}, (flow.get("id"), hit)


def test_every_node_and_flow_is_drawn_once(root: Markup) -> None:
    drawn = Counter(e.get("bpmnElement") for e in root.iter(f"{DI}BPMNShape", f"{DI}BPMNEdge"))
    assert set(drawn.values()) == {1}
    flows = [e.get("id") for e in root.iter(f"{MODEL}sequenceFlow", f"{MODEL}messageFlow")]
    assert set(flows) <= set(drawn)


def _own(root: Markup) -> dict[str, Markup]:
    return {e.get("id", ""): e for e in root.iter() if e.get("id")}


def _boxes(root: Markup) -> dict[str, tuple[float, float, float, float]]:
    boxes: dict[str, tuple[float, float, float, float]] = {}
    for shape in root.iter(f"{DI}BPMNShape"):
        bounds = shape.find(f"{DC}Bounds")
        assert bounds is not None
        x, y, w, h = (float(bounds.get(k, "0")) for k in ("x", "y", "width", "height"))
        boxes[shape.get("bpmnElement", "")] = (x, y, x + w, y + h)
    return boxes
