"""The Bizagi dialect: each quirk of its exports, put right or left unguessed."""

import pytest

from mtd.core.process.drawing import Drawing
from mtd.core.process.readers import read
from tests.core.process.readers.drawings import FOLDER, drawn, flow, node, noted


@pytest.fixture(scope="module")
def lanes() -> Drawing:
    return drawn("bizagi_lanes.bpmn")


@pytest.fixture(scope="module")
def meaning() -> Drawing:
    return drawn("bizagi_meaning.bpmn")


def test_it_is_recognised_by_its_namespace_also_when_saved_by_another_tool(
    lanes: Drawing,
) -> None:
    saved = (FOLDER / "bizagi_lanes.bpmn").read_bytes()
    saved = saved.replace(b"http://www.bizagi.com/definitions/_2026", b"urn:other")
    saved = saved.replace(b"<definitions ", b'<definitions exporter="bpmn-js" ', 1)
    assert lanes.source_format == read(saved).source_format == "bizagi"


def test_the_phantom_main_pool_is_left_out(lanes: Drawing) -> None:
    assert [one.pool for one in lanes.processes] == ["Tienda"]
    assert [one.name for one in lanes.pools] == ["Tienda"]
    assert "left out" in noted(lanes, "Id_main")[0]


def test_a_main_pool_with_something_in_it_stays() -> None:
    text = (FOLDER / "bizagi_lanes.bpmn").read_text(encoding="utf-8")
    text = text.replace('<laneSet id="Id_main_lanes" />', '<task id="Id_suelta" name="Suelta" />')
    assert [one.name for one in read(text.encode()).pools] == ["Proceso principal", "Tienda"]


def test_an_empty_pool_that_a_person_drew_stays() -> None:
    text = (FOLDER / "bizagi_lanes.bpmn").read_text(encoding="utf-8")
    drawing = read(text.replace("isMainParticipant", "bgColor").encode())
    assert [one.id for one in drawing.processes] == ["Id_main", "Id_compra"]


def test_lanes_go_by_the_picture(lanes: Drawing) -> None:
    found = {one.id: one.lane for one in lanes.processes[0].nodes}
    assert found["Id_inicio"] == "Ventas"
    assert found["Id_stock"] == "Bodega"
    # Bizagi shifts lanes along the pool, so that its far end lies beyond them.
    assert found["Id_lejos"] == "Ventas"
    # Drawn across the border of two lanes, but it belongs to what it is attached to.
    assert found["Id_limite"] == "Bodega"
    assert found["Id_embalar"] == found["Id_preparar"] == "Bodega"
    # It has no shape at all.
    assert found["Id_fin"] is None
    assert [one.name for one in lanes.processes[0].lanes] == ["Ventas", "Bodega"]


def test_labels_lose_their_outer_blanks_and_inner_newlines(lanes: Drawing) -> None:
    assert node(lanes, "Id_preparar").name == "Preparar pedido"
    assert flow(lanes.processes[0], "Id_f3").name == "Sí"
    assert flow(lanes.processes[0], "Id_f1").name is None
    assert node(lanes, "Id_fin").name is None


def test_blank_conditions_are_none(lanes: Drawing) -> None:
    assert [one.condition for one in lanes.processes[0].flows] == [None] * 4


def test_colours_are_not_attributes_but_runtime_properties_are(lanes: Drawing) -> None:
    assert node(lanes, "Id_inicio").attributes == {"runtimeProperties": '{"cost":0}'}


def test_an_empty_sub_process_is_noted(lanes: Drawing) -> None:
    assert "not linked" in noted(lanes, "Id_vacio")[0]
    assert noted(lanes, "Id_preparar") == []


def test_timers_are_never_guessed_from_their_labels(meaning: Drawing) -> None:
    (empty,), (filled,) = node(meaning, "Id_espera").events, node(meaning, "Id_plazo").events
    assert (empty.timer_kind, empty.expression) == ("cycle", None)
    assert (filled.timer_kind, filled.expression) == ("cycle", "R3/PT5M")


def test_of_a_timers_two_values_the_filled_one_counts() -> None:
    text = (FOLDER / "bizagi_meaning.bpmn").read_text(encoding="utf-8")
    text = text.replace('<timeCycle id="t2" />', "<timeDate/><timeDuration>P2D</timeDuration>")
    (timer,) = node(read(text.encode()), "Id_espera").events
    assert (timer.timer_kind, timer.expression) == ("duration", "P2D")


def test_messages_go_by_reference_then_by_flow(meaning: Drawing) -> None:
    assert node(meaning, "Id_respuesta").events[0].name == "Id_dangling"
    assert node(meaning, "Id_inicio").events[0].name == "Orden de compra"
    assert node(meaning, "Id_fin").events[0].name is None
    assert noted(meaning, "Id_fin") == [
        "its message flows carry different messages: Confirmación, Copia"
    ]


def test_signals_go_by_name(meaning: Drawing) -> None:
    caught, thrown = (node(meaning, own).events[0] for own in ("Id_anulada", "Id_anular"))
    assert caught.ref != thrown.ref
    assert caught.name == thrown.name == "Anulada"


def test_an_error_without_reference_has_no_code(meaning: Drawing) -> None:
    (error,) = node(meaning, "Id_error").events
    assert (error.name, error.code) == (None, None)


def test_a_loop_maximum_of_zero_is_none(meaning: Drawing) -> None:
    loop = node(meaning, "Id_vuelta").loop
    assert loop is not None
    assert loop.maximum is None
    assert node(meaning, "Id_vuelta").data_in == ()


def test_documentation_is_text(meaning: Drawing) -> None:
    assert node(meaning, "Id_vuelta").documentation == "Revisa área\ny firma"


def test_extended_attributes_go_by_the_name_of_their_definition(meaning: Drawing) -> None:
    assert node(meaning, "Id_extendida").attributes == {"service": "stock.check", "a2": "3"}


def test_a_call_without_process_is_noted(meaning: Drawing) -> None:
    assert node(meaning, "Id_llamada").called_element is None
    assert "not linked" in noted(meaning, "Id_llamada")[0]
