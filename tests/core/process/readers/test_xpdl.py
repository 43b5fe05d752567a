"""XPDL, and the same inside a .bpm file: what BPMN says, in other words."""

import io
import zipfile

import pytest

from mtd.core.process.drawing import Drawing
from mtd.core.process.readers import Unreadable, read
from tests.core.process.readers.drawings import FOLDER, drawn, flow, node, noted

XPDL = (FOLDER / "bizagi.xpdl").read_bytes()


@pytest.fixture(scope="module")
def shop() -> Drawing:
    return drawn("bizagi.xpdl")


def packed(**files: bytes) -> bytes:
    """A zip of files; `__` stands for a slash in a name, `_` before the end for a dot."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(name.replace("__", "\\").replace("_", "."), body)
    return buffer.getvalue()


def test_pools_and_phantoms(shop: Drawing) -> None:
    assert (shop.source_format, shop.name) == ("xpdl", "Compra")
    assert [(one.name, one.process) for one in shop.pools] == [("Tienda", "wp1"), ("Cliente", None)]
    assert [one.id for one in shop.processes] == ["wp1"]
    assert "left out" in noted(shop, "wp0")[0]


@pytest.mark.parametrize(
    ("own", "kind"),
    [
        ("start", "startEvent"),
        ("check", "userTask"),
        ("plain", "task"),
        ("return", "serviceTask"),
        ("limit", "boundaryEvent"),
        ("undo", "boundaryEvent"),
        ("wait", "intermediateCatchEvent"),
        ("tell", "intermediateThrowEvent"),
        ("both", "intermediateCatchEvent"),
        ("question", "exclusiveGateway"),
        ("race", "eventBasedGateway"),
        ("all", "parallelGateway"),
        ("block", "subProcess"),
        ("inside", "manualTask"),
        ("call", "callActivity"),
        ("end", "endEvent"),
    ],
)
def test_activities_become_nodes(shop: Drawing, own: str, kind: str) -> None:
    assert node(shop, own).kind == kind


def test_lanes_are_placed_from_where_their_pool_begins(shop: Drawing) -> None:
    assert node(shop, "start").lane == "Ventas"
    assert node(shop, "check").lane == node(shop, "limit").lane == "Bodega"
    assert node(shop, "inside").lane == node(shop, "block").lane == "Bodega"


def test_events_keep_their_triggers(shop: Drawing) -> None:
    (start,), (tell,) = node(shop, "start").events, node(shop, "tell").events
    assert (start.kind, start.name, tell.name) == ("message", "Orden", "Aviso")
    (limit,), (wait,) = node(shop, "limit").events, node(shop, "wait").events
    assert (limit.timer_kind, limit.expression) == ("cycle", None)
    assert (wait.timer_kind, wait.expression) == ("date", "2026-01-02T03:04:05")
    assert node(shop, "limit").attached_to == "check"
    assert not node(shop, "limit").interrupting
    assert node(shop, "end").events[0].code == "SIN_STOCK"
    assert node(shop, "both").parallel_multiple
    assert [one.kind for one in node(shop, "both").events] == ["signal", "timer"]


def test_a_task_keeps_people_data_loop_and_attributes(shop: Drawing) -> None:
    check = node(shop, "check")
    assert (check.documentation, check.attributes) == ("Mira", {"service": "stock.check"})
    assert [one.name for one in check.resources] == ["Vendedor"]
    assert [one.sources for one in check.data_in] == [("do1",)]
    assert check.loop is not None
    assert check.loop.maximum is None
    assert node(shop, "return").is_for_compensation
    assert shop.processes[0].associations == (("undo", "return"),)


def test_conditions_and_defaults(shop: Drawing) -> None:
    process = shop.processes[0]
    assert (flow(process, "t2").name, flow(process, "t2").condition) == ("Sí", None)
    assert node(shop, "question").default == "t3"
    assert flow(process, "t4").condition == "x = 1"
    assert "'missing'" in noted(shop, "t4")[0]


def test_an_activity_set_is_read_once(shop: Drawing) -> None:
    assert node(shop, "inside").parent == "block"
    assert [one.id for one in shop.processes[0].nodes].count("inside") == 1
    assert "activity set 'set1'" in noted(shop, "again")[0]
    assert flow(shop.processes[0], "t9").parent == "block"


def test_sets_that_hold_each_other_come_to_an_end() -> None:
    ring = b"".join(
        b'<ActivitySet Id="s%d"><Activities><Activity Id="a%d"><BlockActivity ActivitySetId="s%d"/>'
        b"</Activity></Activities></ActivitySet>" % (i, i, (i + 1) % 3000)
        for i in range(3000)
    )
    drawing = read(
        b'<Package><WorkflowProcesses><WorkflowProcess Id="p"><ActivitySets>'
        + ring
        + b"</ActivitySets>"
        b'<Activities><Activity Id="first"><BlockActivity ActivitySetId="s0"/></Activity>'
        b"</Activities>"
        b"</WorkflowProcess></WorkflowProcesses></Package>"
    )
    assert len(drawing.processes[0].nodes) == 3001


def test_ids_tell_elements_of_one_kind_only() -> None:
    drawing = read(
        b'<Package><Pools><Pool Id="1" Process="2"/></Pools><WorkflowProcesses>'
        b'<WorkflowProcess Id="2"><Activities><Activity Id="1" Name="A"/><Activity Id="2"><Event>'
        b'<IntermediateEvent Trigger="Timer" Target="1"/></Event></Activity></Activities>'
        b"</WorkflowProcess></WorkflowProcesses></Package>"
    )
    assert drawing.pools[0].process == "2"
    assert node(drawing, "2").attached_to == "1"


def test_a_bpm_file_holds_its_diagrams_also_under_backslashes() -> None:
    values = (
        b'<DiagramAttributeValues><ElementAttributeValues ElementId="plain"><Values>'
        b'<Value Id="a1" Name="cost"><Content>3</Content></Value></Values></ElementAttributeValues>'
        b"</DiagramAttributeValues>"
    )
    one = packed(Diagram_xml=XPDL, ExtendedAttributeValues_xml=values)
    drawing = read(
        packed(one_diag=one, sub__two_diag=one, ModelInfo_xml=b"<x/>"), "C:\\x\\Compra.bpm"
    )
    assert (drawing.source_format, drawing.name) == ("bpm", "Compra")
    assert [one.id for one in drawing.processes] == ["wp1", "wp1"]
    assert node(drawing, "plain").attributes == {"cost": "3"}
    assert read(one).name == "Compra"


def test_zip_bombs_and_broken_zips_are_refused() -> None:
    bomb = packed(Diagram_xml=b"<Package>" + b" " * (33 << 20) + b"</Package>")
    assert len(bomb) < 100_000
    good = packed(Diagram_xml=XPDL)
    for content, words in (
        (bomb, "unpacks to more than"),
        (packed(one_diag=bomb), "unpacks to more than"),
        (packed(one_diag=packed(one_diag=good)), "without Bizagi diagrams"),
        (packed(ModelInfo_xml=b"<x/>"), "without Bizagi diagrams"),
        (packed(one_diag=b"no zip"), "broken"),
        (good[: len(good) // 2], "broken"),
        (packed(**{f"f{i}": b"" for i in range(5000)}), "files"),
        (packed(one_diag=packed(Diagram_xml=b"<!DOCTYPE x><Package/>")), "in the diagram one.diag"),
        (packed(Diagram_xml=b"<definitions/>"), "not Package"),
    ):
        with pytest.raises(Unreadable, match=words):
            read(content)
