"""Static rules of activities: quantities, loops, receiving, calling (BPMN 2.0.2 §10.3)."""

import re

from mtd.core.process.quantity import QUANTITY_MAX
from mtd.core.process.rules.chart import Broken, Chart, Rule, is_activity

_NEGATIVE = re.compile(r"-\s*\d+")


def _quantities(chart: Chart) -> Broken:
    for node in filter(is_activity, chart.process.nodes):
        counts = (
            ("startQuantity", node.start_quantity),
            ("completionQuantity", node.completion_quantity),
        )
        for name, count in counts:
            if not 1 <= count <= QUANTITY_MAX:
                yield node, f"its {name} is {count}: it must be 1 to {QUANTITY_MAX}"


def _loop_maximum(chart: Chart) -> Broken:
    for node in chart.process.nodes:
        if node.loop is not None and node.loop.maximum is not None and node.loop.maximum < 0:
            yield node, f"its loopMaximum is {node.loop.maximum}: write 0 or more"


def _cardinality(chart: Chart) -> Broken:
    for node in chart.process.nodes:
        if node.loop is not None and _NEGATIVE.fullmatch(node.loop.cardinality or ""):
            yield node, f"its loopCardinality is {node.loop.cardinality}: write 0 or more"


def _instantiating(chart: Chart) -> Broken:
    for node in chart.of("receiveTask"):
        if node.instantiate and chart.into(node):
            what = "it starts the process, so that no flow leads to it"
            yield node, f"{what}: delete {chart.into(node)[0].id!r}, or take instantiate away"


def _starts_at_top(chart: Chart) -> Broken:
    for node in chart.process.nodes:
        if node.instantiate and node.parent is not None:
            yield (
                node,
                f"it starts the process and lies in {node.parent!r}: put it outside",
            )


def _called_starts(chart: Chart) -> Broken:
    called = {process.id: process for process in chart.drawing.processes}
    for node in chart.of("callActivity"):
        process = called.get(node.called_element or "")
        if process is None:
            continue
        starts = [n for n in process.nodes if n.kind == "startEvent" and n.parent is None]
        if starts and all(start.events for start in starts):
            what = f"the process {process.id!r} that it calls has no start event without a trigger"
            yield node, f"{what}: draw one"


RULES = (
    Rule("quantity-positive", "§10.3 p. 150", _quantities),
    Rule("loop-maximum-positive", "§10.3.8 p. 189", _loop_maximum),
    Rule("cardinality-positive", "§10.3.8 p. 191", _cardinality),
    Rule("receive-instantiating", "§10.3.3 p. 159", _instantiating),
    Rule("instantiating-at-top", "§13.2", _starts_at_top),
    Rule("called-process-starts", "§10.5.2", _called_starts),
)
