"""Money in pesos: whole numbers, halves away from zero, in integer arithmetic throughout."""

from decimal import ROUND_HALF_UP, Context, Decimal

_EXACT = Context(prec=60)
_ONE = Decimal(1)

PESOS_DIGITS_MAX = 18
"""Formato DTE v2.2, amounts: 18 figures."""


def half_up(amount: Decimal) -> int:
    """The nearest peso; 0.5 goes up and −0.5 down (Formato DTE v2.2, amounts are integers)."""
    return int(amount.quantize(_ONE, rounding=ROUND_HALF_UP, context=_EXACT))


def times(quantity: Decimal, price: Decimal) -> Decimal:
    """The exact product, however many figures both have."""
    return _EXACT.multiply(quantity, price)


def share(amount: int, percent: Decimal) -> int:
    """`percent` of a non-negative amount, to the nearest peso."""
    return _divided(amount * _hundredths(percent), 10_000)


def tax_of_net(net: int, rate: Decimal) -> int:
    """The tax on a net amount: half-up(net × rate), field 112. 1,350 at 19 % bears 257."""
    return share(net, rate)


def net_of_gross(gross: int, rate: Decimal) -> int:
    """The net in an amount that includes the tax: half-up(gross ÷ (1 + rate)), field 107."""
    return _divided(gross * 10_000, 10_000 + _hundredths(rate))


def plain(number: Decimal) -> str:
    """A number as the format writes it: a point, no exponent, no idle zeros (v2.2 p. 10)."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _hundredths(percent: Decimal) -> int:
    """Percents have two decimals at most (v2.2, fields 111, b29, d5)."""
    return int(percent * 100)


def _divided(dividend: int, divisor: int) -> int:
    return (2 * dividend + divisor) // (2 * divisor)
