"""Nodes: every drawn node of a process to the element on which tokens will stand."""

from collections import defaultdict
from collections.abc import Iterable

from mtd.core.process.compiler.answers import Answers
from mtd.core.process.compiler.events import Events
from mtd.core.process.compiler.expressions import Expressions, condition_text
from mtd.core.process.compiler.loops import compiled_loop
from mtd.core.process.compiler.tasks import Tasks
from mtd.core.process.definition import Element, Evaluate, Event, Way, Work
from mtd.core.process.drawing import Flow, Node, Process
from mtd.core.process.elements import TABLE

CATCHING = frozenset({"startEvent", "intermediateCatchEvent", "boundaryEvent"})
CHOOSING = frozenset({"exclusiveGateway", "inclusiveGateway"})
EVENT_SUB_PROCESS = "eventSubProcess"
"""The rule of the start event of an event sub-process."""


class Nodes:
    """Compiles the nodes of one process."""

    def __init__(
        self,
        process: Process,
        answers: Answers,
        expressions: Expressions,
        events: Events,
        tasks: Tasks,
        processes: dict[str, str],
    ) -> None:
        self._process = process
        self._answers = answers
        self._expressions = expressions
        self._events = events
        self._tasks = tasks
        self._processes = processes
        self._nodes = {node.id: node for node in process.nodes}
        self._into: dict[str, list[Flow]] = defaultdict(list)
        self._out_of: dict[str, list[Flow]] = defaultdict(list)
        self._inside: dict[str, list[Node]] = defaultdict(list)
        self._attached: dict[str, list[str]] = defaultdict(list)
        for flow in process.flows:
            self._connect(flow)
        for node in process.nodes:
            self._inside[node.parent or process.id].append(node)
            if node.attached_to:
                self._attached[node.attached_to].append(node.id)

    def compile(self) -> Iterable[Element]:
        """The process itself, then its nodes."""
        process = self._process
        yield Element(
            id=process.id,
            name=process.name or process.id,
            kind="process",
            line=process.line or 0,
            starts=self._starts(process.id),
            handlers=self._handlers(process.id),
        )
        for node in process.nodes:
            yield self._element(node)

    def _element(self, node: Node) -> Element:
        kind = self._kind(node)
        if kind not in TABLE and not self._is_handler(node):
            self._answers.fault(node, f"{node.kind} is not supported")
        decide = self._decide(node)
        work = self._tasks.work(node)
        ways = tuple(self._way(node, flow) for flow in self._out_of[node.id])
        called, mappings = (None, None)
        if node.kind == "callActivity":
            called, mappings = self._tasks.call(node, self._processes)
        return Element(
            id=node.id,
            name=node.name or "",
            kind=kind,
            line=node.line or 0,
            parent=node.parent or self._process.id,
            incoming=tuple(flow.id for flow in self._into[node.id]),
            outgoing=ways,
            default=self._default(node, ways, decide),
            attached_to=node.attached_to,
            interrupting=node.interrupting,
            attached=tuple(self._attached[node.id]),
            starts=self._starts(node.id),
            handlers=self._handlers(node.id),
            events=self._node_events(node, work),
            parallel_multiple=node.parallel_multiple,
            work=mappings or work,
            decide=decide,
            loop=compiled_loop(node, self._answers, self._expressions),
            called=called,
            entering=self._answers.state("entering", node),
            leaving=self._answers.state("leaving", node),
        )

    def _connect(self, flow: Flow) -> None:
        for end in (flow.source, flow.target):
            if end not in self._nodes:
                self._answers.fault(flow, f"the flow leads from or to {end!r}, which is not there")
                return
        self._into[flow.target].append(flow)
        self._out_of[flow.source].append(flow)

    def _is_handler(self, node: Node) -> bool:
        return node.kind == "subProcess" and node.triggered_by_event

    def _kind(self, node: Node) -> str:
        parent = self._nodes.get(node.parent or "")
        if node.kind == "startEvent" and parent is not None and self._is_handler(parent):
            return EVENT_SUB_PROCESS
        return node.kind

    def _starts(self, inside: str) -> tuple[str, ...]:
        """Where tokens begin: none starts, else the first start, else what nothing leads to."""
        nodes = self._inside[inside]
        starts = [node for node in nodes if node.kind == "startEvent"]
        plain = [node.id for node in starts if not node.events]
        if plain or starts:
            return tuple(plain) or (starts[0].id,)
        return tuple(
            node.id
            for node in nodes
            if not self._into[node.id]
            and node.kind != "boundaryEvent"
            and not self._is_handler(node)
            and not node.is_for_compensation
        )

    def _handlers(self, inside: str) -> tuple[str, ...]:
        return tuple(
            start
            for node in self._inside[inside]
            if self._is_handler(node)
            for start in self._starts(node.id)
        )

    def _node_events(self, node: Node, work: Work | None) -> tuple[Event, ...]:
        if node.kind == "receiveTask":
            return (self._events.message(node, node.message),)
        if work is not None:
            return ()
        return self._events.compile(node, node.kind in CATCHING)

    def _decide(self, node: Node) -> Evaluate | None:
        """A gateway's question is asked where its flows have no conditions of their own."""
        ways = self._out_of[node.id]
        if node.kind not in CHOOSING or len(ways) < 2:
            return None
        if any(flow.condition or (flow.name or "").startswith("=") for flow in ways):
            return None
        return self._tasks.decision(node, tuple(flow.name for flow in ways if flow.name))

    def _way(self, node: Node, flow: Flow) -> Way:
        label = flow.name or ""
        text = flow.condition or (label if label.startswith("=") else None)
        condition = None
        if text is not None and flow.id != node.default and node.kind != "parallelGateway":
            condition = self._expressions.rule(flow, condition_text(text))
        return Way(id=flow.id, name=label, target=flow.target, condition=condition)

    def _default(self, node: Node, ways: tuple[Way, ...], decide: Evaluate | None) -> Way | None:
        """The drawn default; else, at a choice, the only way without condition or label."""
        drawn = next((way for way in ways if way.id == node.default), None)
        if drawn is not None or node.kind not in CHOOSING:
            return drawn
        blank = [w for w in ways if w.condition is None and (decide is None or not w.name)]
        return blank[0] if len(blank) == 1 and len(ways) > 1 else None
