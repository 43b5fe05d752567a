"""Money: amounts as exact decimals of a currency; never floats."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Context, Decimal
from enum import StrEnum

AMOUNT_MAX = Decimal(10) ** 15
"""No single amount reaches a thousand million millions of any currency MTD knows."""

_EXACT = Context(prec=60)


class Currency(StrEnum):
    """A currency MTD can count in (ISO 4217)."""

    CLP = "CLP"
    PEN = "PEN"
    COP = "COP"
    USD = "USD"

    @property
    def decimals(self) -> int:
        """Digits after the decimal mark (ISO 4217 minor unit): 0 for CLP, 2 for the others."""
        return _DECIMALS[self]

    @property
    def unit(self) -> Decimal:
        """The smallest amount: 1 for CLP, 0.01 for the others."""
        return _UNITS[self]


_DECIMALS = {Currency.CLP: 0, Currency.PEN: 2, Currency.COP: 2, Currency.USD: 2}
_UNITS = {currency: Decimal(1).scaleb(-decimals) for currency, decimals in _DECIMALS.items()}


def rounded(amount: Decimal, currency: Currency) -> Decimal:
    """The nearest amount that can be paid in `currency`; halves go away from zero."""
    return amount.quantize(currency.unit, rounding=ROUND_HALF_UP, context=_EXACT)


def exact(amount: Decimal, currency: Currency) -> Decimal | None:
    """`amount` with the currency's decimals; None when it is no amount of this currency.

    That is: not finite, `AMOUNT_MAX` or more either way, or finer than the smallest coin.
    """
    if not amount.is_finite() or amount.copy_abs() >= AMOUNT_MAX:
        return None
    payable = rounded(amount, currency)
    return _EXACT.plus(payable) if payable == amount else None


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The exact sum, 0 of none."""
    return sum(amounts, Decimal(0))
