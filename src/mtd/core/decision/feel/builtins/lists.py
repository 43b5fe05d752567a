"""Built-in functions on lists (DMN 1.5 §10.3.4.4 and §10.3.4.9)."""

from collections.abc import Callable
from functools import cmp_to_key, reduce
from typing import Any

from mtd.core.decision.feel import numbers, operators
from mtd.core.decision.feel.calling import invoke
from mtd.core.decision.feel.evaluation import Run
from mtd.core.decision.feel.signature import form
from mtd.core.decision.feel.values import Function, Number, is_list


def _list_contains(run: Run, items: list[Any], element: Any) -> Any:
    return any(_same(item, element, run) for item in items)


def _count(run: Run, items: list[Any]) -> Any:
    return len(items)


def _extreme(sign: int) -> Callable[[Run, list[Any]], Any]:
    def extreme(run: Run, items: list[Any]) -> Any:
        run.spend(len(items))
        best = items[0] if items else None
        for item in items[1:]:
            order = operators.compare(item, best)
            if order is None:
                return None
            best = item if order * sign > 0 else best
        return best if operators.compare(best, best) == 0 else None

    return extreme


def _numbers(run: Run, items: list[Any]) -> list[Number] | None:
    run.spend(len(items))
    found = [numbers.number(item) for item in items]
    return None if None in found else [n for n in found if n is not None]


def _fold(combine: Callable[[Any, Any], Any]) -> Callable[[Run, list[Any]], Any]:
    def fold(run: Run, items: list[Any]) -> Any:
        found = _numbers(run, items)
        return reduce(combine, found) if found else None

    return fold


_total = _fold(operators.add)
_product = _fold(operators.multiply)


def _mean(run: Run, items: list[Any]) -> Any:
    return operators.divide(_total(run, items), len(items)) if items else None


def _median(run: Run, items: list[Any]) -> Any:
    found = sorted(_numbers(run, items) or [])
    if not found:
        return None
    middle = len(found) // 2
    if len(found) % 2:
        return found[middle]
    return operators.divide(operators.add(found[middle - 1], found[middle]), 2)


def _stddev(run: Run, items: list[Any]) -> Any:
    """The sample's standard deviation (DMN 1.5 table 77)."""
    found = _numbers(run, items)
    if found is None or len(found) < 2:
        return None
    mean = _mean(run, items)
    squares = [operators.power(operators.subtract(n, mean), 2) for n in found]
    variance = operators.divide(reduce(operators.add, squares), len(found) - 1)
    return None if variance is None else numbers.root(variance)


def _mode(run: Run, items: list[Any]) -> Any:
    found = _numbers(run, items)
    if found is None:
        return None
    counts: dict[Number, int] = {}
    for item in found:
        counts[item] = counts.get(item, 0) + 1
    most = max(counts.values(), default=0)
    return sorted(item for item, count in counts.items() if count == most)


def _logic(decisive: bool) -> Callable[[Run, list[Any]], Any]:
    """`all` and `any`: one decisive item decides, one that is no boolean leaves it unknown."""

    def decide(run: Run, items: list[Any]) -> Any:
        run.spend(len(items))
        if any(item is decisive for item in items):
            return decisive
        return not decisive if all(isinstance(item, bool) for item in items) else None

    return decide


def _sublist(run: Run, items: list[Any], start: Number, length: Number | None = None) -> Any:
    first = _place(items, start)
    if first is None:
        return None
    if length is None:
        return items[first:]
    count = numbers.index(length)
    if count is None or count < 1 or first + count > len(items):
        return None
    return items[first : first + count]


def _append(run: Run, items: list[Any], more: list[Any]) -> Any:
    return _paid(run, [*items, *more])


def _concatenate(run: Run, lists: list[Any]) -> Any:
    return _paid(run, [item for one in lists for item in _as_list(one)])


def _insert_before(run: Run, items: list[Any], position: Number, new: Any) -> Any:
    place = _place(items, position)
    return None if place is None else _paid(run, [*items[:place], new, *items[place:]])


def _remove(run: Run, items: list[Any], position: Number) -> Any:
    place = _place(items, position)
    return None if place is None else _paid(run, [*items[:place], *items[place + 1 :]])


def _replace_at(run: Run, items: list[Any], position: Number, new: Any) -> Any:
    place = _place(items, int(position))
    return None if place is None else _paid(run, [*items[:place], new, *items[place + 1 :]])


def _replace_where(run: Run, items: list[Any], match: Any, new: Any) -> Any:
    if not isinstance(match, Function) or len(match.parameters) != 2:
        return None
    found = [invoke(match, run, [item, new], None) for item in items]
    if not all(isinstance(hit, bool) for hit in found):
        return None
    return [new if hit else item for item, hit in zip(items, found, strict=True)]


def _reverse(run: Run, items: list[Any]) -> Any:
    return _paid(run, items[::-1])


def _index_of(run: Run, items: list[Any], match: Any) -> Any:
    return [place for place, item in enumerate(items, 1) if _same(item, match, run)]


def _distinct(run: Run, items: list[Any]) -> list[Any]:
    kept: list[Any] = []
    for item in items:
        if not any(_same(item, other, run) for other in kept):
            kept.append(item)
    return kept


def _union(run: Run, lists: list[Any]) -> Any:
    return _distinct(run, _concatenate(run, lists))


def _flatten(run: Run, items: list[Any]) -> Any:
    flat: list[Any] = []
    waiting = [iter(items)]
    while waiting:
        for item in waiting[-1]:
            run.spend(1)
            if is_list(item):
                waiting.append(iter(item))
                break
            flat.append(item)
        else:
            waiting.pop()
    return flat


def _sort(run: Run, items: list[Any], precedes: Any = None) -> Any:
    if precedes is None:
        if any(operators.compare(item, items[0]) is None for item in items):
            return None
        run.spend(len(items) * len(items).bit_length())
        return sorted(items, key=cmp_to_key(lambda a, b: operators.compare(a, b) or 0))

    def order(a: Any, b: Any) -> int:
        if invoke(precedes, run, [a, b], None) is True:
            return -1
        return 1 if invoke(precedes, run, [b, a], None) is True else 0

    return sorted(items, key=cmp_to_key(order))


def _same(a: Any, b: Any, run: Run) -> bool:
    run.spend(1)
    return operators.equal(a, b, run) is True


def _as_list(value: Any) -> list[Any]:
    return value if is_list(value) else [value]


def _paid(run: Run, items: list[Any]) -> list[Any]:
    run.spend(len(items))
    return items


def _place(items: list[Any], position: Number) -> int | None:
    """The index of a position counted from 1, or from -1 backwards; None if there is none."""
    at = numbers.index(position)
    if not at or abs(at) > len(items):
        return None
    return at - 1 if at > 0 else len(items) + at


def _either(name: str, call: Callable[[Run, list[Any]], Any]) -> tuple[Any, ...]:
    """A function of one list, or of its items as arguments."""
    return form(name, "list: list", call), form(name, "*list: any", call)


FUNCTIONS = (
    form("list contains", "list: list, element: any", _list_contains),
    form("count", "list: list", _count),
    *_either("min", _extreme(-1)),
    *_either("max", _extreme(1)),
    *_either("sum", _total),
    *_either("product", _product),
    *_either("mean", _mean),
    *_either("median", _median),
    *_either("stddev", _stddev),
    *_either("mode", _mode),
    *_either("all", _logic(decisive=False)),
    *_either("any", _logic(decisive=True)),
    *_either("and", _logic(decisive=False)),
    *_either("or", _logic(decisive=True)),
    form("sublist", "list: list, start position: number, length?: number", _sublist),
    form("append", "list: list, *item: any", _append),
    form("concatenate", "*list: any", _concatenate),
    form("insert before", "list: list, position: number, newItem: any", _insert_before),
    form("remove", "list: list, position: number", _remove),
    form("list replace", "list: list, position: number, newItem: any", _replace_at),
    form("list replace", "list: list, match: function, newItem: any", _replace_where),
    form("reverse", "list: list", _reverse),
    form("index of", "list: list, match: any", _index_of),
    form("union", "*list: any", _union),
    form("distinct values", "list: list", _distinct),
    form("flatten", "list: list", _flatten),
    form("sort", "list: list, precedes?: function", _sort),
)
