"""Static rules of intermediate and boundary events (BPMN 2.0.2 §10.5.3)."""

from mtd.core.process.drawing import Node
from mtd.core.process.rules.chart import Broken, Chart, Rule, foreign, is_activity, kinds

CAUGHT = frozenset({"message", "timer", "conditional", "link", "signal"})
"""What an event in normal flow may catch (table 10.89)."""
THROWN = frozenset({"message", "escalation", "compensate", "link", "signal"})
"""What an event in normal flow may throw (table 10.89)."""
INTERRUPTING = frozenset(
    {"message", "timer", "escalation", "error", "cancel", "compensate", "conditional", "signal"}
)
"""What an interrupting boundary event may catch (table 10.90)."""
CONCURRENT = frozenset({"message", "timer", "escalation", "conditional", "signal"})
"""What a boundary event may catch without interrupting (table 10.90)."""


def _caught(chart: Chart) -> Broken:
    for node in chart.of("intermediateCatchEvent"):
        for event in foreign(node, CAUGHT):
            what = f"an event in normal flow cannot catch a {event.kind} event"
            yield node, f"{what}: attach it to an activity, or use an event sub-process"


def _something(chart: Chart) -> Broken:
    for node in chart.of("intermediateCatchEvent"):
        if not node.events:
            yield node, "it catches nothing: give it a message, timer, condition, signal or link"


def _thrown(chart: Chart) -> Broken:
    for node in chart.of("intermediateThrowEvent"):
        for event in foreign(node, THROWN):
            what = f"an intermediate event cannot throw a {event.kind} event"
            yield node, f"{what}: use {', '.join(sorted(THROWN))} or none"


def _reached(chart: Chart) -> Broken:
    for node in chart.of("intermediateThrowEvent", "intermediateCatchEvent"):
        target = node.kind == "intermediateCatchEvent" and "link" in kinds(node)
        if not _free(chart, node) and not target and not chart.into(node):
            yield node, "no flow leads to this intermediate event: draw one"


def _left(chart: Chart) -> Broken:
    for node in chart.of("intermediateThrowEvent", "intermediateCatchEvent"):
        source = node.kind == "intermediateThrowEvent" and "link" in kinds(node)
        if not _free(chart, node) and not source and not chart.out_of(node):
            yield node, "no flow leaves this intermediate event: draw one, or make it an end event"


def _attached(chart: Chart) -> Broken:
    for node in chart.of("boundaryEvent"):
        host = chart.nodes.get(node.attached_to or "")
        if host is None:
            what = f"it is attached to {node.attached_to!r}, which is not in this process"
            yield node, f"{what}: attach it to an activity"
        elif not is_activity(host):
            yield node, f"it is attached to the {host.kind} {host.id!r}: attach it to an activity"
        elif host.parent != node.parent:
            yield node, f"it does not lie on the level of {host.id!r}: put it there"
        elif host.triggered_by_event:
            yield node, f"an event sub-process, {host.id!r}, has no boundary events: take it away"


def _boundary_trigger(chart: Chart) -> Broken:
    for node in chart.of("boundaryEvent"):
        if not node.events:
            yield node, "a boundary event catches something: give it a trigger"
        allowed = INTERRUPTING if node.interrupting else CONCURRENT
        for event in foreign(node, allowed):
            how = "" if node.interrupting else " without interrupting the activity"
            what = f"a boundary event cannot catch a {event.kind} event{how}"
            yield node, f"{what}: use {', '.join(sorted(allowed))}"


def _boundary_incoming(chart: Chart) -> Broken:
    for node in chart.of("boundaryEvent"):
        for flow in chart.into(node):
            yield node, f"a boundary event has no incoming flow: delete {flow.id!r}"


def _boundary_outgoing(chart: Chart) -> Broken:
    for node in chart.of("boundaryEvent"):
        if "compensate" not in kinds(node) and not chart.out_of(node):
            yield node, "a boundary event leads somewhere: draw a flow out of it"


def _free(chart: Chart, node: Node) -> bool:
    """Whether `node` lies in an ad-hoc sub-process, where nothing needs flows (§10.3.5)."""
    parent = chart.parent(node)
    return parent is not None and parent.kind == "adHocSubProcess"


def _cancel_boundary(chart: Chart) -> Broken:
    for node in chart.of("boundaryEvent"):
        host = chart.nodes.get(node.attached_to or "")
        if "cancel" in kinds(node) and host is not None and host.kind != "transaction":
            yield node, f"only a transaction is cancelled, and {host.id!r} is a {host.kind}"


RULES = (
    Rule("catch-trigger", "§10.5.3 p. 258", _caught),
    Rule("catch-something", "§10.5.3 p. 258", _something, harmless=True),
    Rule("throw-result", "§10.5.3 p. 258", _thrown),
    Rule("intermediate-has-incoming", "§10.5.3", _reached, harmless=True),
    Rule("intermediate-has-outgoing", "§10.5.3", _left, harmless=True),
    Rule("boundary-on-activity", "§10.5.3", _attached),
    Rule("boundary-trigger", "§10.5.3 p. 254", _boundary_trigger),
    Rule("boundary-no-incoming", "§10.5.3", _boundary_incoming),
    Rule("boundary-has-outgoing", "§10.5.3", _boundary_outgoing, harmless=True),
    Rule("cancel-boundary-on-transaction", "§10.5.5 p. 261", _cancel_boundary),
)
