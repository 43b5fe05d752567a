"""What the operators of FEEL do; null where nothing fits (DMN 1.5 §10.3.2.12 to 15)."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from mtd.core.decision.feel import numbers, temporal
from mtd.core.decision.feel.evaluation import Run, bounded
from mtd.core.decision.feel.values import (
    Range,
    YearsMonthsDuration,
    admitted,
    is_context,
    is_list,
)
from mtd.core.time.business_duration import BusinessDuration

_MICROSECOND = timedelta(microseconds=1)
_DAY = timedelta(days=1)


def add(a: Any, b: Any) -> Any:
    """`a + b`: numbers, texts, durations, and a duration to a point in time."""
    if type(a) is int and type(b) is int:
        return numbers.add(a, b)
    if isinstance(a, str):
        return bounded(a + b) if isinstance(b, str) else None
    left, right = numbers.number(a), numbers.number(b)
    if left is not None:
        return None if right is None else numbers.add(left, right)
    if isinstance(a, _DURATIONS) and not isinstance(b, type(a)):
        a, b = b, a
    return _later(a, b)


def subtract(a: Any, b: Any) -> Any:
    """`a - b`: numbers, durations, a duration from a point in time, and points in time."""
    if type(a) is int and type(b) is int:
        return numbers.subtract(a, b)
    left, right = numbers.number(a), numbers.number(b)
    if left is not None:
        return None if right is None else numbers.subtract(left, right)
    if isinstance(b, _DURATIONS):
        return _later(a, negative(b))
    return _between(b, a)


def multiply(a: Any, b: Any) -> Any:
    """`a * b`: numbers, and a duration by a number."""
    left, right = numbers.number(a), numbers.number(b)
    if left is not None and right is not None:
        return numbers.multiply(left, right)
    if left is not None:
        return _scaled(b, Fraction(left))
    return None if right is None else _scaled(a, Fraction(right))


def divide(a: Any, b: Any) -> Any:
    """`a / b`: numbers, a duration by a number, and durations of one kind."""
    left, right = numbers.number(a), numbers.number(b)
    if left is not None:
        return None if right is None else numbers.divide(left, right)
    if right is not None:
        return _scaled(a, 1 / Fraction(right)) if right else None
    if isinstance(a, timedelta) and isinstance(b, timedelta):
        return numbers.divide(a // _MICROSECOND, b // _MICROSECOND)
    if isinstance(a, YearsMonthsDuration) and isinstance(b, YearsMonthsDuration):
        return numbers.divide(a.months, b.months)
    return None


def power(a: Any, b: Any) -> Any:
    """`a ** b` of numbers."""
    left, right = numbers.number(a), numbers.number(b)
    return None if left is None or right is None else numbers.power(left, right)


def negative(value: Any) -> Any:
    """`-value` of a number or duration."""
    if isinstance(value, timedelta):
        return -value if value > timedelta.min else None
    if isinstance(value, YearsMonthsDuration):
        return YearsMonthsDuration(-value.months)
    if isinstance(value, BusinessDuration):
        return value.times(Fraction(-1))
    found = numbers.number(value)
    return None if found is None else numbers.negative(found)


def equal(a: object, b: object, run: Run) -> bool | None:
    """`a = b`; null when both are of kinds that are never equal (DMN 1.5 table 53)."""
    if a is None or b is None:
        return a is b
    kind = type(a)
    if kind is type(b):
        if kind in _PLAIN:
            return a == b
        if kind is list or kind is dict:
            return _equal_inside(a, b, run)
        if isinstance(a, Range) and isinstance(b, Range):
            return _equal_ranges(a, b)
        if kind in _TIMES:
            return _same(compare(a, b))
        return a is b or None
    return _same(compare(admitted(a), admitted(b)))


def compare(a: Any, b: Any) -> int | None:
    """Negative, zero or positive as `a` is before, at or after `b`; None if in no order."""
    if isinstance(a, str) and isinstance(b, str):
        return (a > b) - (a < b)
    left, right = numbers.number(a), numbers.number(b)
    if left is not None and right is not None:
        return (left > right) - (left < right)
    if isinstance(a, date) and isinstance(b, date):
        return _order(temporal.instant(a), temporal.instant(b))
    if isinstance(a, time) and isinstance(b, time):
        return _order(temporal.time_instant(a, b), temporal.time_instant(b, a))
    if isinstance(a, timedelta) and isinstance(b, timedelta):
        return (a > b) - (a < b)
    if isinstance(a, YearsMonthsDuration) and isinstance(b, YearsMonthsDuration):
        return (a.months > b.months) - (a.months < b.months)
    return None


def satisfies(order: int | None, operator: str) -> bool | None:
    """Whether two values in that `order` satisfy a comparison; null if they are in none."""
    return None if order is None else order in _ORDERS[operator]


def contains(bounds: Range, value: Any, run: Run) -> bool | None:
    """Whether `value` is in the range; null if it cannot be compared with its ends."""
    if bounds.comparison in ("=", "!="):
        same = equal(value, bounds.start, run)
        return same if bounds.comparison == "=" or same is None else not same
    if bounds.start is None and bounds.end is None:
        return None
    inside: bool | None = True
    if bounds.start is not None or not bounds.comparison:
        operator = ">=" if bounds.start_included else ">"
        inside = satisfies(compare(value, bounds.start), operator)
    if inside and (bounds.end is not None or not bounds.comparison):
        operator = "<=" if bounds.end_included else "<"
        inside = satisfies(compare(value, bounds.end), operator)
    return inside


def within(value: Any, tested: Any, run: Run) -> bool | None:
    """`value in tested`: an item of a list, in a range, or equal (DMN 1.5 table 55)."""
    if isinstance(tested, Range):
        return contains(tested, value, run)
    if not is_list(tested):
        return equal(value, tested, run)
    run.spend(len(tested))
    for item in tested:
        found = contains(item, value, run) if isinstance(item, Range) else equal(value, item, run)
        if found:
            return True
    return is_list(value) and bool(equal(value, tested, run))


_PLAIN = frozenset({int, str, bool, Decimal, timedelta, YearsMonthsDuration})
_DURATIONS = (timedelta, YearsMonthsDuration, BusinessDuration)
_TIMES = frozenset({date, time, datetime})
_ORDERS = {"<": (-1,), "<=": (-1, 0), ">": (1,), ">=": (0, 1), "=": (0,), "!=": (-1, 1)}


def _same(order: int | None) -> bool | None:
    return None if order is None else order == 0


def _order(a: tuple[bool, int], b: tuple[bool, int]) -> int | None:
    return None if a[0] != b[0] else (a[1] > b[1]) - (a[1] < b[1])


def _equal_inside(a: Any, b: Any, run: Run) -> bool:
    """Item by item, each paid for: a short expression can make a value of endless size."""
    pairs: list[tuple[Any, Any]] = [(a, b)]
    while pairs:
        left, right = pairs.pop()
        if is_list(left) and is_list(right):
            if len(left) != len(right):
                return False
            run.spend(1 + len(left))
            pairs.extend(zip(left, right, strict=True))
        elif is_context(left) and is_context(right):
            if left.keys() != right.keys():
                return False
            run.spend(1 + len(left))
            pairs.extend((left[key], right[key]) for key in left)
        elif not equal(left, right, run):
            return False
    return True


def _equal_ranges(a: Range, b: Range) -> bool:
    return (
        a.comparison == b.comparison
        and (a.start_included, a.end_included) == (b.start_included, b.end_included)
        and all(x is y or compare(x, y) == 0 for x, y in ((a.start, b.start), (a.end, b.end)))
    )


def _later(a: Any, by: Any) -> Any:
    """The point in time or duration `a`, later by a duration."""
    try:
        if isinstance(by, timedelta):
            return _later_by_time(a, by)
        if isinstance(by, YearsMonthsDuration):
            return _later_by_months(a, by.months)
        if isinstance(by, BusinessDuration) and isinstance(a, date):
            return by.after(a)
    except (OverflowError, ValueError):
        return None
    return None


def _later_by_time(a: Any, by: timedelta) -> Any:
    if isinstance(a, datetime):
        if a.tzinfo is None:
            return a + by
        return (a.astimezone(UTC) + by).astimezone(a.tzinfo)
    if isinstance(a, date | timedelta):
        return a + by
    if isinstance(a, time):
        moved = datetime.combine(date(2000, 1, 2), a.replace(tzinfo=None)) + by % _DAY
        return moved.time().replace(tzinfo=a.tzinfo)
    return None


def _later_by_months(a: Any, months: int) -> Any:
    if isinstance(a, YearsMonthsDuration):
        return temporal.years_months(a.months + months)
    if not isinstance(a, date):
        return None
    year, month = divmod(a.year * 12 + a.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        return None
    return a.replace(year=year, month=month + 1, day=min(a.day, monthrange(year, month + 1)[1]))


def _between(a: Any, b: Any) -> Any:
    """The duration from one point in time to another."""
    if isinstance(a, date) and isinstance(b, date):
        start, end = temporal.instant(a), temporal.instant(b)
    elif isinstance(a, time) and isinstance(b, time):
        start, end = temporal.time_instant(a, b), temporal.time_instant(b, a)
    else:
        return None
    return (end[1] - start[1]) * _MICROSECOND if start[0] == end[0] else None


def _scaled(value: Any, factor: Fraction) -> Any:
    """A duration `factor` times as long, cut to its unit."""
    try:
        if isinstance(value, timedelta):
            return timedelta(microseconds=int(value // _MICROSECOND * factor))
        if isinstance(value, YearsMonthsDuration):
            return temporal.years_months(int(value.months * factor))
        if isinstance(value, BusinessDuration):
            return value.times(factor)
    except OverflowError:
        return None
    return None
