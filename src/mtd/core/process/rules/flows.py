"""Static rules of sequence flows (BPMN 2.0.2 §7.6.1, §8.4.13)."""

from mtd.core.process.rules.chart import EVENTS, Broken, Chart, Rule, is_activity

DEFAULTS = frozenset({"exclusiveGateway", "inclusiveGateway", "complexGateway"})
"""The gateways that may have a default flow."""
UNCONDITIONAL = frozenset({"parallelGateway"})
"""What ignores the conditions of the flows that leave it."""


def _ends(chart: Chart) -> Broken:
    elsewhere = {
        node.id: process.name or process.id
        for process in chart.drawing.processes
        if process is not chart.process
        for node in process.nodes
    }
    for flow in chart.process.flows:
        for end in (flow.source, flow.target):
            if end in elsewhere:
                where = f"in {elsewhere[end]}, another process"
                yield flow, f"it leads from or to {end!r} {where}: draw a message flow instead"
            elif end not in chart.nodes:
                what = "which is no activity, event or gateway of this process"
                yield flow, f"it leads from or to {end!r}, {what}: connect it to one, or delete it"


def _levels(chart: Chart) -> Broken:
    for flow in chart.process.flows:
        source, target = chart.nodes.get(flow.source), chart.nodes.get(flow.target)
        if source is None or target is None or source.parent == target.parent:
            continue
        ends = f"from {source.id!r} to {target.id!r}"
        yield flow, f"it crosses the border of a sub-process, {ends}: end it inside that border"


def _conditional_alone(chart: Chart) -> Broken:
    for node in filter(is_activity, chart.process.nodes):
        ways = chart.out_of(node)
        if len(ways) == 1 and ways[0].condition:
            what = f"it is conditional and the only way out of {node.id!r}"
            yield ways[0], f"{what}: add a second flow, or take its condition away"


def _condition_after_event(chart: Chart) -> Broken:
    for node in chart.of(*EVENTS):
        for flow in chart.out_of(node):
            if flow.condition:
                what = f"it leaves the event {node.id!r} and has a condition"
                yield flow, f"{what}: put an exclusive gateway behind the event"


def _condition_ignored(chart: Chart) -> Broken:
    for node in chart.of(*UNCONDITIONAL):
        for flow in chart.out_of(node):
            if flow.condition:
                yield flow, f"its condition is ignored: it leaves the parallel gateway {node.id!r}"


def _default_belongs(chart: Chart) -> Broken:
    for node in chart.process.nodes:
        if node.default is None:
            continue
        if node.default not in {flow.id for flow in chart.out_of(node)}:
            what = f"its default flow {node.default!r} does not leave it"
            yield node, f"{what}: name one of its own outgoing flows"


def _default_of_whom(chart: Chart) -> Broken:
    for node in chart.process.nodes:
        if node.default is not None and not is_activity(node) and node.kind not in DEFAULTS:
            yield node, f"a {node.kind} has no default flow: take the attribute away"


def _default_conditional(chart: Chart) -> Broken:
    defaults = {node.default for node in chart.process.nodes if node.default}
    for flow in chart.process.flows:
        if flow.id in defaults and flow.condition:
            yield flow, "its condition is ignored: it is the default flow"


RULES = (
    Rule("flow-ends", "§8.4.13", _ends),
    Rule("flow-within-level", "§7.6.1", _levels),
    Rule("flow-conditional-not-alone", "§8.4.13", _conditional_alone),
    Rule("flow-unconditional-after-event", "§10.5.2 p. 244", _condition_after_event),
    Rule("flow-condition-ignored", "§10.6.4", _condition_ignored, warns=True),
    Rule("default-belongs", "§10.3", _default_belongs),
    Rule("default-of-whom", "§8.4.13", _default_of_whom),
    Rule("default-unconditional", "§10.6.2", _default_conditional, warns=True),
)
