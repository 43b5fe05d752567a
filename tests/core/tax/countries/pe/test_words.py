"""Amounts in words, as people write them in Peru."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtd.core.money import Currency
from mtd.core.tax.countries.pe.words import WORDS_MAX, amount_in_words, words


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "CERO"),
        (1, "UNO"),
        (16, "DIECISÉIS"),
        (21, "VEINTIUNO"),
        (31, "TREINTA Y UNO"),
        (100, "CIEN"),
        (101, "CIENTO UNO"),
        (555, "QUINIENTOS CINCUENTA Y CINCO"),
        (1_000, "MIL"),
        (21_000, "VEINTIÚN MIL"),
        (31_001, "TREINTA Y UN MIL UNO"),
        (101_000, "CIENTO UN MIL"),
        (1_000_000, "UN MILLÓN"),
        (2_001_001, "DOS MILLONES MIL UNO"),
        (21_000_000, "VEINTIÚN MILLONES"),
        (1_000_000_000, "MIL MILLONES"),
    ],
)
def test_numbers(number: int, said: str) -> None:
    assert words(number) == said


def test_an_amount_tells_its_cents_as_hundredths() -> None:
    assert amount_in_words(Decimal("118.50"), Currency.PEN) == "CIENTO DIECIOCHO CON 50/100 SOLES"
    assert amount_in_words(Decimal(0), Currency.PEN) == "CERO CON 00/100 SOLES"


@given(st.integers(0, WORDS_MAX - 1), st.integers(0, WORDS_MAX - 1))
def test_no_two_numbers_sound_alike(one: int, other: int) -> None:
    assert (words(one) == words(other)) == (one == other)
