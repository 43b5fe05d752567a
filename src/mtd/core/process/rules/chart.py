"""A chart: one process of a drawing, indexed so that its static rules are short to say."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import NamedTuple

from mtd.core.process.drawing import Drawing, EventDefinition, Flow, Lane, MessageFlow, Node, Pool
from mtd.core.process.drawing import Process as DrawnProcess
from mtd.core.process.note import Breach

Subject = Node | Flow | MessageFlow | Pool | Lane | DrawnProcess | Breach
"""What a rule is broken by: it has an id, a name and a line."""
Broken = Iterator[tuple[Subject, str]]
"""Who breaks a rule, and what to do about it, in words."""

SUB_PROCESSES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
EVENTS = frozenset(
    {"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"}
)
GATEWAYS = frozenset(
    {
        "exclusiveGateway",
        "parallelGateway",
        "inclusiveGateway",
        "complexGateway",
        "eventBasedGateway",
    }
)


class Rule(NamedTuple):
    """One static rule of the standard: a row of docs/bpmn-rules.md."""

    name: str
    clause: str
    """Clause of BPMN 2.0.2 (formal/2013-12-09), with the page where the rule is one sentence."""
    broken: Callable[["Chart"], Broken]
    warns: bool = False
    """The standard says what happens all the same, so that the drawing runs, with a warning."""
    harmless: bool = False
    """No doubt what happens, so that it warns where nobody claims that the process executes."""


class Chart:
    """A process with its ways, contents and surroundings at hand."""

    def __init__(self, drawing: Drawing, process: DrawnProcess) -> None:
        self.drawing = drawing
        self.process = process
        self.nodes = {node.id: node for node in process.nodes}
        self._into: dict[str, list[Flow]] = defaultdict(list)
        self._out_of: dict[str, list[Flow]] = defaultdict(list)
        for flow in process.flows:
            self._into[flow.target].append(flow)
            self._out_of[flow.source].append(flow)
        self._inside: dict[str | None, list[Node]] = defaultdict(list)
        for node in process.nodes:
            self._inside[node.parent].append(node)

    def into(self, node: Node) -> list[Flow]:
        """The flows that lead to `node`."""
        return self._into[node.id]

    def out_of(self, node: Node) -> list[Flow]:
        """The flows that leave `node`."""
        return self._out_of[node.id]

    def inside(self, container: str | None) -> list[Node]:
        """The nodes of one level: of a sub-process, or (None) of the process itself."""
        return self._inside[container]

    def levels(self) -> Iterator[tuple[Node | None, list[Node]]]:
        """Every level with anything in it, and the sub-process it is the inside of."""
        for container, nodes in list(self._inside.items()):
            yield self.nodes.get(container or ""), nodes

    def of(self, *kinds: str) -> Iterator[Node]:
        """The nodes of these kinds."""
        return (node for node in self.process.nodes if node.kind in kinds)

    def parent(self, node: Node) -> Node | None:
        """The sub-process that contains `node`."""
        return self.nodes.get(node.parent or "")

    def target(self, flow: Flow) -> Node | None:
        """Where `flow` leads."""
        return self.nodes.get(flow.target)

    def in_event_sub_process(self, node: Node) -> bool:
        """Whether `node` lies directly in an event sub-process."""
        parent = self.parent(node)
        return parent is not None and parent.triggered_by_event


def is_activity(node: Node) -> bool:
    """A task, a sub-process or a call activity."""
    return node.kind not in EVENTS | GATEWAYS


def kinds(node: Node) -> set[str]:
    """The kinds of the events that `node` catches or throws."""
    return {event.kind for event in node.events}


def foreign(node: Node, allowed: frozenset[str]) -> list[EventDefinition]:
    """The event definitions of `node` that are not of the kinds `allowed`."""
    return [event for event in node.events if event.kind not in allowed]
