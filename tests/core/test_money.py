"""Money is exact: half-up to the currency's unit, never a float, never a hidden digit."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtd.core.money import AMOUNT_MAX, Currency, exact, rounded, total

decimals = st.decimals(-(10**14), 10**14, allow_nan=False, allow_infinity=False, places=6)


@pytest.mark.parametrize(
    ("amount", "currency", "paid"),
    [
        ("0.5", Currency.CLP, "1"),
        ("-0.5", Currency.CLP, "-1"),
        ("2.5", Currency.CLP, "3"),
        ("2.4999", Currency.CLP, "2"),
        ("1.005", Currency.PEN, "1.01"),
        ("12990", Currency.USD, "12990.00"),
    ],
)
def test_halves_go_away_from_zero(amount: str, currency: Currency, paid: str) -> None:
    assert str(rounded(Decimal(amount), currency)) == paid


@given(decimals, st.sampled_from(Currency))
def test_rounding_moves_an_amount_by_at_most_half_a_unit(
    amount: Decimal, currency: Currency
) -> None:
    assert abs(rounded(amount, currency) - amount) * 2 <= currency.unit


@given(decimals, st.sampled_from(Currency))
def test_exact_amounts_are_those_that_rounding_keeps(amount: Decimal, currency: Currency) -> None:
    payable = exact(amount, currency)
    assert (payable is not None) == (rounded(amount, currency) == amount)


@pytest.mark.parametrize(
    "amount",
    [
        *("NaN", "sNaN", "Infinity", "-Infinity", "1E+15", "1E-30", "0.5"),
        *("1E+999999999", "-1E+999999999", "1E-999999999"),
    ],
)
def test_what_is_no_amount_of_pesos(amount: str) -> None:
    assert exact(Decimal(amount), Currency.CLP) is None


def test_an_exact_amount_has_one_form() -> None:
    assert [str(exact(Decimal(text), Currency.CLP)) for text in ("-0", "1E+3", "7.00")] == [
        "0",
        "1000",
        "7",
    ]
    assert exact(AMOUNT_MAX - 1, Currency.CLP) == AMOUNT_MAX - 1


def test_totals_are_exact() -> None:
    assert total([Decimal("0.1")] * 3) == Decimal("0.3")
    assert total([]) == 0
