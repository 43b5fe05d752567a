"""Viewing: Bizagi's four defects and its overlapping pools are put right in a copy."""

import os
from pathlib import Path

import pytest

from mtd.core.process.readers import Unreadable, read
from mtd.core.process.readers.viewing import View, viewed
from mtd.core.process.readers.xml import Element, children, local, parse

PROCESSES = Path(__file__).parents[4] / "processes"
FIXTURES = Path(os.environ.get("MTD_FIXTURES", Path(__file__).parents[5] / "shared" / "fixtures"))
EXPORT = """<?xml version="1.0" encoding="utf-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d"
    targetNamespace="http://www.bizagi.com/definitions/_1">
  <process id="main" name="Proceso principal"><laneSet id="ls"/></process>
  <process id="p" name="Venta">
    <extensionElements>
      <bizagi:BizagiExtensions xmlns:bizagi="http://www.bizagi.com/bpmn20"/></extensionElements>
    <startEvent id="s"/>
    <subProcess id="sub" name="Cobrar">
      <task id="inner"/>
      <standardLoopCharacteristics><LoopCounter>0</LoopCounter></standardLoopCharacteristics>
    </subProcess>
    <sequenceFlow id="f" sourceRef="s" targetRef="sub"/>
  </process>
  <process id="q" name="Otra"><task id="other"/></process>
  <collaboration id="c">
    <participant id="pool0" name="Proceso principal" processRef="main"/>
    <participant id="pool1" name="Venta" processRef="p"/>
    <participant id="pool2" name="Otra" processRef="q"/>
    <messageFlow id="m" sourceRef="pool2" targetRef="s"/>
  </collaboration>
  <BPMNDiagram id="dia" xmlns="http://www.omg.org/spec/BPMN/20100524/DI"
      xmlns:di="http://www.omg.org/spec/DD/20100524/DI">
    <BPMNPlane id="plane" bpmnElement="c">
      SHAPES
      <BPMNEdge id="e_f" bpmnElement="f">
        <di:waypoint x="60" y="65"/><di:waypoint x="100" y="65"/></BPMNEdge>
      <BPMNEdge id="e_m" bpmnElement="m">
        <di:waypoint x="60" y="400"/><di:waypoint x="60" y="80"/></BPMNEdge>
      <BPMNEdge id="e_lost" bpmnElement="lost">
        <di:waypoint x="1" y="1"/><di:waypoint x="2" y="2"/></BPMNEdge>
    </BPMNPlane>
  </BPMNDiagram>
</definitions>
"""
BOXES = {
    "pool0": (30, 30, 0, 0), "pool1": (10, 10, 500, 200), "pool2": (10, 10, 500, 600),
    "s": (30, 50, 30, 30), "sub": (100, 30, 200, 150), "inner": (120, 60, 90, 60),
    "other": (30, 300, 90, 60),
}  # fmt: skip
BOUNDS = (
    '<Bounds xmlns="http://www.omg.org/spec/DD/20100524/DC" x="{}" y="{}" width="{}" height="{}"/>'
)


def test_the_pool_of_nothing_goes() -> None:
    view, root = _viewed(_export())
    assert "pool0" not in view.drawn and _shape(root, "pool0") is None
    assert {one.get("id") for one in root.iter("{*}participant")} >= {"pool1", "pool2"}


def test_a_main_pool_with_a_size_and_nothing_in_it_goes_as_well() -> None:
    main = (
        '<participant id="pool0" name="Proceso principal" processRef="main"><extensionElements>'
        '<b:BizagiExtensions xmlns:b="http://www.bizagi.com/bpmn20"><b:BizagiProperties>'
        '<b:BizagiProperty name="isMainParticipant" value="true"/>'
        "</b:BizagiProperties></b:BizagiExtensions></extensionElements></participant>"
    )
    plain = '<participant id="pool0" name="Proceso principal" processRef="main"/>'
    content = _export(pool0=(0, 0, 900, 900)).replace(plain.encode(), main.encode())
    assert "pool0" not in viewed(content).drawn
    assert "pool0" in viewed(_export(pool0=(0, 0, 900, 900))).drawn, "a black box somebody drew"


def test_an_open_sub_process_says_so() -> None:
    _, root = _viewed(_export())
    shape = _shape(root, "sub")
    assert shape is not None and shape.get("isExpanded") == "true"


@pytest.mark.parametrize("inner", [(400, 60, 90, 60), (120, 160, 90, 60)])
def test_what_is_drawn_outside_of_a_sub_process_does_not_open_it(
    inner: tuple[int, int, int, int],
) -> None:
    _, root = _viewed(_export(inner=inner))
    shape = _shape(root, "sub")
    assert shape is not None and shape.get("isExpanded") is None


def test_what_is_drawn_shut_stays_shut() -> None:
    content = _export().replace(b'bpmnElement="sub"', b'bpmnElement="sub" isExpanded="false"')
    _, root = _viewed(content)
    shape = _shape(root, "sub")
    assert shape is not None and shape.get("isExpanded") == "false"


def test_labels_of_no_size_are_left_to_the_viewer() -> None:
    _, root = _viewed(_export())
    labels = [one.getparent() for one in root.iter("{*}BPMNLabel")]
    assert [one.get("bpmnElement") for one in labels if one is not None] == ["other"]


def test_the_unknown_counter_goes_and_what_is_left_is_read_the_same() -> None:
    view, root = _viewed(_export())
    assert not list(root.iter("{*}LoopCounter")) and not list(root.iter("{*}extensionElements"))
    before, after = read(_export()), read(view.content)
    assert [(p.id, len(p.nodes), len(p.flows)) for p in after.processes if p.nodes] == [
        (p.id, len(p.nodes), len(p.flows)) for p in before.processes if p.nodes
    ]


def test_one_process_alone_leaves_the_pools_out_that_cover_it() -> None:
    view = viewed(_export(), "p")
    assert view.drawn == {"pool1", "s", "sub", "inner", "f"} and not view.whole
    assert viewed(_export()).whole
    assert viewed(_export()).drawn == {
        "pool1", "pool2", "s", "sub", "inner", "other", "f", "m",
    }  # fmt: skip


def test_a_data_object_s_shape_is_that_of_its_reference() -> None:
    old = '<startEvent id="s"/>'
    new = old + '<dataObject id="o"/><dataObjectReference id="r" dataObjectRef="o"/>'
    content = _export().replace(old.encode(), new.encode())
    view = viewed(content.replace(b'bpmnElement="other"', b'bpmnElement="o"'))
    assert "r" in view.drawn and "o" not in view.drawn


def test_a_flow_whose_end_is_not_drawn_is_not_drawn_either() -> None:
    view = viewed(_export().replace(b'bpmnElement="s"', b'bpmnElement="nobody"'))
    assert not {"f", "m"} & view.drawn and "sub" in view.drawn


def test_a_shape_of_nothing_is_not_drawn() -> None:
    _, root = _viewed(_export())
    assert "lost" not in {one.get("bpmnElement") for one in root.iter("{*}BPMNEdge")}


@pytest.mark.parametrize(
    ("content", "process"),
    [
        (b"<Package xmlns='http://www.wfmc.org/2009/XPDL2.2'/>", None),
        (b"<definitions/>", None),
        (b"PK\x03\x04rest", None),
        (b"not XML", None),
    ],
)
def test_what_draws_nothing_is_refused(content: bytes, process: str | None) -> None:
    with pytest.raises(Unreadable):
        viewed(content, process)


def test_a_process_that_is_not_drawn_is_refused() -> None:
    with pytest.raises(Unreadable):
        viewed(_export(), "main")


FILES = [*sorted(PROCESSES.glob("*.bpmn")), *sorted(FIXTURES.glob("**/*.bpmn"))]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_file_that_draws_something_can_be_shown(path: Path) -> None:
    content = path.read_bytes()
    try:
        drawing = read(content, path.name)
        whole = viewed(content)
    except Unreadable:
        pytest.skip("it is no drawing, or draws nothing")
    _sound(whole)
    for process in (one for one in drawing.processes if one.nodes):
        try:
            alone = viewed(content, process.id)
        except Unreadable:
            continue
        _sound(alone)
        assert alone.drawn <= whole.drawn
        nodes = {node.id for node in process.nodes}
        assert alone.drawn & nodes == whole.drawn & nodes, "all of its own is there"
        others = {n.id for other in drawing.processes if other is not process for n in other.nodes}
        assert not alone.drawn & (others - nodes)


@pytest.mark.parametrize("path", sorted(PROCESSES.glob("*.bpmn")), ids=lambda path: path.name)
def test_our_own_drawings_show_all_of_their_nodes(path: Path) -> None:
    content = path.read_bytes()
    for process in (one for one in read(content).processes if one.nodes):
        drawn = viewed(content, process.id).drawn
        assert {node.id for node in process.nodes} <= drawn
        assert {flow.id for flow in process.flows} <= drawn


def _sound(view: View) -> None:
    """No shape of nothing or without a size, and no edge that hangs in the air."""
    _, root = view, parse(view.content)[0]
    known = {one.get("id") for one in root.iter() if one.get("id")}
    for shape in root.iter("{*}BPMNShape"):
        reference = (shape.get("bpmnElement") or "").rpartition(":")[2]
        assert reference in known & view.drawn
        if any(local(one) == "participant" and one.get("id") == reference for one in root.iter()):
            bounds = next(children(shape, "Bounds"))
            assert float(bounds.get("width") or 0) and float(bounds.get("height") or 0)
    for label in root.iter("{*}BPMNLabel"):
        bounds = next(children(label, "Bounds"))
        assert float(bounds.get("width") or 0) and float(bounds.get("height") or 0)
    assert not list(root.iter("{*}LoopCounter"))


def _export(**changed: tuple[int, int, int, int]) -> bytes:
    boxes = BOXES | changed
    shapes = [
        f'<BPMNShape id="e_{id_}" bpmnElement="{id_}">{BOUNDS.format(*box)}'
        f"<BPMNLabel>{BOUNDS.format(0, 0, *((40, 14) if id_ == 'other' else (0, 0)))}</BPMNLabel>"
        "</BPMNShape>"
        for id_, box in boxes.items()
    ]
    return EXPORT.replace("SHAPES", "\n".join(shapes)).encode()


def _viewed(content: bytes) -> tuple[View, Element]:
    view = viewed(content)
    return view, parse(view.content)[0]


def _shape(root: Element, id_: str) -> Element | None:
    shapes = (one for one in root.iter("{*}BPMNShape") if one.get("bpmnElement") == id_)
    return next(shapes, None)
