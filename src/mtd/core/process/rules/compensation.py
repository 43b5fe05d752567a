"""Static rules of compensation (BPMN 2.0.2 §10.7)."""

from mtd.core.process.drawing import Node
from mtd.core.process.rules.chart import Broken, Chart, Rule, is_activity, kinds


def _boundaries(chart: Chart) -> list[Node]:
    return [node for node in chart.of("boundaryEvent") if "compensate" in kinds(node)]


def _handlers(chart: Chart, event: Node) -> list[str]:
    ends = chart.process.associations
    return [b if a == event.id else a for a, b in ends if event.id in (a, b)]


def _no_flow(chart: Chart) -> Broken:
    for event in _boundaries(chart):
        for flow in chart.out_of(event):
            what = "a compensation event leads to its handler by an association"
            yield event, f"{what}, not by a flow: replace {flow.id!r}"


def _has_handler(chart: Chart) -> Broken:
    for event in _boundaries(chart):
        if not any(end in chart.nodes for end in _handlers(chart, event)):
            yield event, "no association leads from it to a compensation activity: draw one"


def _handler_marked(chart: Chart) -> Broken:
    for event in _boundaries(chart):
        for end in _handlers(chart, event):
            node = chart.nodes.get(end)
            if node is not None and not (is_activity(node) and node.is_for_compensation):
                what = f"it is the compensation handler of {event.attached_to!r}"
                yield node, f"{what}: make it an activity marked isForCompensation"


def _handler_apart(chart: Chart) -> Broken:
    for node in chart.process.nodes:
        if node.is_for_compensation:
            for flow in (*chart.into(node), *chart.out_of(node)):
                yield node, f"a compensation activity is outside the flow: delete {flow.id!r}"


RULES = (
    Rule("compensation-by-association", "§10.5.3", _no_flow),
    Rule("compensation-has-handler", "§10.7.1", _has_handler),
    Rule("compensation-handler-marked", "§10.7.1", _handler_marked),
    Rule("compensation-handler-apart", "§10.3", _handler_apart),
)
