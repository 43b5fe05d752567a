"""Reaching: by which ways into a join a token elsewhere may still come (BPMN 2.0.2 §13.4.3)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache

from mtd.core.process.definition import Definition, Element
from mtd.core.process.holding import THROWERS
from mtd.core.process.instance import Token
from mtd.core.process.step import Step

JOINS_MAX = 1_024
"""Joins whose ways in are remembered at a time; others are worked out anew."""


@lru_cache(maxsize=JOINS_MAX)
def ways_in(definition: Definition, join: str) -> Mapping[str, frozenset[str]]:
    """By element, the flows into `join` at the end of a path from it that does not pass `join`.

    Flows do not cross the border of a sub-process, so that no path does; but a token in an
    activity may leave it by an event on its border, too.
    """
    leading: dict[str, list[str]] = defaultdict(list)
    into: dict[str, str] = {}
    for element in definition.elements.values():
        for way in element.outgoing:
            leading[way.target].append(element.id)
            if way.target == join:
                into[way.id] = element.id
        if element.attached_to is not None:
            leading[element.id].append(element.attached_to)
    found: dict[str, set[str]] = defaultdict(set)
    for way_id, source in into.items():
        for element_id in _before(source, join, leading):
            found[element_id].add(way_id)
    return {element_id: frozenset(ways) for element_id, ways in found.items()}


def _before(source: str, join: str, leading: Mapping[str, list[str]]) -> set[str]:
    """`source` and the elements that lead to it, without passing `join`."""
    if source == join:
        return set()
    seen, waiting = {source}, [source]
    while waiting:
        for element_id in leading.get(waiting.pop(), ()):
            if element_id not in seen and element_id != join:
                seen.add(element_id)
                waiting.append(element_id)
    return seen


def is_complete(
    definition: Definition, join: Element, filled: Collection[str | None], others: Iterable[Token]
) -> bool:
    """No token can come by an empty way in, save those that can come by a `filled` one, too."""
    elsewhere = (token.at for token in others)
    return nothing_else_comes(ways_in(definition, join.id), filled, elsewhere)


def nothing_else_comes(
    reached: Mapping[str, frozenset[str]], filled: Collection[str | None], elsewhere: Iterable[str]
) -> bool:
    """The same, by the elements at which the other tokens are; `reached`: the `ways_in` of it."""
    open_ways = (reached.get(at, _NONE) for at in elsewhere)
    return not any(ways and ways.isdisjoint(filled) for ways in open_ways)


def at_joins(step: Step, kind: str) -> Iterator[tuple[Element, list[Token], list[Token]]]:
    """Each join of `kind` with tokens at it: the join, those tokens, the others of the scope.

    Joins at which a token is stuck are passed over. No tokens that could still come are what a
    complex gateway keeps of those that it took (§13.4.5), and what stays on an event until all
    that it had undone is (§13.5.5): that ends there.
    """
    stuck = {incident.token for incident in step.draft.incidents.values()}
    scopes: dict[int, list[Token]] = defaultdict(list)
    joins: dict[tuple[str, int], Element] = {}
    for token in step.draft.tokens.values():
        scopes[token.scope].append(token)
        element = step.element(token)
        if element.kind == kind:
            joins[element.id, token.scope] = element
    for (element_id, scope), element in joins.items():
        here = [token for token in scopes[scope] if token.at == element_id]
        if not any(token.id in stuck for token in here):
            others = (token for token in scopes[scope] if token.at != element_id)
            yield element, here, [token for token in others if not _stays(step, token)]


def _stays(step: Step, token: Token) -> bool:
    """Whether `token` never goes along a flow."""
    kind = step.element(token).kind
    return (token.counted and kind == "complexGateway") or (token.inner and kind in THROWERS)


_NONE: frozenset[str] = frozenset()
