"""Links: from a throwing link straight to the catching one of its name (BPMN 2.0.2 §10.5.5)."""

from collections.abc import Iterable, Iterator, Mapping

from mtd.core.process.definition import Way
from mtd.core.process.drawing import Node
from mtd.core.process.holding import THROWERS
from mtd.core.process.label import folded


def targets(level: Iterable[Node]) -> dict[str, str]:
    """By its name, the first of the nodes of one `level` that catches that link."""
    found: dict[str, str] = {}
    for node in level:
        if is_target(node):
            for name in _names(node):
                found.setdefault(name, node.id)
    return found


def linked(node: Node, level: Mapping[str, str]) -> Iterator[Way]:
    """The way from `node`, if it throws a link, to its target among the `targets` of its level."""
    if node.kind in THROWERS:
        met = [level[name] for name in sorted(_names(node)) if name in level]
        yield from (Way(id=node.id, name="", target=target) for target in met[:1])


def is_target(node: Node) -> bool:
    """Whether `node` catches a link, so that a token comes to it without a flow."""
    return node.kind == "intermediateCatchEvent" and bool(_names(node))


def _names(node: Node) -> frozenset[str]:
    """The names of its links; for want of one, its label."""
    names = (event.name or node.name for event in node.events if event.kind == "link")
    return frozenset(folded(name) for name in names if name)
