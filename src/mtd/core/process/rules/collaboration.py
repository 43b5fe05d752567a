"""Static rules of pools and of the messages between them (BPMN 2.0.2 §7.6.2, §9)."""

from mtd.core.process.rules.chart import GATEWAYS, Broken, Chart, Rule, kinds


def _pools(chart: Chart) -> dict[str, str]:
    """The pool of each node and of each pool, by id; of the whole drawing."""
    drawing = chart.drawing
    of = {pool.process: pool.id for pool in drawing.pools if pool.process}
    nodes = {n.id: of.get(p.id, p.id) for p in drawing.processes for n in p.nodes}
    return nodes | {pool.id: pool.id for pool in drawing.pools}


def _between_pools(chart: Chart) -> Broken:
    pools = _pools(chart)
    for flow in chart.drawing.message_flows:
        source, target = pools.get(flow.source), pools.get(flow.target)
        if source is not None and source == target:
            yield flow, "it begins and ends in the same pool: draw a sequence flow instead"


def _ends(chart: Chart) -> Broken:
    pools = _pools(chart)
    kinds_of = {n.id: n.kind for p in chart.drawing.processes for n in p.nodes}
    for flow in chart.drawing.message_flows:
        for end in (flow.source, flow.target):
            if end not in pools:
                what = f"it begins or ends at {end!r}, which is no pool, activity or event"
                yield flow, f"{what}: connect it to one, or delete it"
            elif kinds_of.get(end) in GATEWAYS:
                yield (
                    flow,
                    f"it begins or ends at the gateway {end!r}: connect it to a task",
                )


def _sent_and_received(chart: Chart) -> Broken:
    sent = {flow.source for flow in chart.drawing.message_flows}
    received = {flow.target for flow in chart.drawing.message_flows}
    for node in chart.process.nodes:
        if node.kind in ("startEvent", "intermediateCatchEvent") and node.id in sent:
            yield (
                node,
                "it catches, and a message flow leaves it: turn it round, or delete it",
            )
        if node.kind in ("endEvent", "intermediateThrowEvent") and node.id in received:
            yield node, "it throws, and a message flow leads to it: turn it round, or delete it"


def _message_ends(chart: Chart) -> Broken:
    sent = {flow.source for flow in chart.drawing.message_flows}
    received = {flow.target for flow in chart.drawing.message_flows}
    for node in chart.process.nodes:
        ends = (node.kind == "startEvent" and node.id in received) or (
            node.kind == "endEvent" and node.id in sent
        )
        if ends and "message" not in kinds(node):
            yield node, "a message flow ends at it, and it is no message event: make it one"


RULES = (
    Rule("message-flow-between-pools", "§9.4", _between_pools),
    Rule("message-flow-ends", "§7.6.2 p. 42", _ends, harmless=True),
    Rule("message-flow-direction", "§10.5.2 p. 245", _sent_and_received, harmless=True),
    Rule("message-flow-needs-message", "§10.5.4 p. 248", _message_ends, harmless=True),
)
