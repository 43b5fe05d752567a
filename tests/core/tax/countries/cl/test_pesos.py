"""Integer half-up money: the cases that accountants know, and the laws that hold for all."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtd.core.tax.countries.cl.pesos import half_up, net_of_gross, plain, share, tax_of_net, times

RATE = Decimal(19)
AMOUNTS = st.integers(0, 10**18)


@pytest.mark.parametrize(
    ("amount", "pesos"), [("0.5", 1), ("1.5", 2), ("2.5", 3), ("-0.5", -1), ("256.49", 256)]
)
def test_halves_go_away_from_zero(amount: str, pesos: int) -> None:
    assert half_up(Decimal(amount)) == pesos


def test_a_net_of_1350_bears_257() -> None:
    """Banker's rounding would say 256."""
    assert tax_of_net(1350, RATE) == 257


@pytest.mark.parametrize(("gross", "net"), [(680, 571), (86_710, 72_866), (1190, 1000), (1, 1)])
def test_nets_of_gross_totals(gross: int, net: int) -> None:
    assert net_of_gross(gross, RATE) == net


@given(AMOUNTS, st.decimals(0, 999, places=2))
def test_integers_round_as_exact_decimals_do(amount: int, percent: Decimal) -> None:
    exact = times(Decimal(amount), percent) / 100 if amount < 10**9 else None
    if exact is not None:
        assert share(amount, percent) == int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))
    assert abs(share(amount, percent) * 10_000 - amount * int(percent * 100)) <= 5_000


@given(AMOUNTS)
def test_the_net_is_the_nearest(gross: int) -> None:
    net = net_of_gross(gross, RATE)
    assert abs(net * 119 - gross * 100) * 2 <= 119


def test_one_gross_total_in_six_has_no_net_that_bears_it() -> None:
    """Why an invoice from gross prices needs its rounding moves."""
    without = sum(
        net_of_gross(gross, RATE) + tax_of_net(net_of_gross(gross, RATE), RATE) != gross
        for gross in range(1, 20_001)
    )
    assert without == 3_193


@pytest.mark.parametrize(
    ("number", "text"),
    [("1.500000", "1.5"), ("100", "100"), ("1E+3", "1000"), ("0.000001", "0.000001"), ("19", "19")],
)
def test_numbers_as_the_format_writes_them(number: str, text: str) -> None:
    assert plain(Decimal(number)) == text
