"""A net: the inside of one process or sub-process, as tokens on flows and moves of nodes."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, combinations
from typing import TypeVar

import msgspec

from mtd.core.process.compensating import COMPENSATE
from mtd.core.process.compiler.answers import Fault
from mtd.core.process.definition import Definition, Element

SUBSETS_MAX = 5
"""Ways out of an inclusive split, and events beside an activity, of which every combination is
played; beyond: one, or all."""

Way = TypeVar("Way")


class Net(msgspec.Struct, frozen=True, kw_only=True):
    """The nodes of one scope, and how tokens go between them."""

    definition: Definition
    inside: Element
    """The process or sub-process."""
    nodes: dict[str, Element]
    into: dict[str, tuple[str, ...]]
    """Flows into each node; a link counts as a flow."""
    out_of: dict[str, tuple[str, ...]]
    target: dict[str, str]
    """Of each flow, the node that it leads to."""
    beside: frozenset[str]
    """Nodes to which only boundary events lead that interrupt nothing: each goes its own way."""
    apart: frozenset[str]
    """Boundary events whose ways never come back to the others': played by themselves alone."""
    starts: tuple[tuple[str, ...], ...]
    """Nodes at which tokens begin together, for each way in which the scope may begin."""

    def leads(self, node: str) -> Iterator[str]:
        """The nodes that may come next, the activity's boundary events among them."""
        yield from (self.target[flow] for flow in self.out_of[node])
        yield from (one for one in self.nodes[node].attached if one in self.nodes)

    def reached(self, begin: Iterable[str]) -> set[str]:
        """Every node that can be come to from `begin`, those included."""
        return _closure(begin, self.leads)

    def leading_to(self, goal: Iterable[str]) -> set[str]:
        """Every node from which one of `goal` can be come to, those included."""
        before: dict[str, list[str]] = defaultdict(list)
        for node in self.nodes:
            for following in self.leads(node):
                before[following].append(node)
        return _closure(goal, lambda node: before[node])

    def ways(self, node: str) -> Iterator[tuple[str, ...]]:
        """The flows that `node` may fill, once it is done, one alternative after the other."""
        element = self.nodes[node]
        out = self.out_of[node]
        match element.kind:
            case "exclusiveGateway" | "eventBasedGateway":
                yield from ((flow,) for flow in out)
            case "inclusiveGateway" | "complexGateway" if len(out) > 1:
                yield from _subsets(out)
            case "endEvent":
                yield ()
            case _:
                yield from self._activity(element, out)

    def doubt(self, node: str, message: str) -> Fault:
        """A warning about a node."""
        element = self.nodes.get(node, self.inside)
        return Fault(
            element=element.id, name=element.name, line=element.line, message=message, warning=True
        )

    def _activity(self, element: Element, out: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        """Done along its flows; or interrupted; with each other boundary event, once or not."""
        conditional = any(way.condition is not None for way in element.outgoing)
        done = list(_subsets(out)) if conditional and len(out) > 1 else [out]
        events: list[tuple[str, ...]] = []
        for one in element.attached:
            if one not in self.nodes or _is_compensation(self.nodes[one]) or one in self.apart:
                continue
            if self.nodes[one].interrupting:
                done.append(self.out_of[one])
            else:
                events.append(self.out_of[one])
        beside = [(), *(tuple(chain(*some)) for some in _subsets(events))]
        yield from ((*flows, *others) for flows in done for others in beside)


def nets(definition: Definition) -> Iterator[Net]:
    """The net of each scope of the drawing itself."""
    inside: dict[str, dict[str, Element]] = defaultdict(dict)
    for element in definition.elements.values():
        if element.parent and element.id not in definition.linked:
            inside[element.parent][element.id] = element
    for parent, nodes in inside.items():
        yield _net(definition, definition.elements[parent], nodes)


def _net(definition: Definition, inside: Element, nodes: dict[str, Element]) -> Net:
    flows = [(way.id, way.target) for node in nodes.values() for way in node.outgoing]
    out_of = {id_: tuple(way.id for way in node.outgoing) for id_, node in nodes.items()}
    into: dict[str, list[str]] = defaultdict(list)
    for flow, target in flows:
        into[target].append(flow)
    net = Net(
        definition=definition,
        inside=inside,
        beside=frozenset(nodes.keys() - _main(nodes, out_of, dict(flows))),
        nodes=nodes,
        into={id_: tuple(into[id_]) for id_ in nodes},
        out_of=out_of,
        target=dict(flows),
        apart=frozenset(),
        starts=tuple(_beginnings(inside, nodes)),
    )
    apart = frozenset(_apart(net))
    alone = tuple((one,) for one in nodes if one in apart)
    return msgspec.structs.replace(net, apart=apart, starts=(*net.starts, *alone))


def _apart(net: Net) -> Iterator[str]:
    """The boundary events that interrupt nothing and whose tokens meet no others, nor end them."""
    met = (one for one in net.nodes if one not in net.beside or ends_all(net.nodes[one]))
    meeting = net.leading_to(met)
    for node in net.nodes.values():
        if node.attached_to is None or node.interrupting or _is_compensation(node):
            continue
        if node.id not in meeting:
            yield node.id


def _closure(begin: Iterable[str], leads: Callable[[str], Iterable[str]]) -> set[str]:
    found: set[str] = set(begin)
    waiting = list(found)
    while waiting:
        for following in leads(waiting.pop()):
            if following not in found:
                found.add(following)
                waiting.append(following)
    return found


def ends_all(element: Element) -> bool:
    """Whether every other token of the scope ends with one that comes here."""
    ending = {"terminate", "error", "cancel"}
    return element.kind == "endEvent" and any(event.kind in ending for event in element.events)


def _main(
    nodes: dict[str, Element], out_of: dict[str, tuple[str, ...]], target: dict[str, str]
) -> set[str]:
    """What can be come to without a boundary event that interrupts nothing."""
    waiting = [n.id for n in nodes.values() if not n.incoming and n.attached_to is None]
    found = set(waiting)
    while waiting:
        own = waiting.pop()
        borders = [one for one in nodes[own].attached if one in nodes and nodes[one].interrupting]
        for following in (*(target[flow] for flow in out_of[own]), *borders):
            if following not in found:
                found.add(following)
                waiting.append(following)
    return found


def _beginnings(inside: Element, nodes: dict[str, Element]) -> Iterator[tuple[str, ...]]:
    """All that begins by itself, together; and each event that begins the scope, alone."""
    alone = [
        node.id
        for node in nodes.values()
        if node.kind == "eventSubProcess" or (node.kind == "startEvent" and node.events)
    ]
    together = tuple(start for start in inside.starts if start in nodes and start not in alone)
    if together:
        yield together
    yield from ((start,) for start in alone)


def _is_compensation(boundary: Element) -> bool:
    return any(event.kind == COMPENSATE for event in boundary.events)


def _subsets(ways: Sequence[Way]) -> Iterator[tuple[Way, ...]]:
    if len(ways) > SUBSETS_MAX:
        yield from ((way,) for way in ways)
        yield tuple(ways)
        return
    for count in range(1, len(ways) + 1):
        yield from combinations(ways, count)
