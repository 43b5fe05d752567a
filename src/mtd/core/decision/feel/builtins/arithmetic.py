"""Built-in functions on numbers (DMN 1.5 §10.3.4.5)."""

from collections.abc import Callable
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
)
from typing import Any

from mtd.core.decision.feel import numbers
from mtd.core.decision.feel.evaluation import Run
from mtd.core.decision.feel.operators import negative
from mtd.core.decision.feel.signature import form
from mtd.core.decision.feel.values import Number, YearsMonthsDuration

_SCALES = range(-6111, 6177)
"""Digits after the point that decimal128 allows (DMN 1.5 table 78)."""


def _rounding(mode: str) -> Callable[..., Any]:
    def rounded(run: Run, value: Number, scale: Number = 0) -> Any:
        digits = int(scale)
        return numbers.rounded(value, digits, mode) if digits in _SCALES else None

    return rounded


def _abs_number(run: Run, value: Number) -> Any:
    return abs(value)


def _abs_duration(run: Run, value: Any) -> Any:
    if isinstance(value, YearsMonthsDuration):
        return YearsMonthsDuration(abs(value.months))
    return value if value >= -value else negative(value)


def _modulo(run: Run, dividend: Number, divisor: Number) -> Any:
    return numbers.modulo(dividend, divisor)


def _sqrt(run: Run, value: Number) -> Any:
    return numbers.root(value)


def _log(run: Run, value: Number) -> Any:
    return numbers.logarithm(value)


def _exp(run: Run, value: Number) -> Any:
    return numbers.exponential(value)


def _odd(run: Run, value: Number) -> Any:
    found = numbers.index(value)
    return None if found is None else found % 2 == 1


def _even(run: Run, value: Number) -> Any:
    found = numbers.index(value)
    return None if found is None else found % 2 == 0


FUNCTIONS = (
    form("decimal", "n: number, scale: number", _rounding(ROUND_HALF_EVEN)),
    form("floor", "n: number", _rounding(ROUND_FLOOR)),
    form("floor", "n: number, scale: number", _rounding(ROUND_FLOOR)),
    form("ceiling", "n: number", _rounding(ROUND_CEILING)),
    form("ceiling", "n: number, scale: number", _rounding(ROUND_CEILING)),
    form("round up", "n: number, scale: number", _rounding(ROUND_UP)),
    form("round down", "n: number, scale: number", _rounding(ROUND_DOWN)),
    form("round half up", "n: number, scale: number", _rounding(ROUND_HALF_UP)),
    form("round half down", "n: number, scale: number", _rounding(ROUND_HALF_DOWN)),
    form("abs", "n: number", _abs_number),
    form("abs", "n: duration", _abs_duration),
    form("modulo", "dividend: number, divisor: number", _modulo),
    form("sqrt", "number: number", _sqrt),
    form("log", "number: number", _log),
    form("exp", "number: number", _exp),
    form("odd", "number: number", _odd),
    form("even", "number: number", _even),
)
