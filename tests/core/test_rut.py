"""The modulo-11 check digit of Chilean tax ids."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtd.core.rut import check_digit, plain_rut


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("12.345.678-5", "12345678-5"),
        ("12345678-5", "12345678-5"),
        ("123456785", "12345678-5"),
        ("11111111-1", "11111111-1"),
        ("60.803.000-K", "60803000-K"),
        ("60803000-k", "60803000-K"),
        ("12345678-4", None),
        ("12.34.5678-5", None),
        ("0-0", None),
        ("-5", None),
        ("", None),
        ("12345678-5\n", None),
        ("1٢345678-5", None),
    ],
)
def test_known_ruts(text: str, plain: str | None) -> None:
    assert plain_rut(text) == plain


@given(st.integers(1, 99_999_999))
def test_exactly_one_digit_fits(number: int) -> None:
    fitting = [digit for digit in "0123456789K" if plain_rut(f"{number}-{digit}")]
    assert fitting == [check_digit(number)]


@given(st.integers(1_000_000, 99_999_999), st.integers(0, 6), st.integers(1, 9))
def test_any_single_wrong_figure_is_noticed(number: int, place: int, more: int) -> None:
    figures = str(number)
    wrong = figures[:place] + str((int(figures[place]) + more) % 10) + figures[place + 1 :]
    assert check_digit(int(wrong)) != check_digit(number)
