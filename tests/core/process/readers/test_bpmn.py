"""BPMN 2.0 XML: everything executable is kept, what is odd is noted, nothing is guessed."""

import pytest

from mtd.core.process.drawing import Drawing
from mtd.core.process.readers import read
from tests.core.process.readers.drawings import drawn, node, noted


@pytest.fixture(scope="module")
def whole() -> Drawing:
    return drawn("whole_standard.bpmn")


def test_the_file_says_where_it_comes_from(whole: Drawing) -> None:
    assert (whole.source_format, whole.name, whole.exporter) == ("bpmn", "Whole", "Hand 1")
    assert whole.target_namespace == "urn:shop"
    assert whole.expression_language == "urn:feel"
    assert whole.item_definitions == {"item": "tns:Order"}


def test_a_process_knows_its_pool_properties_and_texts(whole: Drawing) -> None:
    (process,) = whole.processes
    assert (process.id, process.name, process.pool, process.executable) == (
        "p",
        "Order",
        "Shop",
        True,
    )
    assert process.documentation == "What it does"
    assert [(one.id, one.item) for one in process.properties] == [("total", "item")]
    assert process.annotations == {"note": "Beware"}
    assert process.associations == (("undo", "unpick"),)
    assert whole.pools[0].maximum == 4


def test_a_pool_whose_process_is_gone_is_a_black_box(whole: Drawing) -> None:
    assert whole.pools[1].process is None
    assert "black box" in noted(whole, "ghost")[0]


def test_lanes_nest_and_the_innermost_counts(whole: Drawing) -> None:
    assert node(whole, "start").lane == "Shop"
    assert node(whole, "pick").lane == "Clerks"
    assert node(whole, "declinedThere").lane == "Clerks"
    outer, inner = whole.processes[0].lanes
    assert (inner.parent, outer.nodes) == ("outer", ("start",))


def test_event_definitions_come_inline_and_by_reference(whole: Drawing) -> None:
    start = node(whole, "start")
    assert start.parallel_multiple
    message, timer = start.events
    assert (message.kind, message.ref, message.name) == ("message", "paid", "Paid")
    assert (timer.timer_kind, timer.expression) == ("duration", "P1D")


def test_errors_and_escalations_carry_name_and_code(whole: Drawing) -> None:
    (error,) = node(whole, "declinedThere").events
    assert (error.name, error.code) == ("Declined", "PAYMENT_DECLINED")
    assert not node(whole, "declinedThere").interrupting
    (escalation,) = node(whole, "lateStart").events
    assert (escalation.name, escalation.code) == ("Late", "LATE")
    assert not node(whole, "lateStart").interrupting


def test_other_events_keep_what_they_mean(whole: Drawing) -> None:
    (undo,) = node(whole, "undoPick").events
    assert (undo.kind, undo.activity, undo.wait_for_completion) == ("compensate", "pick", False)
    (jump,), (land,) = node(whole, "jump").events, node(whole, "land").events
    assert (jump.name, jump.target, land.sources) == ("A", "land1", ("jump1",))
    (when,) = node(whole, "when").events
    assert (when.expression, when.language) == ("stock > 0", "urn:feel")
    assert node(whole, "enough").events[0].kind == "terminate"
    assert node(whole, "cancelled").events[0].kind == "cancel"


def test_multi_instance_keeps_all_of_its_parts(whole: Drawing) -> None:
    loop = node(whole, "pick").loop
    assert loop is not None
    assert (loop.kind, loop.sequential, loop.cardinality) == ("multiInstance", True, "3")
    assert (loop.collection_in, loop.item_in) == ("order lines", "line")
    assert (loop.completion_condition, loop.behavior) == ("done = 2", "Complex")
    assert loop.one_event is not None
    assert loop.one_event.name == "Stop"
    assert [(condition, event.kind) for condition, event in loop.complex] == [
        ("done > 1", "signal")
    ]


def test_a_standard_loop_keeps_condition_and_maximum(whole: Drawing) -> None:
    loop = node(whole, "count").loop
    assert loop is not None
    assert (loop.kind, loop.test_before, loop.maximum, loop.condition) == (
        "standardLoop",
        True,
        5,
        "x < 3",
    )


def test_quantities_data_and_people_of_a_task(whole: Drawing) -> None:
    pick = node(whole, "pick")
    assert (pick.start_quantity, pick.completion_quantity) == (2, 3)
    assert pick.implementation is None
    assert [(one.id, one.optional, one.is_collection) for one in pick.inputs] == [
        ("lines", True, True)
    ]
    assert pick.data_in[0].assignments == (("a", "b"),)
    assert (pick.data_out[0].target, pick.data_out[0].transformation) == ("orderLines", "picked[1]")
    assert [(one.kind, one.name) for one in pick.resources] == [("potentialOwner", "Clerk")]
    reference = whole.processes[0].data_objects[1]
    assert (reference.ref, reference.state) == ("theLines", "open")


def test_messages_by_name_by_operation_and_by_id_for_want_of_a_name(whole: Drawing) -> None:
    assert node(whole, "hear").message == "Paid"
    assert node(whole, "hear").instantiate
    assert node(whole, "tell").message == "nameless"


def test_gateways_containers_and_calls(whole: Drawing) -> None:
    some = node(whole, "some")
    assert (some.activation_condition, some.default) == ("activationCount >= 2", "toEnd")
    wait = node(whole, "wait")
    assert (wait.instantiate, wait.event_gateway_type) == (True, "Parallel")
    adhoc = node(whole, "adhoc")
    assert (adhoc.ordering, adhoc.cancel_remaining) == ("Sequential", False)
    assert adhoc.completion_condition == "enough"
    assert node(whole, "any").parent == "adhoc"
    assert node(whole, "handler").triggered_by_event
    assert node(whole, "tx").method == "##Store"
    call = node(whole, "call")
    assert (call.called_element, call.called_binding, call.called_version) == (
        "shared",
        "versionTag",
        "2.1",
    )
    assert [(one.kind, one.script) for one in whole.global_tasks] == [("globalScriptTask", "1 + 1")]


def test_vendors_name_services_where_the_standard_has_no_word(whole: Drawing) -> None:
    assert node(whole, "charge").implementation == "charge-card"
    assert node(whole, "charge").attributes["currency"] == "CLP"
    assert node(whole, "unpick").implementation == "stock.return"
    assert node(whole, "unpick").attributes["asyncBefore"] == "true"
    assert node(whole, "unpick").is_for_compensation


def test_correlation_is_kept(whole: Drawing) -> None:
    assert whole.correlation_properties[0].paths == (("Paid", "order"),)
    assert whole.correlation_keys == {"ck": ("key",)}
    assert whole.processes[0].subscriptions == (("key", "order_key"),)


def test_what_dangles_or_does_not_execute_is_noted_and_the_rest_is_read(whole: Drawing) -> None:
    lost = next(one for one in whole.processes[0].flows if one.name == "lost")
    assert (lost.target, lost.condition, lost.language) == ("nowhere", "x > 1", "urn:feel")
    assert lost.id.startswith("sequenceFlow_")
    assert any("'nowhere'" in note.text and note.line == lost.line for note in whole.notes)
    assert "no part of an executable process" in noted(whole, "dance")[0]
    assert "not of BPMN" in noted(whole, "odd")[0]
    assert len(whole.notes) == 4


def test_ids_that_the_tool_left_out_are_made_apart() -> None:
    flows = '<sequenceFlow sourceRef="a" targetRef="b"/>' * 3
    drawing = read(
        b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p">'
        + f'<task id="a"/><task id="b"/>{flows}</process></definitions>'.encode()
    )
    assert len({one.id for one in drawing.processes[0].flows}) == 3
