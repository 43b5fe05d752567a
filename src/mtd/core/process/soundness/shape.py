"""Shape: what the graph alone shows: dead nodes, no way out, loops without a wait, merges."""

from collections.abc import Iterator

from mtd.core.process.compensating import COMPENSATE
from mtd.core.process.compiler.answers import Fault
from mtd.core.process.definition import Element, Person, Service
from mtd.core.process.soundness.circles import circles
from mtd.core.process.soundness.net import Net

WAITING = frozenset({"userTask", "receiveTask", "eventBasedGateway", "callActivity", "subProcess"})
"""Kinds that wait, or may, for something from outside."""
GATEWAYS = frozenset({"exclusiveGateway", "inclusiveGateway", "parallelGateway", "complexGateway"})


def shape(net: Net) -> Iterator[Fault]:
    """Warnings about the graph of `net`."""
    begin = tuple(start for starts in net.starts for start in starts)
    reached = net.reached(begin)
    ending = net.leading_to(one for one in net.nodes if _ends(net, one))
    for node in net.nodes.values():
        if node.id not in reached:
            if not _is_apart(net, node):
                yield net.doubt(node.id, "no token ever comes here: nothing leads to it")
            continue
        if node.id not in ending:
            yield net.doubt(node.id, "there is no way out: no end can be reached from here")
    merges = [id_ for id_, node in net.nodes.items() if _is_implicit_merge(net, node)]
    if merges:
        names = ", ".join(repr(net.nodes[id_].name or id_) for id_ in merges)
        message = f"implicit merges: several flows lead without a gateway into {names}"
        yield net.doubt(merges[0], f"{message}; each token that comes is let in by itself")
    for loop in _loops(net):
        names = ", ".join(net.nodes[node].name or node for node in loop)
        yield net.doubt(loop[0], f"a loop that never waits: {names}")


def _is_implicit_merge(net: Net, node: Element) -> bool:
    return len(net.into[node.id]) > 1 and node.kind not in {*GATEWAYS, "endEvent"}


def _is_apart(net: Net, node: Element) -> bool:
    """What no flow leads to by its nature: handlers, and the activities of compensation."""
    if node.kind == "boundaryEvent":
        return any(event.kind == COMPENSATE for event in node.events)
    alone = not net.into[node.id] and not net.out_of[node.id]
    return alone and node.kind != "endEvent"


def _ends(net: Net, node: str) -> bool:
    """Whether a token may come to its end at `node`."""
    return not net.out_of[node] or net.nodes[node].kind == "endEvent"


def _waits(element: Element) -> bool:
    """Whether a token may rest at `element` until something comes from outside."""
    if isinstance(element.work, Service | Person) or element.kind in WAITING:
        return True
    return element.kind == "intermediateCatchEvent" and any(
        event.kind != "link" for event in element.events
    )


def _loops(net: Net) -> Iterator[tuple[str, ...]]:
    """Circles of nodes none of which waits, each once, in the drawing's order."""
    place = {id_: at for at, id_ in enumerate(net.nodes)}
    after = {
        id_: [net.target[flow] for flow in net.out_of[id_]]
        for id_, node in net.nodes.items()
        if not _waits(node)
    }
    found = [
        sorted(circle, key=lambda id_: place[id_])
        for circle in circles(after)
        if len(circle) > 1 or circle[0] in after[circle[0]]
    ]
    yield from sorted(map(tuple, found), key=lambda loop: place[loop[0]])
