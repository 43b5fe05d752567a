"""Nodes: every drawn node of a process to the element on which tokens will stand."""

from collections import defaultdict
from collections.abc import Iterable

from mtd.core.process.compiler.ad_hoc import compiled_ad_hoc
from mtd.core.process.compiler.answers import Answers
from mtd.core.process.compiler.associations import Associations
from mtd.core.process.compiler.events import Events
from mtd.core.process.compiler.expressions import Expressions
from mtd.core.process.compiler.gateways import Gateways
from mtd.core.process.compiler.links import is_target, linked, targets
from mtd.core.process.compiler.loops import compiled_loop
from mtd.core.process.compiler.tasks import Tasks
from mtd.core.process.definition import Element, Event, Work
from mtd.core.process.drawing import Flow, Node, Process
from mtd.core.process.elements import TABLE

CATCHING = frozenset({"startEvent", "intermediateCatchEvent", "boundaryEvent"})
CONTAINERS = frozenset({"subProcess", "transaction", "adHocSubProcess"})
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
        self._gateways = Gateways(answers, expressions, tasks)
        self._associations = Associations(process, expressions)
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
        self._targets = {level: targets(nodes) for level, nodes in self._inside.items()}

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
            declared=self._associations.declared(process),
        )
        for node in process.nodes:
            yield self._element(node)

    def _element(self, node: Node) -> Element:
        kind = self._kind(node)
        if kind not in TABLE and not self._is_handler(node):
            self._answers.fault(node, f"{node.kind} is not supported")
        flows = self._out_of[node.id]
        decide = self._gateways.decide(node, flows)
        work = self._tasks.work(node)
        level = self._targets[node.parent or self._process.id]
        ways = (*(self._gateways.way(node, flow) for flow in flows), *linked(node, level))
        called, passing = None, self._tasks.passing(node)
        if node.kind == "callActivity":
            called, passing = self._tasks.call(node, self._processes)
        return Element(
            id=node.id,
            name=node.name or "",
            kind=kind,
            line=node.line or 0,
            parent=node.parent or self._process.id,
            incoming=tuple(flow.id for flow in self._into[node.id]),
            outgoing=ways,
            default=self._gateways.default(node, ways, decide),
            attached_to=node.attached_to,
            interrupting=node.interrupting,
            attached=tuple(self._attached[node.id]),
            starts=self._starts(node.id),
            handlers=self._handlers(node.id),
            events=self._node_events(node, work),
            parallel_multiple=node.parallel_multiple or _awaits_all(node),
            instantiating=node.instantiate,
            work=work,
            decide=decide,
            activation=self._gateways.activation(node, self._into[node.id]),
            start_quantity=node.start_quantity,
            completion_quantity=node.completion_quantity,
            loop=compiled_loop(node, self._answers, self._expressions),
            ad_hoc=compiled_ad_hoc(node, self._answers, self._expressions),
            called=called,
            passing=passing,
            declared=self._associations.declared(node) if node.kind in CONTAINERS else (),
            data_in=self._associations.taken(node),
            data_out=self._associations.given(node),
            entering=self._answers.state("entering", node),
            leaving=self._answers.state("leaving", node),
        )

    def _connect(self, flow: Flow) -> None:
        for end in (flow.source, flow.target):
            if end not in self._nodes:
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
        if starts:
            plain = [node for node in starts if not node.events]
            if len(plain) > 1:
                text = "is not the first none start event: only a start that names it begins here"
                self._answers.fault(plain[1], text, warning=True)
            return ((plain or starts)[0].id,)
        return tuple(
            node.id
            for node in nodes
            if not self._into[node.id]
            and node.kind != "boundaryEvent"
            and not is_target(node)
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
        if node.kind == "sendTask" and work is None:
            return (self._events.message(node, node.message),) if node.message else ()
        return self._events.compile(node, node.kind in CATCHING, sent=work is not None)


def _awaits_all(node: Node) -> bool:
    """A parallel event-based gateway; it must instantiate (§10.6.6)."""
    return node.kind == "eventBasedGateway" and node.event_gateway_type == "Parallel"
