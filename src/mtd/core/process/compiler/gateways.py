"""Gateways: the flows out of a node, which of them are open when, and when a join activates."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from mtd.core.process.binding import ConditionBinding
from mtd.core.process.compiler.answers import Answers
from mtd.core.process.compiler.expressions import Expressions
from mtd.core.process.compiler.tasks import Tasks
from mtd.core.process.definition import Evaluate, Way
from mtd.core.process.drawing import Flow, Node
from mtd.core.process.elements.complex_gateway import COUNTS, WAITING_FOR_START

CHOOSING = frozenset({"exclusiveGateway", "inclusiveGateway", "complexGateway"})
UNCONDITIONAL = frozenset({"parallelGateway", "eventBasedGateway"})
"""What lets tokens go by rules of its own: conditions on its flows say nothing."""


class Gateways:
    """Compiles how tokens leave nodes, and when they come together."""

    def __init__(self, answers: Answers, expressions: Expressions, tasks: Tasks) -> None:
        self._answers = answers
        self._expressions = expressions
        self._tasks = tasks

    def decide(self, node: Node, flows: Sequence[Flow]) -> Evaluate | None:
        """A gateway's question is asked where its flows have no conditions of their own.

        Flows out of a complex or inclusive gateway without labels either are all taken.
        """
        if node.kind not in CHOOSING or len(flows) < 2:
            return None
        if any(flow.condition or (flow.name or "").startswith("=") for flow in flows):
            return None
        labels = tuple(flow.name for flow in flows if flow.name)
        if node.kind != "exclusiveGateway" and not labels:
            return None
        return self._tasks.decision(node, labels)

    def way(self, node: Node, flow: Flow) -> Way:
        """A flow out of `node`."""
        label = flow.name or ""
        text = flow.condition or (label if label.startswith("=") else None)
        condition = None
        if text is not None and flow.id != node.default and node.kind not in UNCONDITIONAL:
            condition = self._expressions.drawn(flow, text)
        return Way(
            id=flow.id,
            name=label,
            target=flow.target,
            condition=condition,
            on_reset=condition is not None and WAITING_FOR_START in (text or ""),
        )

    def default(self, node: Node, ways: Sequence[Way], decide: Evaluate | None) -> Way | None:
        """The drawn default; else, at a choice, the only way without condition or label."""
        if node.kind in UNCONDITIONAL:
            return None
        drawn = next((way for way in ways if way.id == node.default), None)
        if drawn is not None or node.kind not in CHOOSING:
            return drawn
        blank = [w for w in ways if w.condition is None and (decide is None or not w.name)]
        return blank[0] if len(blank) == 1 and len(ways) > 1 else None

    def activation(self, node: Node, incoming: Sequence[Flow]) -> Evaluate | None:
        """When a complex gateway activates; with one way in, each token that comes does it."""
        if node.kind != "complexGateway":
            return None
        binding = self._answers.find("activation", ConditionBinding, node.id, node.name)
        text = binding.condition if binding else node.activation_condition
        if text is None:
            if len(incoming) > 1:
                self._answers.missing(node, "activation")
            return None
        self._answers.answered(node, "activation", text)
        rule = self._expressions.drawn(node, text)
        names = {flow.id: tuple({flow.id, flow.name or flow.id}) for flow in incoming}

        def activates(variables: Mapping[str, Any], now: datetime) -> Any:
            counts = variables[COUNTS]
            known = {name: counts.get(flow, 0) for flow in names for name in names[flow]}
            return rule({**variables, COUNTS: known}, now)

        return activates
