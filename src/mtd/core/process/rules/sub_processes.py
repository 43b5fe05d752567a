"""Static rules of sub-processes: event, ad-hoc and transaction (BPMN 2.0.2 §10.3.5)."""

import re

from mtd.core.process.drawing import Node
from mtd.core.process.rules.chart import Broken, Chart, Rule, foreign, is_activity, kinds

TRIGGERS = frozenset(
    {"message", "timer", "error", "escalation", "compensate", "conditional", "signal"}
)
"""What may start an event sub-process (table 10.86)."""
ONLY_INTERRUPTING = frozenset({"error", "compensate"})
"""What cannot start one without interrupting (table 10.86)."""
METHODS = frozenset({"##compensate", "##store", "##image"})
"""Methods of a transaction from BPMN 1.1; others are URIs of a technology."""
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?:[\w.~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+")
"""RFC 3986, §2 and §3.1, as far as a drawing can be wrong by it."""
NOT_AD_HOC = frozenset({"startEvent", "endEvent"})
"""What an ad-hoc sub-process does not contain."""


def _event_sub_processes(chart: Chart) -> list[Node]:
    return [node for node in chart.process.nodes if node.triggered_by_event]


def _starts(chart: Chart, container: Node) -> list[Node]:
    return [node for node in chart.inside(container.id) if node.kind == "startEvent"]


def _no_flows(chart: Chart) -> Broken:
    for node in _event_sub_processes(chart):
        for flow in (*chart.into(node), *chart.out_of(node)):
            yield node, f"an event sub-process is outside the flow: delete {flow.id!r}"


def _one_start(chart: Chart) -> Broken:
    for node in _event_sub_processes(chart):
        count = len(_starts(chart, node))
        if count != 1:
            yield node, f"an event sub-process has exactly one start event, and it has {count}"


def _triggered(chart: Chart) -> Broken:
    for container in _event_sub_processes(chart):
        for node in _starts(chart, container):
            if not node.events:
                what = "the start event of an event sub-process has a trigger"
                yield node, f"{what}: give it one of {', '.join(sorted(TRIGGERS))}"
            for event in foreign(node, TRIGGERS):
                what = f"a {event.kind} event cannot start an event sub-process"
                yield node, f"{what}: use one of {', '.join(sorted(TRIGGERS))}"


def _interrupting(chart: Chart) -> Broken:
    for container in _event_sub_processes(chart):
        for node in _starts(chart, container):
            only = sorted(kinds(node) & ONLY_INTERRUPTING)
            if only and not node.interrupting:
                yield node, f"a {only[0]} event always interrupts: take isInterrupting=false away"


def _ad_hoc_content(chart: Chart) -> Broken:
    for container in chart.of("adHocSubProcess"):
        inside = chart.inside(container.id)
        if not any(is_activity(node) for node in inside):
            yield container, "an ad-hoc sub-process contains an activity: draw one in it"
        for node in inside:
            if node.kind in NOT_AD_HOC:
                what = f"the ad-hoc sub-process {container.id!r} has no {node.kind}"
                yield node, f"{what}: its activities start without one"


def _method(chart: Chart) -> Broken:
    for node in chart.of("transaction"):
        method = node.method
        if method is None or method.lower() in METHODS or _URI.fullmatch(method):
            continue
        known = ", ".join(sorted(METHODS))
        yield node, f"its method {method!r} is neither a URI nor one of {known}: take it away"


RULES = (
    Rule("event-sub-process-no-flows", "§10.3.5 p. 174", _no_flows),
    Rule("event-sub-process-one-start", "§10.3.5 p. 174", _one_start),
    Rule("event-sub-process-trigger", "§10.3.5 p. 174", _triggered),
    Rule("event-sub-process-interrupting", "§10.5.2", _interrupting),
    Rule("ad-hoc-content", "§10.3.5", _ad_hoc_content),
    Rule("transaction-method", "§10.3.5", _method, harmless=True),
)
