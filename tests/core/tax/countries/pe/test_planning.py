"""What Peruvian documents come to: exact totals, and the SUNAT's own rules about them."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtd.core.money import Currency
from mtd.core.tax.countries.pe.amounts import spread
from mtd.core.tax.countries.pe.parts import inside, named, value
from mtd.core.tax.countries.pe.planning import series_of
from mtd.core.tax.issuing import FiscalPlan, Part
from mtd.core.tax.request import FiscalRequest, RequestLine, TaxCategory
from tests.core.tax.countries.pe.asking import (
    EVERY_SHAPE,
    ISSUER,
    credit_note,
    invoice,
    line,
    off,
    planned,
    receipt,
)

CENT = Decimal("0.01")


def lines_of(plan: FiscalPlan) -> list[Part]:
    return named(plan.content, "cac:InvoiceLine") + named(plan.content, "cac:CreditNoteLine")


def number(part: Part, *path: str) -> Decimal:
    return Decimal(value(part.parts, *path))


def scheme_of(part: Part) -> str:
    return value(part.parts, "cac:TaxCategory", "cac:TaxScheme", "cbc:ID")


def agrees(plan: FiscalPlan) -> None:
    """To the cent where the SUNAT allows a sol: rules 3271 to 3280, 3291, 3292, 3294, 3305."""
    totals = plan.totals
    assert totals.net + totals.exempt + totals.tax == totals.total
    monetary = inside(plan.content, "cac:LegalMonetaryTotal")
    assert Decimal(value(monetary, "cbc:LineExtensionAmount")) == totals.net + totals.exempt
    assert Decimal(value(monetary, "cbc:TaxInclusiveAmount")) == totals.total
    assert Decimal(value(monetary, "cbc:PayableAmount")) == totals.total
    bases: dict[str, Decimal] = {}
    taxes: dict[str, Decimal] = {}
    for each in lines_of(plan):
        subtotal = named(inside(each.parts, "cac:TaxTotal"), "cac:TaxSubtotal")[0]
        code = scheme_of(subtotal)
        base, tax = number(subtotal, "cbc:TaxableAmount"), number(subtotal, "cbc:TaxAmount")
        bases[code] = bases.get(code, Decimal(0)) + base
        taxes[code] = taxes.get(code, Decimal(0)) + tax
        extension = number(each, "cbc:LineExtensionAmount")
        assert base == extension
        percent = number(subtotal, "cac:TaxCategory", "cbc:Percent")
        assert abs(tax - base * percent / 100) <= 2 * CENT
        quantity = number(each, named_quantity(each))
        moves = {
            value(move.parts, "cbc:ChargeIndicator"): number(move, "cbc:Amount")
            for move in named(each.parts, "cac:AllowanceCharge")
        }
        moved = moves.get("true", Decimal(0)) - moves.get("false", Decimal(0))
        price = number(each, "cac:Price", "cbc:PriceAmount")
        shown = number(
            each, "cac:PricingReference", "cac:AlternativeConditionPrice", "cbc:PriceAmount"
        )
        if code == "9996":
            assert price == 0
            assert abs(shown * quantity - extension) <= CENT
            assert number(each, "cac:TaxTotal", "cbc:TaxAmount") == 0
        else:
            assert abs(price * quantity + moved - extension) <= 2 * CENT
            assert abs(shown * quantity - extension - tax) <= CENT
    told = named(inside(plan.content, "cac:TaxTotal"), "cac:TaxSubtotal")
    assert {scheme_of(each): number(each, "cbc:TaxableAmount") for each in told} == bases
    assert {scheme_of(each): number(each, "cbc:TaxAmount") for each in told} == taxes
    assert taxes.get("1000", Decimal(0)) == totals.tax
    assert abs(totals.tax - totals.net * totals.tax_rate / 100) <= CENT


def named_quantity(each: Part) -> str:
    note = each.name == "cac:CreditNoteLine"
    return "cbc:CreditedQuantity" if note else "cbc:InvoicedQuantity"


@pytest.mark.parametrize("shape", EVERY_SHAPE)
def test_lines_and_totals_agree(shape: str) -> None:
    agrees(planned(EVERY_SHAPE[shape]))


PRICES = st.decimals("0.01", "99999.99", places=2)
PERCENTS = st.decimals("0.01", "99", places=2)
LINES = st.builds(
    line,
    PRICES.map(str),
    quantity=st.decimals("0.001", "500", places=3).filter(lambda each: each > Decimal("0.5")),
    category=st.sampled_from(TaxCategory),
    allowances=st.lists(st.builds(off, PERCENTS.map(str)), max_size=1).map(tuple),
)
SALES = st.lists(LINES, min_size=1, max_size=12)


@given(SALES)
def test_what_was_paid_is_the_total(lines: list[RequestLine]) -> None:
    """Of prices with tax, whatever is sold: nothing is gained or lost by taking the tax out."""
    plan = planned(receipt(*lines, buyer=invoice().buyer))
    paid = Decimal(0)
    for each in lines:
        whole = (each.quantity * each.unit_price).quantize(CENT, ROUND_HALF_UP)
        for allowance in each.allowances:
            assert allowance.percent is not None
            whole -= (whole * allowance.percent / 100).quantize(CENT, ROUND_HALF_UP)
        paid += whole
    assert plan.totals.total == paid
    agrees(plan)


@given(SALES, PERCENTS)
def test_a_discount_of_the_whole_lowers_it_by_the_cent(
    lines: list[RequestLine], percent: Decimal
) -> None:
    taxed = [each for each in lines if each.category is TaxCategory.STANDARD] or [line("5")]
    before = planned(invoice(*taxed)).totals.total
    after = planned(invoice(*taxed, allowances=(off(str(percent)),)))
    assert before - after.totals.total == (before * percent / 100).quantize(CENT, ROUND_HALF_UP)
    agrees(after)


@given(st.lists(PRICES, min_size=1, max_size=40))
def test_net_prices_bear_the_tax_of_their_sum(prices: list[Decimal]) -> None:
    plan = planned(invoice(*(line(str(each), price_includes_tax=False) for each in prices)))
    assert plan.totals.net == sum(prices)
    assert plan.totals.tax == (sum(prices) * 18 / Decimal(100)).quantize(CENT, ROUND_HALF_UP)
    agrees(plan)


@given(st.lists(PRICES, min_size=1, max_size=50), PRICES)
def test_what_is_spread_is_all_there(weights: list[Decimal], amount: Decimal) -> None:
    parts = spread(amount, weights, Currency.PEN)
    assert sum(parts) == amount
    whole = sum(weights)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - amount * weight / whole) < CENT


def test_the_last_cent_goes_where_most_is_missing() -> None:
    parts = spread(Decimal("0.11"), [Decimal(10), Decimal(20), Decimal(70)], Currency.PEN)
    assert parts == [Decimal("0.01"), Decimal("0.02"), Decimal("0.08")]


def test_known_totals() -> None:
    """118.00 with tax is 100.00 and 18.00; 59.90 thrice and 10.00 is 189.70."""
    assert planned(receipt(line("118"))).totals.net == 100
    totals = planned(EVERY_SHAPE["receipt"]).totals
    assert (totals.net, totals.tax, totals.total) == (
        Decimal("160.76"),
        Decimal("28.94"),
        Decimal("189.70"),
    )


def test_a_gift_is_told_and_costs_nothing() -> None:
    plan = planned(EVERY_SHAPE["gift"])
    gift = lines_of(plan)[1]
    assert plan.totals.total == 80
    subtotal = named(inside(gift.parts, "cac:TaxTotal"), "cac:TaxSubtotal")[0]
    assert value(subtotal.parts, "cac:TaxCategory", "cbc:TaxExemptionReasonCode") == "31"
    assert number(gift, "cbc:LineExtensionAmount") == Decimal("21.19")


def test_exempt_and_outside_are_two_things() -> None:
    plan = planned(EVERY_SHAPE["untaxed"])
    told = named(inside(plan.content, "cac:TaxTotal"), "cac:TaxSubtotal")
    assert [scheme_of(each) for each in told] == ["1000", "9997", "9998"]
    assert plan.totals.exempt == 50


@pytest.mark.parametrize(
    ("request_", "series"),
    [
        (receipt(), "B001"),
        (invoice(), "F001"),
        (EVERY_SHAPE["note on receipt"], "BC01"),
        (EVERY_SHAPE["note on invoice"], "FC01"),
    ],
)
def test_the_series_goes_by_what_is_issued_or_corrected(
    request_: FiscalRequest, series: str
) -> None:
    assert series_of(planned(request_), ISSUER) == series


def test_the_total_is_told_in_words() -> None:
    notes = named(planned(receipt(line("189.70"))).content, "cbc:Note")
    assert [note.text for note in notes] == ["CIENTO OCHENTA Y NUEVE CON 70/100 SOLES"]


def test_long_names_are_cut_with_a_warning() -> None:
    plan = planned(receipt(line("1", description="ñ" * 501)))
    assert [str(each) for each in plan.warnings] == [
        "Description, line 1: was cut to 500 characters"
    ]


def test_an_invoice_says_how_it_is_paid() -> None:
    def terms(request: FiscalRequest) -> list[str]:
        found = named(planned(request).content, "cac:PaymentTerms")
        return [value(each.parts, "cbc:PaymentMeansID") for each in found]

    assert terms(invoice()) == ["Contado"]
    assert terms(EVERY_SHAPE["on credit"]) == ["Credito", "Cuota001", "Cuota002"]
    assert terms(receipt()) == []
    assert terms(credit_note()) == []
