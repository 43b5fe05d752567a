"""Free names: the variables an expression takes from its surroundings."""

from mtd.core.decision.feel.builtins import BUILTINS
from mtd.core.decision.feel.loops import ITEM, PARTIAL
from mtd.core.decision.feel.tree import (
    Call,
    ContextOf,
    Definition,
    Filter,
    For,
    Iterator,
    Name,
    Node,
    Quantified,
    children,
)


def free_names(root: Node) -> frozenset[str]:
    """Names not bound within; a filter's may turn out to be entries of its items.

    A standard function that is called is not among them.
    """
    found: set[str] = set()
    waiting: list[tuple[Node, frozenset[str]]] = [(root, frozenset())]
    while waiting:
        node, bound = waiting.pop()
        match node:
            case Name(name):
                found |= {name} - bound
            case Call(Name(name), arguments, _) if name in BUILTINS:
                waiting.extend((argument, bound) for argument in arguments)
            case Filter(target, condition):
                waiting.extend(((target, bound), (condition, bound | {ITEM})))
            case For(iterators, body):
                waiting.extend(_iterated(iterators, body, bound | {PARTIAL}))
            case Quantified(_, iterators, condition):
                waiting.extend(_iterated(iterators, condition, bound))
            case Definition(parameters, body):
                inside = bound | {name for name, _ in parameters}
                waiting.extend([(body, inside)] if body else [])
            case ContextOf(entries):
                for key, value in entries:
                    waiting.append((value, bound))
                    bound |= {key}
            case _:
                waiting.extend((child, bound) for child in children(node))
    return frozenset(found)


def _iterated(
    iterators: tuple[Iterator, ...], body: Node, bound: frozenset[str]
) -> list[tuple[Node, frozenset[str]]]:
    parts: list[tuple[Node, frozenset[str]]] = []
    for one in iterators:
        parts.append((one.domain, bound))
        parts.extend([(one.end, bound)] if one.end else [])
        bound |= {one.name}
    return [*parts, (body, bound)]
