"""Loops: `for`, `some`, `every`, and filters of lists; each turn is paid for."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from mtd.core.decision.feel import numbers
from mtd.core.decision.feel.evaluation import Frame, Rule
from mtd.core.decision.feel.tree import Filter, For, Node, Quantified, measure, mentions
from mtd.core.decision.feel.tree import Iterator as Iteration
from mtd.core.decision.feel.values import Range, admitted, is_context, is_list

PARTIAL = "partial"
"""In the body of `for`: the results so far."""

ITEM = "item"
"""In a filter: the item it decides upon."""

Compile = Callable[[Node], Rule]

Step = tuple[str, Rule, Rule | None]
"""A name, what it runs through, and if that is a sequence its end."""


def compile_for(node: For, compile_node: Compile) -> Rule:
    """`for name in domain, … return body`; null when a domain cannot be run through."""
    return for_rule(
        _steps(node.iterators, compile_node),
        compile_node(node.body),
        1 + measure(node.body)[0],
        looks_back=mentions(node.body, PARTIAL),
    )


def compile_quantified(node: Quantified, compile_node: Compile) -> Rule:
    """`some` and `every`: one decisive case decides, else one unknown leaves it unknown."""
    steps = _steps(node.iterators, compile_node)
    price = 1 + measure(node.condition)[0]
    return quantified_rule(steps, compile_node(node.condition), price, every=node.every)


def compile_filter(node: Filter, compile_node: Compile) -> Rule:
    """`target[condition]`: the items that satisfy it, or the one at that place from 1."""
    price = 1 + measure(node.condition)[0]
    return filter_rule(compile_node(node.target), compile_node(node.condition), price)


def for_rule(steps: list[Step], body: Rule, price: int, *, looks_back: bool) -> Rule:
    """The rule of `for`, of which each turn costs `price` steps.

    `looks_back`: the body may ask for the results so far.
    """

    def rule(frame: Frame) -> Any:
        results: list[Any] = []
        try:
            for inner in _turns(steps, frame):
                frame.run.spend(price)
                if looks_back:
                    frame.run.spend(len(results))
                    inner.outer = Frame({PARTIAL: list(results)}, inner.outer, frame.run)
                results.append(body(inner))
        except _NoDomain:
            return None
        return results

    return rule


def quantified_rule(steps: list[Step], condition: Rule, price: int, *, every: bool) -> Rule:
    """The rule of `every` or `some`, of which each turn costs `price` steps."""
    decisive = not every

    def rule(frame: Frame) -> bool | None:
        known = True
        try:
            for inner in _turns(steps, frame):
                frame.run.spend(price)
                value = condition(inner)
                if value is decisive:
                    return decisive
                if value is None:
                    known = False
                elif not isinstance(value, bool):
                    return None
        except _NoDomain:
            return None
        return (not decisive) if known else None

    return rule


def filter_rule(target: Rule, condition: Rule, price: int) -> Rule:
    """The rule of a filter, of which each turn costs `price` steps.

    What is no list is a list of one, but null stays null (DMN 1.5 §10.3.2.5).
    """

    def rule(frame: Frame) -> Any:
        value = target(frame)
        if value is None:
            return None
        items = value if is_list(value) else [value]
        if not items:
            return _place(items, condition(_within(None, frame)), otherwise=[])
        kept: list[Any] = []
        for place, item in enumerate(items):
            frame.run.spend(price)
            found = condition(_within(admitted(item), frame))
            if found is True:
                kept.append(item)
            elif found is not None and found is not False:
                return None if place else _place(items, found, otherwise=None)
        return kept

    return rule


def _place(items: list[Any], place: Any, otherwise: Any) -> Any:
    """The item at `place`, from 1 forwards or -1 backwards; `otherwise` if it is no number."""
    if numbers.number(place) is None:
        return otherwise
    at = numbers.index(place)
    if not at or abs(at) > len(items):
        return None
    return admitted(items[at - 1 if at > 0 else at])


def _within(item: Any, frame: Frame) -> Frame:
    """What a filter's condition sees: the item, and if that is a context its entries first."""
    outer = Frame({ITEM: item}, frame, frame.run)
    return Frame(item, outer, frame.run) if is_context(item) else outer


class _NoDomain(Exception):
    """What a loop shall run through is neither a list nor a range of whole steps."""


def _steps(iterators: Iterable[Iteration], compile_node: Compile) -> list[Step]:
    return [
        (one.name, compile_node(one.domain), compile_node(one.end) if one.end else None)
        for one in iterators
    ]


def _turns(steps: list[Step], frame: Frame) -> Iterator[Frame]:
    """Each combination of items, the last name changing fastest."""
    name, domain, end = steps[0]
    if end is None:
        items = _items(domain(frame))
    else:
        items = _sequence(domain(frame), end(frame), downwards=True)
    for item in items:
        inner = Frame({name: admitted(item)}, frame, frame.run)
        if len(steps) == 1:
            yield inner
        else:
            frame.run.spend(1)
            yield from _turns(steps[1:], inner)


def _items(domain: Any) -> Iterable[Any]:
    if is_list(domain):
        return domain
    if isinstance(domain, Range):
        inside = _sequence(domain.start, domain.end, downwards=False)
        return _open(inside, domain)
    if domain is None:
        raise _NoDomain
    return [domain]


def _open(items: Iterable[Any], bounds: Range) -> Iterator[Any]:
    for item in items:
        if (item == bounds.start and not bounds.start_included) or (
            item == bounds.end and not bounds.end_included
        ):
            continue
        yield item


def _sequence(start: Any, end: Any, *, downwards: bool) -> Iterable[Any]:
    """Whole numbers or days from `start` to `end`, both included (DMN 1.5 §10.3.2.14)."""
    if type(start) is date and type(end) is date:
        first, last = start.toordinal(), end.toordinal()
        day = timedelta(days=1)
        return (start + day * (n - first) for n in _whole(first, last, downwards))
    first, last = numbers.index(start), numbers.index(end)
    if first is None or last is None:
        raise _NoDomain
    return _whole(first, last, downwards)


def _whole(first: int, last: int, downwards: bool) -> range:
    if downwards and last < first:
        return range(first, last - 1, -1)
    return range(first, last + 1)
