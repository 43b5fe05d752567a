"""Built-in functions on ranges: Allen's relations and `range` (DMN 1.5 §10.3.4.10, table 82)."""

import re
from collections.abc import Callable
from typing import Any

from mtd.core.decision.feel import temporal
from mtd.core.decision.feel.errors import FeelSyntaxError
from mtd.core.decision.feel.evaluation import Run
from mtd.core.decision.feel.numbers import literal, negative
from mtd.core.decision.feel.operators import compare
from mtd.core.decision.feel.scanner import Sort, scan
from mtd.core.decision.feel.signature import form
from mtd.core.decision.feel.values import Range

_Relation = Callable[[Range, Range], bool]


class _Unordered(ArithmeticError):
    """Ends that cannot be compared make the result null."""


def _order(a: Any, b: Any) -> int:
    order = compare(a, b)
    if order is None:
        raise _Unordered
    return order


def _before(a: Range, b: Range) -> bool:
    order = _order(a.end, b.start)
    return order < 0 or (order == 0 and not (a.end_included and b.start_included))


def _meets(a: Range, b: Range) -> bool:
    return a.end_included and b.start_included and _order(a.end, b.start) == 0


def _starts_order(a: Range, b: Range) -> int:
    """Whether `a` starts before, with or after `b`; an end that is included is earlier."""
    return _order(a.start, b.start) or b.start_included - a.start_included


def _ends_order(a: Range, b: Range) -> int:
    return _order(a.end, b.end) or a.end_included - b.end_included


def _overlaps_before(a: Range, b: Range) -> bool:
    return _starts_order(a, b) < 0 and not _before(a, b) and _ends_order(a, b) <= 0


def _overlaps(a: Range, b: Range) -> bool:
    return not _before(a, b) and not _before(b, a)


def _includes(a: Range, b: Range) -> bool:
    return _starts_order(a, b) <= 0 and _ends_order(a, b) >= 0


def _finishes(a: Range, b: Range) -> bool:
    return _ends_order(a, b) == 0 and _starts_order(a, b) >= 0


def _starts(a: Range, b: Range) -> bool:
    return _starts_order(a, b) == 0 and _ends_order(a, b) <= 0


def _coincides(a: Range, b: Range) -> bool:
    return _starts_order(a, b) == 0 and _ends_order(a, b) == 0


def _turned(relation: _Relation) -> _Relation:
    return lambda a, b: relation(b, a)


def _as_range(value: Any) -> Range:
    """A range; a point is the range of it alone."""
    if isinstance(value, Range):
        return value
    return Range(start=value, end=value, start_included=True, end_included=True)


def _relation(name: str, parameters: tuple[str, str], relation: _Relation) -> Any:
    def call(run: Run, a: Any, b: Any) -> Any:
        return relation(_as_range(a), _as_range(b))

    return form(name, f"{parameters[0]}: any, {parameters[1]}: any", call)


def _both(name: str, relation: _Relation) -> Any:
    return _relation(name, ("range1", "range2"), relation)


_ENDS = re.compile(r"\s*([\[(\]])(.*?[^.])\.\.([^.].*?)([\])\[])\s*", re.DOTALL)
_CALL = re.compile(r'\s*(date|time|date and time|duration)\s*\(\s*("[^"]*")\s*\)\s*')


def _range(run: Run, text: str) -> Any:
    """The range that `text` writes, its ends written as literals."""
    found = _ENDS.fullmatch(text)
    if not found:
        return None
    start, end = _end(found[2]), _end(found[3])
    if start is None or type(start) is not type(end) or _order(start, end) > 0:
        return None
    return Range(
        start=start,
        end=end,
        start_included=found[1] == "[",
        end_included=found[4] == "]",
    )


def _end(text: str) -> Any:
    called = _CALL.fullmatch(text)
    try:
        tokens = scan(called[2] if called else text)[:-1]
    except FeelSyntaxError:
        return None
    shapes = [token.sort for token in tokens]
    if called:
        return _POINTS[called[1]](tokens[0].text)
    if shapes == [Sort.STRING]:
        return tokens[0].text
    if shapes == [Sort.NUMBER]:
        return literal(tokens[0].text)
    if shapes == [Sort.SYMBOL, Sort.NUMBER] and tokens[0].text == "-":
        found = literal(tokens[1].text)
        return None if found is None else negative(found)
    if shapes == [Sort.SYMBOL, Sort.STRING] and tokens[0].text == "@":
        return temporal.parse_any(tokens[1].text)
    return None


_POINTS: dict[str, Callable[[str], Any]] = {
    "date": temporal.parse_date,
    "time": temporal.parse_time,
    "date and time": temporal.parse_date_and_time,
    "duration": temporal.parse_duration,
}

FUNCTIONS = (
    _both("before", _before),
    _both("after", _turned(_before)),
    _both("meets", _meets),
    _both("met by", _turned(_meets)),
    _both("overlaps", _overlaps),
    _both("overlaps before", _overlaps_before),
    _both("overlaps after", _turned(_overlaps_before)),
    _relation("finishes", ("point", "range"), _finishes),
    _relation("finished by", ("range", "point"), _turned(_finishes)),
    _relation("includes", ("range", "point"), _includes),
    _relation("during", ("point", "range"), _turned(_includes)),
    _relation("starts", ("point", "range"), _starts),
    _relation("started by", ("range", "point"), _turned(_starts)),
    _both("coincides", _coincides),
    form("range", "from: string", _range),
)
