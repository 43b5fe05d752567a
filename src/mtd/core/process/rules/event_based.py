"""Static rules of the event-based gateway and of what follows it (BPMN 2.0.2 §10.6.6)."""

from collections.abc import Iterator

from mtd.core.process.drawing import Flow, Node
from mtd.core.process.rules.chart import Broken, Chart, Rule, kinds

AWAITED = frozenset({"message", "signal", "timer", "conditional"})
"""What the events behind the gateway may await."""
GATEWAY = "eventBasedGateway"


def _ways(chart: Chart) -> Iterator[tuple[Node, Flow, Node | None]]:
    for node in chart.of(GATEWAY):
        for flow in chart.out_of(node):
            yield node, flow, chart.target(flow)


def _two(chart: Chart) -> Broken:
    for node in chart.of(GATEWAY):
        if len(chart.out_of(node)) < 2:
            yield node, "an event-based gateway chooses between two events or more: draw them"


def _unconditional(chart: Chart) -> Broken:
    for node, flow, _ in _ways(chart):
        if flow.condition:
            yield flow, f"it leaves the event-based gateway {node.id!r}: take its condition away"


def _targets(chart: Chart) -> Broken:
    for node, flow, target in _ways(chart):
        if target is None:
            continue
        catches = target.kind == "intermediateCatchEvent" and kinds(target) <= AWAITED
        if not (catches and target.events) and target.kind != "receiveTask":
            what = f"{flow.id!r} leads to the {target.kind} {target.id!r}"
            wanted = "a receive task, or an event that catches " + ", ".join(sorted(AWAITED))
            yield node, f"{what}: let it lead to {wanted}"


def _not_both(chart: Chart) -> Broken:
    for node in chart.of(GATEWAY):
        targets = [target for _, flow, target in _ways(chart) if flow.source == node.id]
        tasks = any(target is not None and target.kind == "receiveTask" for target in targets)
        messages = any(target is not None and "message" in kinds(target) for target in targets)
        if tasks and messages:
            yield node, "receive tasks and message events follow it: use only one of the two"


def _not_attached(chart: Chart) -> Broken:
    hosts = {event.attached_to for event in chart.of("boundaryEvent")}
    for _, _, target in _ways(chart):
        if target is not None and target.kind == "receiveTask" and target.id in hosts:
            what = "a receive task behind an event-based gateway has no boundary events"
            yield target, f"{what}: lead the gateway to those events instead"


def _only_way(chart: Chart) -> Broken:
    for node, flow, target in _ways(chart):
        others = [] if target is None else [f for f in chart.into(target) if f is not flow]
        if target is not None and others:
            what = f"only the event-based gateway {node.id!r} leads to it"
            yield target, f"{what}: delete the flow {others[0].id!r}"


def _instantiating(chart: Chart) -> Broken:
    for node in chart.of(GATEWAY):
        if node.instantiate and chart.into(node):
            yield node, "it starts the process, so that no flow leads to it: delete those that do"


def _parallel(chart: Chart) -> Broken:
    for node in chart.of(GATEWAY):
        if node.event_gateway_type == "Parallel" and not node.instantiate:
            what = "a parallel event-based gateway starts the process"
            yield node, f"{what}: set instantiate, or use a parallel gateway"


RULES = (
    Rule("event-gateway-two-ways", "§10.6.6 p. 296", _two, harmless=True),
    Rule("event-gateway-unconditional", "§10.6.6 p. 296", _unconditional),
    Rule("event-gateway-targets", "§10.6.6 p. 297", _targets),
    Rule("event-gateway-not-both", "§10.6.6 p. 297", _not_both),
    Rule("event-gateway-receive-plain", "§10.6.6 p. 297", _not_attached),
    Rule("event-gateway-only-way", "§10.6.6 p. 297", _only_way),
    Rule("event-gateway-instantiating", "§10.6.6 p. 298", _instantiating),
    Rule("event-gateway-parallel", "§10.6.6 p. 298", _parallel),
)
