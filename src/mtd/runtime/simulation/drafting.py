"""Drafting: a BPMN file in the making, of nodes inside nodes and flows between them."""

from collections.abc import Callable
from itertools import count, pairwise
from random import Random

import msgspec

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
PROCESS = "process"
CALLED = "called"
CONNECTOR = "sim.work"


class Node(msgspec.Struct, kw_only=True):
    """A flow node; containers hold the nodes whose parent they are."""

    id: str
    tag: str
    parent: str
    attributes: dict[str, str]
    body: str
    """The XML inside it, before what it contains."""


class Flow(msgspec.Struct, kw_only=True):
    """A sequence flow inside `parent`."""

    id: str
    parent: str
    source: str
    target: str
    condition: str | None = None


class Draft:
    """What was drawn so far, and the chance by which more is."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.nodes: dict[str, Node] = {}
        self.flows: list[Flow] = []
        self.roots: list[str] = []
        """Messages, signals, errors and escalations, as XML."""
        self.associations: list[tuple[str, str, str]] = []
        """Parent, source and target."""
        self.bindings: list[str] = []
        """TOML tables."""
        self.nested: tuple[Block, ...] = ()
        """The blocks that contain others, of those that may be drawn."""
        self.called = False
        """Whether a call activity was drawn, so that its process must be."""
        self._ids = count(1)

    def pick(self, below: int) -> int:
        """A whole number from 0 on, below `below`."""
        return self.chance.randrange(below)

    def name(self) -> str:
        """A name that nothing else has."""
        return f"name{next(self._ids)}"

    def node(self, tag: str, parent: str, body: str = "", **attributes: str) -> str:
        """A node; its id."""
        id_ = f"{tag}{next(self._ids)}"
        self.nodes[id_] = Node(id=id_, tag=tag, parent=parent, attributes=attributes, body=body)
        return id_

    def flow(self, parent: str, source: str, target: str, condition: str | None = None) -> str:
        """A sequence flow; its id."""
        id_ = f"flow{next(self._ids)}"
        self.flows.append(
            Flow(id=id_, parent=parent, source=source, target=target, condition=condition)
        )
        return id_

    def chain(self, parent: str, *ids: str) -> None:
        """Flows from each to the next."""
        for source, target in pairwise(ids):
            self.flow(parent, source, target)

    def root(self, tag: str, **attributes: str) -> str:
        """A message, signal, error or escalation; its id, which is its name too."""
        id_ = f"{tag}{next(self._ids)}"
        spelled = "".join(f' {name}="{value}"' for name, value in attributes.items())
        self.roots.append(f'<{tag} id="{id_}" name="{id_}"{spelled}/>')
        return id_

    def process_of(self, id_: str) -> str:
        """The process that the node `id_` is in."""
        while id_ in self.nodes:
            id_ = self.nodes[id_].parent
        return id_

    def bind(self, table: str, id_: str, lines: str) -> None:
        """What answers to a node."""
        self.bindings.append(f"[{table}.{id_}]\n{lines}\n")

    def copied(self) -> "Draft":
        """The same once more, to be changed by itself; new ids are new in both."""
        copy = Draft(self.chance)
        copy.nodes = {
            node.id: msgspec.structs.replace(node, attributes=dict(node.attributes))
            for node in self.nodes.values()
        }
        copy.flows = [msgspec.structs.replace(flow) for flow in self.flows]
        copy.roots, copy.bindings = list(self.roots), list(self.bindings)
        copy.associations = list(self.associations)
        copy.nested, copy.called = self.nested, self.called
        copy._ids = self._ids
        return copy

    def rename(self, id_: str) -> str:
        """The node `id_` has another id from now on, wherever it is spoken of; that id."""
        new = f"{id_}n{next(self._ids)}"
        self.nodes = {
            new if node.id == id_ else node.id: _renamed(node, id_, new)
            for node in self.nodes.values()
        }
        for flow in self.flows:
            flow.parent, flow.source, flow.target = (
                new if one == id_ else one for one in (flow.parent, flow.source, flow.target)
            )
        self.associations = [
            (new if parent == id_ else parent, new if source == id_ else source,
             new if target == id_ else target)
            for parent, source, target in self.associations
        ]  # fmt: skip
        self.bindings = [text.replace(f".{id_}]", f".{new}]") for text in self.bindings]
        return new

    def remove(self, id_: str) -> None:
        """The node `id_` is gone, with what it contains and the flows at it."""
        for node in [one for one in self.nodes.values() if one.parent == id_]:
            self.remove(node.id)
        del self.nodes[id_]
        self.flows = [flow for flow in self.flows if id_ not in (flow.source, flow.target)]
        self.associations = [tie for tie in self.associations if id_ not in tie]
        self.bindings = [text for text in self.bindings if f".{id_}]" not in text]

    def xml(self) -> bytes:
        """The file."""
        processes = [PROCESS, CALLED] if self.called else [PROCESS]
        inside = "".join(
            f'<process id="{one}" isExecutable="true">{self._inside(one)}</process>'
            for one in processes
        )
        text = f'<definitions xmlns="{MODEL}" targetNamespace="urn:sim">'
        return f"{text}{''.join(self.roots)}{inside}</definitions>".encode()

    def toml(self) -> bytes:
        """The bindings."""
        return ("process = 'process'\n" + "".join(self.bindings)).encode()

    def _inside(self, parent: str) -> str:
        nodes = "".join(self._node(node) for node in self.nodes.values() if node.parent == parent)
        flows = "".join(_spelled(flow) for flow in self.flows if flow.parent == parent)
        associations = "".join(
            f'<association id="as_{source}" associationDirection="One" sourceRef="{source}" '
            f'targetRef="{target}"/>'
            for inside, source, target in self.associations
            if inside == parent
        )
        return nodes + flows + associations

    def _node(self, node: Node) -> str:
        attributes = "".join(f' {name}="{value}"' for name, value in node.attributes.items())
        inside = node.body + self._inside(node.id)
        return f'<{node.tag} id="{node.id}"{attributes}>{inside}</{node.tag}>'


Ends = tuple[str, str]
"""The first node of a block, and its last."""
Block = Callable[[Draft, str, int], Ends]
"""Draws inside a parent, so many levels deep at the most."""


def _spelled(flow: Flow) -> str:
    ends = f'id="{flow.id}" sourceRef="{flow.source}" targetRef="{flow.target}"'
    if flow.condition is None:
        return f"<sequenceFlow {ends}/>"
    condition = flow.condition.replace("&", "&amp;").replace("<", "&lt;")
    inside = f"<conditionExpression>{condition}</conditionExpression>"
    return f"<sequenceFlow {ends}>{inside}</sequenceFlow>"


def _renamed(node: Node, old: str, new: str) -> Node:
    return Node(
        id=new if node.id == old else node.id,
        tag=node.tag,
        parent=new if node.parent == old else node.parent,
        attributes={
            name: new if value == old else value for name, value in node.attributes.items()
        },
        body=node.body.replace(f'activityRef="{old}"', f'activityRef="{new}"'),
    )
