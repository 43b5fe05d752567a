"""Tax ids of each country: their form, and the figure that checks the others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtd.core.tax_id import (
    CEDULA,
    DNI,
    NIT,
    RUC,
    RUT,
    TaxId,
    check_digit,
    known_tax_id,
    plain_tax_id,
    with_check_digit,
)


@pytest.mark.parametrize(
    ("kind", "text", "plain"),
    [
        (RUT, "12.345.678-5", "12345678-5"),
        (RUC, "20131312955", "20131312955"),
        (RUC, "20131312954", None),
        (RUC, "30131312955", None),
        (DNI, "45678901", "45678901"),
        (DNI, "4567890", None),
        (NIT, "899999068-1", "899999068-1"),  # Ecopetrol
        (NIT, "860.034.313-7", "860034313-7"),  # Davivienda
        (NIT, "8999990681", "899999068-1"),
        (NIT, "899999068-2", None),
        (NIT, "899999068", None),
        (CEDULA, "1020304050", "1020304050"),
        (CEDULA, "123", None),
        (NIT, "9" * 400, None),
    ],
)
def test_known_ids(kind: TaxId, text: str, plain: str | None) -> None:
    assert plain_tax_id(kind, text) == plain


@pytest.mark.parametrize(
    ("kind", "first", "last"), [(RUC, 2000000000, 2099999999), (NIT, 10**8, 10**9 - 1)]
)
@given(draw=st.data())
def test_exactly_one_digit_fits(kind: TaxId, first: int, last: int, draw: st.DataObject) -> None:
    number = draw.draw(st.integers(first, last))
    fitting = [d for d in "0123456789" if plain_tax_id(kind, f"{number}{kind.hyphen}{d}")]
    assert fitting == [check_digit(kind, str(number))]


@pytest.mark.parametrize(
    ("country", "text", "known"),
    [
        ("PE", "45678901", "45678901"),
        ("PE", "20131312955", "20131312955"),
        ("PE", "12345678-5", None),
        ("CO", "899999068-1", "899999068-1"),
        ("CL", "45678901", None),
        ("US", "anything", "anything"),
    ],
)
def test_a_country_knows_its_own(country: str, text: str, known: str | None) -> None:
    assert known_tax_id(country, text) == known


@given(st.integers(1, 10**9 - 1))
def test_a_number_has_the_check_digits_of_the_countries_that_hyphenate(number: int) -> None:
    found = with_check_digit(str(number))
    assert all(one.startswith(f"{number}-") for one in found)
    assert {plain for one in found if (plain := plain_tax_id(RUT, one))} == {
        f"{number}-{check_digit(RUT, str(number))}"
    }


def test_what_is_too_long_for_any_has_none() -> None:
    assert with_check_digit("20131312955") == []
