"""Static rules of start and end events (BPMN 2.0.2 §10.5.2, §10.5.4)."""

from mtd.core.process.drawing import Node
from mtd.core.process.rules.chart import Broken, Chart, Rule, foreign, is_activity

STARTS = frozenset({"message", "timer", "conditional", "signal"})
"""What may start a process from outside (table 10.84)."""
ENDS = frozenset({"message", "escalation", "error", "cancel", "compensate", "signal", "terminate"})
"""What an end event may throw (table 10.88)."""


def _start_incoming(chart: Chart) -> Broken:
    for node in chart.of("startEvent"):
        for flow in chart.into(node):
            yield node, f"a start event has no incoming flow: lead {flow.id!r} to what follows it"


def _start_outgoing(chart: Chart) -> Broken:
    for node in chart.of("startEvent"):
        if not chart.out_of(node):
            yield node, "a start event leads somewhere: draw a flow out of it"


def _start_trigger(chart: Chart) -> Broken:
    for node in chart.of("startEvent"):
        if node.parent is None:
            for event in foreign(node, STARTS):
                what = f"a {event.kind} event cannot start a process"
                yield node, f"{what}: use none, message, timer, conditional or signal"


def _sub_process_start(chart: Chart) -> Broken:
    for node in chart.of("startEvent"):
        parent = chart.parent(node)
        if parent is not None and not parent.triggered_by_event and node.events:
            what = f"the sub-process {parent.id!r} is started by its incoming flow"
            yield node, f"{what}: take the {node.events[0].kind} trigger off its start event"


def _start_without_end(chart: Chart) -> Broken:
    for container, nodes in chart.levels():
        starts = [node for node in nodes if node.kind == "startEvent"]
        if starts and not any(node.kind == "endEvent" for node in nodes):
            yield starts[0], f"{_level(container)} has a start event and no end event: draw one"


def _end_without_start(chart: Chart) -> Broken:
    for container, nodes in chart.levels():
        ends = [node for node in nodes if node.kind == "endEvent"]
        if ends and not any(node.kind == "startEvent" or node.instantiate for node in nodes):
            yield ends[0], f"{_level(container)} has an end event and no start event: draw one"


def _reached(chart: Chart) -> Broken:
    for _, nodes in chart.levels():
        if not any(node.kind == "startEvent" for node in nodes):
            continue
        for node in nodes:
            if _needs_way_in(chart, node) and not chart.into(node):
                what = "no flow leads to it, though this level has a start event"
                yield node, f"{what}: draw one, or delete it"


def _left(chart: Chart) -> Broken:
    for _, nodes in chart.levels():
        if not any(node.kind == "endEvent" for node in nodes):
            continue
        for node in nodes:
            if _needs_way_out(chart, node) and not chart.out_of(node):
                what = "no flow leaves it, though this level has an end event"
                yield node, f"{what}: lead it to an end event"


def _end_outgoing(chart: Chart) -> Broken:
    for node in chart.of("endEvent"):
        for flow in chart.out_of(node):
            what = "an end event has no outgoing flow"
            yield node, f"{what}: delete {flow.id!r}, or make it an intermediate event"


def _end_incoming(chart: Chart) -> Broken:
    for node in chart.of("endEvent"):
        if not chart.into(node):
            yield node, "no flow leads to this end event: draw one, or delete it"


def _end_result(chart: Chart) -> Broken:
    for node in chart.of("endEvent"):
        for event in foreign(node, ENDS):
            what = f"an end event cannot be a {event.kind} event"
            yield node, f"{what}: use {', '.join(sorted(ENDS))} or none"


def _cancel_end(chart: Chart) -> Broken:
    for node in chart.of("endEvent"):
        parent = chart.parent(node)
        inside = parent is not None and parent.kind == "transaction"
        if not inside and any(event.kind == "cancel" for event in node.events):
            yield node, "a cancel end event is only allowed in a transaction: put it inside one"


def _needs_way_in(chart: Chart, node: Node) -> bool:
    """What of a level must be reached by a flow; other rules tell of events."""
    if is_activity(node):
        return not (node.triggered_by_event or node.is_for_compensation or node.instantiate)
    return node.kind.endswith("Gateway") and not node.instantiate


def _needs_way_out(chart: Chart, node: Node) -> bool:
    if is_activity(node):
        return not (node.triggered_by_event or node.is_for_compensation)
    return node.kind.endswith("Gateway")


def _level(container: Node | None) -> str:
    return f"the sub-process {container.id!r}" if container else "the process"


RULES = (
    Rule("start-no-incoming", "§10.5.2 p. 244", _start_incoming),
    Rule("start-has-outgoing", "§10.5.2 p. 244", _start_outgoing, harmless=True),
    Rule("start-trigger", "§10.5.2 p. 239", _start_trigger),
    Rule("sub-process-start-none", "§10.5.2 p. 241", _sub_process_start),
    Rule("start-needs-end", "§10.5.4 p. 246", _start_without_end, harmless=True),
    Rule("end-needs-start", "§10.5.2 p. 238", _end_without_start, harmless=True),
    Rule("reached-when-start", "§10.5.2", _reached, harmless=True),
    Rule("left-when-end", "§10.5.4", _left, harmless=True),
    Rule("end-no-outgoing", "§10.5.4 p. 248", _end_outgoing),
    Rule("end-has-incoming", "§10.5.4 p. 248", _end_incoming, harmless=True),
    Rule("end-result", "§10.5.4 p. 246", _end_result),
    Rule("cancel-end-in-transaction", "§10.5.5 p. 261", _cancel_end),
)
