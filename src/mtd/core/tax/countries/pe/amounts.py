"""What a Peruvian document comes to: lines, discounts, bases of the tax, IGV, total."""

from collections.abc import Iterator, Sequence
from decimal import ROUND_DOWN, Context, Decimal

from msgspec import Struct

from mtd.core.money import Currency, rounded
from mtd.core.tax.countries.pe.catalogues import (
    GIVEN,
    IGV,
    NO_RATE,
    SCHEMES,
    SOLD,
    Affectation,
    Scheme,
)
from mtd.core.tax.issuing import Rounding
from mtd.core.tax.request import Allowance, Direction, FiscalRequest, RequestLine, TaxCategory

_EXACT = Context(prec=60)
_ZERO = Decimal(0)
UNIT_DECIMALS = Decimal(1).scaleb(-10)
"""Unit values and prices have ten decimals (rules 2369 and 2367)."""


class PricedLine(Struct, frozen=True, kw_only=True):
    """A line in the document's currency; amounts without tax but where they say so."""

    request: RequestLine
    affectation: Affectation
    unit_value: Decimal
    """For one unit; of a gift its reference value."""
    discount: Decimal = _ZERO
    surcharge: Decimal = _ZERO
    value: Decimal
    """LineExtensionAmount: the base of the tax."""
    tax: Decimal
    rate: Decimal
    """Percent; 0 where nothing is borne."""

    @property
    def base(self) -> Decimal:
        """The value before its discounts and charges."""
        return self.value + self.discount - self.surcharge

    @property
    def free(self) -> bool:
        """Whether it is given away."""
        return self.affectation.code in GIVEN

    @property
    def unit_price(self) -> Decimal:
        """What one unit costs with tax, or the reference value of a gift."""
        if self.free:
            return self.unit_value
        return _fine((self.value + self.tax) / self.request.quantity)

    @property
    def net_price(self) -> Decimal:
        """What one unit costs without tax, its share of discounts and charges taken in."""
        return _fine(self.value / self.request.quantity)


class SchemeSum(Struct, frozen=True):
    """A tax's base and amount over the whole document."""

    scheme: Scheme
    base: Decimal
    tax: Decimal


class Sums(Struct, frozen=True, kw_only=True):
    """The document's totals."""

    lines: tuple[PricedLine, ...]
    schemes: tuple[SchemeSum, ...]
    """Those that occur, in the catalogue's order."""
    value: Decimal
    """Of all that is sold, without tax."""
    tax: Decimal
    total: Decimal
    rounding: tuple[Rounding, ...] = ()


def paid_of_lines(request: FiscalRequest) -> list[Decimal]:
    """What each line comes to in its price's own terms, after every discount and charge.

    A discount of the whole document is spread over the lines of its category by their weight, to
    the cent: it lowers the base of the tax as code 00 of catalogue 53 has it, and every rule about
    lines and totals holds exactly. May be negative: that is the caller's to refuse.
    """
    currency = request.currency
    gross = [_after_own(line, currency) for line in request.lines]
    paid = list(gross)
    for allowance in request.allowances:
        where = [n for n, line in enumerate(request.lines) if line.category is allowance.category]
        weights = [gross[n] for n in where]
        moved = _signed(allowance, sum(weights, _ZERO), currency)
        for n, part in zip(where, spread(abs(moved), weights, currency), strict=True):
            paid[n] += part if moved > 0 else -part
    return paid


def sums(request: FiscalRequest, paid: Sequence[Decimal], rate: Decimal, gift: Affectation) -> Sums:
    """The totals of lines that come to `paid`; a line that comes to nothing is given away.

    With prices that hold the tax, what was paid is the truth: value = half-up(paid ÷ (1 + rate)) of
    all taxed lines together, tax = paid − value. Without, tax = half-up(value × rate). The cents
    are dealt to the lines by largest remainder, so that lines and totals agree to the cent.
    """
    currency = request.currency
    taxed = [
        n
        for n, line in enumerate(request.lines)
        if line.category is TaxCategory.STANDARD and paid[n]
    ]
    values = dict(enumerate(paid))
    taxes: dict[int, Decimal] = {}
    together = sum((paid[n] for n in taxed), _ZERO)
    inclusive = bool(taxed) and request.lines[taxed[0]].price_includes_tax
    exact = _without_tax(together, rate) if inclusive else together * rate / 100
    whole = rounded(exact, currency)
    dealt = dict(zip(taxed, spread(whole, [paid[n] for n in taxed], currency), strict=True))
    for n in taxed:
        values[n] = dealt[n] if inclusive else paid[n]
        taxes[n] = paid[n] - dealt[n] if inclusive else dealt[n]
    lines = tuple(
        _priced(line, values[n], taxes.get(n, _ZERO), rate, currency)
        if paid[n]
        else _given(line, rate, gift, currency)
        for n, line in enumerate(request.lines)
    )
    field = "TaxableAmount" if inclusive else "TaxAmount"
    evidence = () if exact == whole else (Rounding(f"TaxSubtotal/{field}", exact, whole),)
    return _totals(lines, evidence)


def spread(amount: Decimal, weights: Sequence[Decimal], currency: Currency) -> list[Decimal]:
    """`amount`, in parts that go by the weights and sum up to it exactly (largest remainder).

    No weight is negative; with no weight at all the first takes everything.
    """
    whole = sum(weights, _ZERO)
    if not weights or not whole:
        return [amount if n == 0 else _ZERO for n in range(len(weights))]
    exact = [_EXACT.divide(_EXACT.multiply(amount, weight), whole) for weight in weights]
    parts = [part.quantize(currency.unit, rounding=ROUND_DOWN, context=_EXACT) for part in exact]
    left = int((amount - sum(parts, _ZERO)) / currency.unit)
    by_remainder = sorted(range(len(parts)), key=lambda n: (parts[n] - exact[n], n))
    for n in by_remainder[:left]:
        parts[n] += currency.unit
    return parts


def _after_own(line: RequestLine, currency: Currency) -> Decimal:
    whole = rounded(_EXACT.multiply(line.quantity, line.unit_price), currency)
    return whole + sum((_signed(each, whole, currency) for each in line.allowances), _ZERO)


def _signed(allowance: Allowance, whole: Decimal, currency: Currency) -> Decimal:
    amount = allowance.amount
    if amount is None:
        amount = whole * (allowance.percent or _ZERO) / 100
    amount = rounded(amount, currency)
    return -amount if allowance.direction is Direction.DISCOUNT else amount


def _without_tax(amount: Decimal, rate: Decimal) -> Decimal:
    return _EXACT.divide(amount * 100, 100 + rate)


def _fine(amount: Decimal) -> Decimal:
    return amount.quantize(UNIT_DECIMALS, context=_EXACT)


def _unit_value(line: RequestLine, rate: Decimal) -> Decimal:
    taxed = line.category is TaxCategory.STANDARD and line.price_includes_tax
    return _fine(_without_tax(line.unit_price, rate) if taxed else line.unit_price)


def _priced(
    line: RequestLine, value: Decimal, tax: Decimal, rate: Decimal, currency: Currency
) -> PricedLine:
    affectation = SOLD[line.category]
    unit_value = _unit_value(line, rate)
    base = rounded(_EXACT.multiply(line.quantity, unit_value), currency)
    # A cent between the two without any allowance is rounding, which rule 3271 bears.
    moved = value - base if abs(value - base) > currency.unit or line.allowances else _ZERO
    return PricedLine(
        request=line,
        affectation=affectation,
        unit_value=unit_value,
        discount=max(-moved, _ZERO),
        surcharge=max(moved, _ZERO),
        value=value,
        tax=tax,
        rate=rate if affectation.bears_tax else NO_RATE,
    )


def _given(line: RequestLine, rate: Decimal, gift: Affectation, currency: Currency) -> PricedLine:
    """A gift: its reference value is told, and the tax of it, if it bears any, is not asked for."""
    unit_value = _unit_value(line, rate)
    value = rounded(_EXACT.multiply(line.quantity, unit_value), currency)
    return PricedLine(
        request=line,
        affectation=gift,
        unit_value=unit_value,
        value=value,
        tax=rounded(value * rate / 100, currency) if gift.bears_tax else _ZERO,
        rate=rate if gift.bears_tax else NO_RATE,
    )


def _totals(lines: tuple[PricedLine, ...], rounding: tuple[Rounding, ...]) -> Sums:
    sold = [line for line in lines if not line.free]
    value = sum((line.value for line in sold), _ZERO)
    tax = sum((line.tax for line in sold), _ZERO)
    schemes = tuple(_scheme_sums(lines))
    return Sums(
        lines=lines, schemes=schemes, value=value, tax=tax, total=value + tax, rounding=rounding
    )


def _scheme_sums(lines: Sequence[PricedLine]) -> Iterator[SchemeSum]:
    for scheme in SCHEMES:
        of_it = [line for line in lines if line.affectation.scheme is scheme]
        if of_it:
            base = sum((line.value for line in of_it), _ZERO)
            yield SchemeSum(scheme, base, sum((line.tax for line in of_it), _ZERO))


def base_of(sums: Sums, scheme: Scheme = IGV) -> Decimal:
    """The base of one tax, 0 when it does not occur."""
    return next((each.base for each in sums.schemes if each.scheme is scheme), _ZERO)
