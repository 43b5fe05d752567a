"""Events: a drawn event definition, with its binding, to what is awaited or thrown."""

from mtd.core.process.binding import (
    CodeBinding,
    ConditionBinding,
    MessageBinding,
    SignalBinding,
)
from mtd.core.process.compiler.answers import Answers
from mtd.core.process.compiler.expressions import Expressions
from mtd.core.process.compiler.schedules import Schedules
from mtd.core.process.definition import Event
from mtd.core.process.drawing import EventDefinition, Node


class Events:
    """Compiles event definitions."""

    def __init__(self, answers: Answers, expressions: Expressions, schedules: Schedules) -> None:
        self._answers = answers
        self._expressions = expressions
        self._schedules = schedules

    def compile(self, node: Node, catching: bool, sent: bool = False) -> tuple[Event, ...]:
        """Every event of `node`; not its message where a service sends that."""
        return tuple(
            self._event(node, drawn, catching)
            for drawn in node.events
            if not (sent and drawn.kind == "message")
        )

    def message(self, node: Node, name: str | None) -> Event:
        """A message: its name is drawn, else bound, else the element's label (bpmn.md §7.6)."""
        binding = self._answers.find("message", MessageBinding, node.id, node.name, name)
        if binding is None:
            own = name or node.name
            if not own:
                self._answers.missing(node, "message")
                return Event(kind="message")
            self._answers.answered(node, "message", f"message {own}")
            return Event(kind="message", name=own)
        self._answers.answered(node, "message", f"message {binding.name}")
        return Event(
            kind="message",
            name=binding.name,
            key=None if binding.key is None else self._expressions.rule(node, binding.key),
            payload=self._expressions.outputs(node, binding.output),
        )

    def _event(self, node: Node, drawn: EventDefinition, catching: bool) -> Event:
        match drawn.kind:
            case "message":
                return self.message(node, drawn.name)
            case "timer":
                return self._schedules.timer(node, drawn)
            case "signal":
                return self._signal(node, drawn)
            case "error" | "escalation":
                return self._code(node, drawn, catching)
            case "conditional":
                return self._conditional(node, drawn)
            case "link":
                return Event(kind="link", name=drawn.name or node.name)
            case "compensate":
                waits = drawn.wait_for_completion
                return Event(kind="compensate", activity=drawn.activity, waits=waits)
            case kind:
                return Event(kind=kind)

    def _signal(self, node: Node, drawn: EventDefinition) -> Event:
        binding = self._answers.find("signal", SignalBinding, node.id, node.name, drawn.name)
        name = binding.name if binding else drawn.name or node.name
        if not name:
            self._answers.missing(node, "signal")
            return Event(kind="signal")
        self._answers.answered(node, "signal", f"signal {name}")
        outputs = self._expressions.outputs(node, binding.output if binding else None)
        return Event(kind="signal", name=name, payload=outputs)

    def _code(self, node: Node, drawn: EventDefinition, catching: bool) -> Event:
        binding = self._answers.find(drawn.kind, CodeBinding, node.id, node.name, drawn.name)
        code = binding.code if binding else drawn.code or drawn.name
        if binding is None and code is None and not catching:
            code = node.name
        if code is None and (not catching or (binding is None and node.name)):
            self._answers.missing(node, drawn.kind)
        else:
            what = f"{drawn.kind} {code}" if code else f"any {drawn.kind}"
            self._answers.answered(node, drawn.kind, what)
        return Event(kind=drawn.kind, name=code)

    def _conditional(self, node: Node, drawn: EventDefinition) -> Event:
        binding = self._answers.find("condition", ConditionBinding, node.id, node.name)
        text = drawn.expression or (binding.condition if binding else None)
        if text is None:
            self._answers.missing(node, "condition")
            return Event(kind="conditional")
        self._answers.answered(node, "condition", text)
        condition = self._expressions.drawn(node, text)
        return Event(kind="conditional", condition=condition)
