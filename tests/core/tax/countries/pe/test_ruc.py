"""The modulo-11 check digit of Peruvian tax ids."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtd.core.tax.countries.pe.ruc import plain_ruc


@pytest.mark.parametrize("ruc", ["20131312955", "20100070970"])
def test_known_rucs(ruc: str) -> None:
    assert plain_ruc(ruc) == ruc


@pytest.mark.parametrize("text", ["20131312954", "2013131295", "30131312955", "", "2013131295５"])
def test_what_is_none(text: str) -> None:
    assert plain_ruc(text) is None


@given(st.sampled_from(["10", "15", "16", "17", "20"]), st.integers(0, 99_999_999))
def test_exactly_one_digit_fits(prefix: str, number: int) -> None:
    assert sum(plain_ruc(f"{prefix}{number:08}{digit}") is not None for digit in range(10)) == 1
