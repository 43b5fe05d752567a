"""Links: from a throwing link straight to the catching one of its name (BPMN 2.0.2 §10.5.5)."""

from collections.abc import Iterable, Iterator

from mtd.core.process.definition import Way
from mtd.core.process.drawing import Node
from mtd.core.process.holding import THROWERS
from mtd.core.process.label import folded


def linked(node: Node, level: Iterable[Node]) -> Iterator[Way]:
    """The way from `node`, if it throws a link, to its target among the nodes of its `level`."""
    names = _names(node) if node.kind in THROWERS else frozenset[str]()
    for other in level if names else ():
        if is_target(other) and _names(other) & names:
            yield Way(id=node.id, name="", target=other.id)
            return


def is_target(node: Node) -> bool:
    """Whether `node` catches a link, so that a token comes to it without a flow."""
    return node.kind == "intermediateCatchEvent" and bool(_names(node))


def _names(node: Node) -> frozenset[str]:
    """The names of its links; for want of one, its label."""
    names = (event.name or node.name for event in node.events if event.kind == "link")
    return frozenset(folded(name) for name in names if name)
