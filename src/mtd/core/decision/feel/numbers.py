"""Numbers of FEEL: decimals of 34 digits (DMN 1.5 §10.3.2.3.1); whole ones stay `int`."""

from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from typing import Any

from mtd.core.decision.feel.values import Number

DIGITS = 34
"""Precision of IEEE 754 decimal128."""

_BOUND = 10**DIGITS
_CONTEXT = Context(
    prec=DIGITS, rounding=ROUND_HALF_EVEN, Emin=-6143, Emax=6144, capitals=1, clamp=0, traps=[]
)
_POWER_MAX = 128
"""An integer of two or more has left 34 digits behind well before this power."""


def number(value: Any) -> Number | None:
    """`value` if it is a number (a float, as its shortest decimal), else None."""
    if type(value) is int:
        return value
    if type(value) is float:
        return settled(Decimal(repr(value)))
    return settled(value) if isinstance(value, Decimal) else None


def literal(text: str) -> Number | None:
    """The number that digits, a point and an exponent write; None if it is out of range."""
    if text.isdigit() and len(text) <= DIGITS:
        return int(text)
    return settled(_CONTEXT.create_decimal(text))


def settled(value: Decimal) -> Decimal | None:
    """`value`, unless it is infinite or not a number: then None."""
    return value if value.is_finite() else None


def add(a: Number, b: Number) -> Number | None:
    """Sum."""
    if type(a) is int and type(b) is int:
        total = a + b
        if -_BOUND < total < _BOUND:
            return total
    return settled(_CONTEXT.add(a, b))


def subtract(a: Number, b: Number) -> Number | None:
    """Difference."""
    if type(a) is int and type(b) is int:
        rest = a - b
        if -_BOUND < rest < _BOUND:
            return rest
    return settled(_CONTEXT.subtract(a, b))


def multiply(a: Number, b: Number) -> Number | None:
    """Product."""
    if type(a) is int and type(b) is int and -_BOUND < a < _BOUND and -_BOUND < b < _BOUND:
        product = a * b
        if -_BOUND < product < _BOUND:
            return product
    return settled(_CONTEXT.multiply(a, b))


def divide(a: Number, b: Number) -> Number | None:
    """Quotient, whole where it is exact; None when `b` is zero."""
    if not b:
        return None
    if type(a) is int and type(b) is int and -_BOUND < a < _BOUND and a % b == 0:
        return a // b
    return settled(_CONTEXT.divide(a, b))


def power(a: Number, b: Number) -> Number | None:
    """`a` to the power of `b`; None where it is no real number of 34 digits' range."""
    if (
        type(a) is int
        and type(b) is int
        and 0 <= b <= _POWER_MAX
        and -_BOUND < a < _BOUND
        and (b < 3 or -_BOUND < a**2 < _BOUND)
    ):
        result = a**b
        if -_BOUND < result < _BOUND:
            return result
    return settled(_CONTEXT.power(a, b))


def modulo(a: Number, b: Number) -> Number | None:
    """`a - b * floor(a / b)`; None when `b` is zero."""
    if not b:
        return None
    if type(a) is int and type(b) is int:
        return a % b
    rest = Fraction(a) % Fraction(b)
    return settled(_CONTEXT.divide(rest.numerator, rest.denominator))


def rounded(value: Number, scale: int, rounding: str) -> Number | None:
    """`value` with `scale` digits after the point (before it, when negative)."""
    if type(value) is int and scale >= 0:
        return value
    context = Context(prec=2 * 6144 + DIGITS, rounding=rounding, traps=[])
    result = settled(context.quantize(Decimal(value), Decimal(1).scaleb(-scale)))
    return whole(result) if result is not None and scale <= 0 else result


def whole(value: Decimal) -> Number:
    """`value` as an int when it is one of at most 34 digits."""
    if value == value.to_integral_value() and value.adjusted() < DIGITS:
        return int(value)
    return value


def root(value: Number) -> Number | None:
    """Square root; None of a negative number."""
    result = settled(_CONTEXT.sqrt(value))
    return result if result is None else whole(result)


def logarithm(value: Number) -> Number | None:
    """Natural logarithm; None of what is not positive."""
    return settled(_CONTEXT.ln(value))


def exponential(value: Number) -> Number | None:
    """e to the power of `value`."""
    return settled(_CONTEXT.exp(value))


def negative(value: Number) -> Number:
    """`value` with its sign turned; never a negative zero."""
    return -value if type(value) is int else _CONTEXT.minus(value)


def index(value: Any) -> int | None:
    """`value` as an int when it is a number without a fraction."""
    found = number(value)
    if isinstance(found, Decimal):
        found = whole(found)
    return found if isinstance(found, int) else None


def written(value: Number) -> str:
    """`value` in digits, without an exponent."""
    return format(value, "f") if isinstance(value, Decimal) else str(value)
