"""What a document comes to: lines, discounts and surcharges, net, exempt, tax, total."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from msgspec import Struct

from mtd.core.tax.countries.cl.pesos import (
    PESOS_DIGITS_MAX,
    half_up,
    net_of_gross,
    share,
    tax_of_net,
    times,
)
from mtd.core.tax.issuing import FiscalFault, Rounding
from mtd.core.tax.request import Allowance, Direction, RequestLine, TaxCategory

DECIMALS_MAX = 6
FIGURES_MAX = 12
"""Quantities and prices: Formato DTE v2.2, fields b15 and b22."""
PERCENT_MAX = {Direction.DISCOUNT: Decimal(100), Direction.SURCHARGE: Decimal("999.99")}
"""DTE_v10.xsd, DescuentoPct and RecargoPct."""
PERCENT_DECIMALS = 2

ROUNDING_REASON = "Ajuste por redondeo"


class PricedLine(Struct, frozen=True):
    """A line in pesos."""

    request: RequestLine
    price: Decimal
    discount: int
    surcharge: int
    amount: int
    exact: Decimal
    """Quantity × price before it was rounded."""


class MovedBy(Struct, frozen=True):
    """A discount or surcharge of the whole document, and the pesos it moves."""

    direction: Direction
    category: TaxCategory
    amount: int
    percent: Decimal | None = None
    reason: str = ""


class Sums(Struct, frozen=True, kw_only=True):
    """A document's totals, as the format has them."""

    net: int = 0
    exempt: int = 0
    tax: int = 0
    total: int
    moves: tuple[MovedBy, ...] = ()
    rounding: tuple[Rounding, ...] = ()


def priced(line: RequestLine, price: Decimal) -> PricedLine:
    """The line's amount: half-up(quantity × price) − discounts + surcharges (field b38)."""
    exact = times(line.quantity, price)
    before = half_up(exact)
    moved = dict.fromkeys(Direction, 0)
    for allowance in line.allowances:
        moved[allowance.direction] += _pesos_of(allowance, before)
    discount, surcharge = moved[Direction.DISCOUNT], moved[Direction.SURCHARGE]
    return PricedLine(line, price, discount, surcharge, before - discount + surcharge, exact)


def receipt_sums(
    lines: Sequence[PricedLine], allowances: Iterable[Allowance], rate: Decimal
) -> Sums:
    """A boleta's totals: what was paid is the truth, the tax is what the net leaves of it.

    net = half-up(gross ÷ (1 + rate)), tax = gross − net; computing the tax
    from the net would differ by a peso in one total of six.
    """
    taxed, exempt, moves = _moved(lines, allowances)
    net = net_of_gross(taxed, rate)
    rounding = _rounding("MntNeto", Decimal(taxed * 100) / (100 + rate), net)
    return Sums(
        net=net,
        exempt=exempt,
        tax=taxed - net,
        total=taxed + exempt,
        moves=moves,
        rounding=(*_line_rounding(lines), *rounding),
    )


def net_sums(lines: Sequence[PricedLine], allowances: Iterable[Allowance], rate: Decimal) -> Sums:
    """A factura's totals from net prices: tax = half-up(net × rate) (fields 107 to 124)."""
    net, exempt, moves = _moved(lines, allowances)
    tax = tax_of_net(net, rate)
    rounding = _rounding("IVA", Decimal(net) * rate / 100, tax)
    return Sums(
        net=net,
        exempt=exempt,
        tax=tax,
        total=net + exempt + tax,
        moves=moves,
        rounding=(*_line_rounding(lines), *rounding),
    )


def gross_sums(lines: Sequence[PricedLine], allowances: Iterable[Allowance], rate: Decimal) -> Sums:
    """A factura's totals from prices with tax (MntBruto = 1), equal to what is paid to the peso.

    net = half-up(gross ÷ (1 + rate)) and tax = half-up(net × rate), as fields 107 and 112 have
    it. One gross amount of six has no such net: there one peso moves from the taxed to the
    exempt amount, by a discount and a surcharge that say so, and both rules and the sum hold.
    """
    taxed, exempt, moves = _moved(lines, allowances)
    net = net_of_gross(taxed, rate)
    if taxed and net + tax_of_net(net, rate) != taxed:
        reason = ROUNDING_REASON
        off = MovedBy(Direction.DISCOUNT, TaxCategory.STANDARD, 1, None, reason)
        on = MovedBy(Direction.SURCHARGE, TaxCategory.EXEMPT, 1, None, reason)
        moves = (*moves, off, on)
        taxed, exempt = taxed - 1, exempt + 1
        net = net_of_gross(taxed, rate)
    tax = tax_of_net(net, rate)
    rounding = _rounding("MntNeto", Decimal(taxed * 100) / (100 + rate), net)
    return Sums(
        net=net,
        exempt=exempt,
        tax=tax,
        total=net + exempt + tax,
        moves=moves,
        rounding=(*_line_rounding(lines), *rounding),
    )


def line_faults(line: RequestLine, number: int) -> Iterator[FiscalFault]:
    """What makes a line's figures no figures of the format; such a line cannot be priced."""
    for tag, figure, least in (
        ("QtyItem", line.quantity, False),
        ("PrcItem", line.unit_price, True),
    ):
        if wrong := _figure_fault(figure, zero_allowed=least):
            yield FiscalFault(f"Detalle/{tag}", wrong, number)
    for allowance in line.allowances:
        tag = "DescuentoMonto" if allowance.direction is Direction.DISCOUNT else "RecargoMonto"
        if wrong := allowance_fault(allowance):
            yield FiscalFault(f"Detalle/{tag}", wrong, number)


def allowance_fault(allowance: Allowance) -> str | None:
    """What is wrong with a discount or surcharge by itself."""
    percent, amount = allowance.percent, allowance.amount
    if (percent is None) == (amount is None):
        return "needs either a percentage or an amount"
    if amount is not None:
        sized = amount.is_finite() and 0 < amount < 10**PESOS_DIGITS_MAX
        whole = sized and amount == amount.to_integral_value()
        most = f"of up to {PESOS_DIGITS_MAX} figures"
        return None if whole else f"is {amount}, not a positive whole number of pesos {most}"
    most = PERCENT_MAX[allowance.direction]
    if percent is None or not percent.is_finite() or not 0 < percent <= most:
        return f"is {percent} %, not above 0 and up to {most} %"
    fine = percent.adjusted() < -PERCENT_DECIMALS or percent * 100 != int(percent * 100)
    return f"{percent} % has over two decimals" if fine else None


def amount_faults(line: PricedLine, number: int) -> Iterator[FiscalFault]:
    """A discount never exceeds what it lowers."""
    if line.amount < 0:
        message = f"is {line.discount}, more than the line's {line.discount + line.amount}"
        yield FiscalFault("Detalle/DescuentoMonto", message, number)


def sum_faults(sums: Sums) -> Iterator[FiscalFault]:
    """Discounts of the whole document never exceed what they lower."""
    if sums.net < 0 or sums.exempt < 0:
        yield FiscalFault("DscRcgGlobal/ValorDR", "discounts more than there is to be discounted")


def _figure_fault(figure: Decimal, *, zero_allowed: bool) -> str | None:
    if not figure.is_finite() or figure < 0 or (figure == 0 and not zero_allowed):
        return f"is {figure}, not {'a number from 0' if zero_allowed else 'above 0'}"
    if figure >= 10**FIGURES_MAX:
        return f"is {figure}, of more than {FIGURES_MAX} figures"
    # What is too small for its context is nothing once it is normalized: looked at before.
    exponent = figure.normalize().as_tuple().exponent if figure else 0
    fine = figure and (figure.adjusted() < -DECIMALS_MAX or -int(exponent) > DECIMALS_MAX)
    return f"is {figure}, finer than {DECIMALS_MAX} decimals" if fine else None


def _pesos_of(allowance: Allowance, whole: int) -> int:
    if allowance.percent is not None:
        return share(whole, allowance.percent)
    return half_up(allowance.amount or Decimal(0))


def _moved(
    lines: Sequence[PricedLine], allowances: Iterable[Allowance]
) -> tuple[int, int, tuple[MovedBy, ...]]:
    """The taxed and the exempt amount after the document's own moves; all on the lines' sums."""
    sums = dict.fromkeys(TaxCategory, 0)
    for line in lines:
        sums[line.request.category] += line.amount
    after = dict(sums)
    moves: list[MovedBy] = []
    for given in allowances:
        pesos = _pesos_of(given, sums[given.category])
        signed = -pesos if given.direction is Direction.DISCOUNT else pesos
        after[given.category] += signed
        moves.append(MovedBy(given.direction, given.category, pesos, given.percent, given.reason))
    return after[TaxCategory.STANDARD], after[TaxCategory.EXEMPT], tuple(moves)


def _line_rounding(lines: Iterable[PricedLine]) -> Iterator[Rounding]:
    for number, line in enumerate(lines, start=1):
        yield from _rounding(f"Detalle/MontoItem, line {number}", line.exact, half_up(line.exact))


def _rounding(field: str, exact: Decimal, rounded: int) -> tuple[Rounding, ...]:
    return () if exact == rounded else (Rounding(field, exact, Decimal(rounded)),)
