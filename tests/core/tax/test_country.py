"""Countries as data: rates by date, types by code, and what the neutral nouns carry."""

from datetime import date
from decimal import Decimal

import msgspec
import pytest

from mtd.core.money import Currency
from mtd.core.tax.country import CountryProfile, document_type, issuing_fault, rate_on
from mtd.core.tax.issuing import FiscalFault, Part
from mtd.core.tax.profiles import PROFILES
from mtd.core.tax.request import FiscalKind


@pytest.mark.parametrize(
    ("country", "day", "percent"),
    [
        ("CL", date(2003, 9, 30), None),
        ("CL", date(2003, 10, 1), Decimal(19)),
        ("CL", date(2026, 11, 27), Decimal(19)),
        ("PE", date(2011, 2, 28), None),
        ("PE", date(2026, 11, 27), Decimal(18)),
        ("CO", date(2000, 12, 31), None),
        ("CO", date(2016, 12, 31), Decimal(16)),
        ("CO", date(2017, 1, 1), Decimal(19)),
    ],
)
def test_the_rate_is_that_of_the_day(country: str, day: date, percent: Decimal | None) -> None:
    assert rate_on(PROFILES[country], day) == percent


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda profile: profile.country)
def test_every_country_has_its_documents(profile: CountryProfile) -> None:
    """Colombia has no guide of its own: goods go with the invoice."""
    lacking = {FiscalKind.DISPATCH} if profile.country == "CO" else set[FiscalKind]()
    assert {kind.kind for kind in profile.documents} == set(FiscalKind) - lacking
    assert profile.tax_ids
    assert len({kind.code for kind in profile.documents}) == len(profile.documents)
    newest_first = [rate.first_day for rate in profile.rates]
    assert newest_first == sorted(newest_first, reverse=True)


def test_a_type_is_found_by_its_code() -> None:
    boleta = document_type(PROFILES["CL"], "39")
    assert boleta is not None
    assert boleta.kind is FiscalKind.RECEIPT
    assert document_type(PROFILES["CL"], "43") is None


def test_a_plan_s_content_survives_storing() -> None:
    """A plan may be written down between two steps: its tree is plain JSON and comes back equal."""
    tree = (Part("IdDoc", parts=(Part("TipoDTE", "39"), Part("Folio", "1"))),)
    assert msgspec.json.decode(msgspec.json.encode(tree), type=tuple[Part, ...]) == tree


def test_a_fault_says_where() -> None:
    assert str(FiscalFault("Detalle/NmbItem", "is missing", 3)) == (
        "Detalle/NmbItem, line 3: is missing"
    )
    assert str(FiscalFault("", "has no lines")) == "has no lines"


@pytest.mark.parametrize(
    ("country", "currency", "native", "says"),
    [
        ("CL", Currency.CLP, True, None),
        ("PE", Currency.PEN, True, None),
        ("CO", Currency.COP, False, None),
        ("CO", Currency.COP, True, "does not issue Colombia's documents for the DIAN itself"),
        ("PE", Currency.USD, False, "Peru documents sales in PEN, not in USD"),
        ("AR", Currency.USD, False, "knows no tax documents of AR; it knows those of CL, CO, PE"),
    ],
)
def test_what_cannot_be_issued_says_why(
    country: str, currency: Currency, native: bool, says: str | None
) -> None:
    found = issuing_fault(PROFILES, country, currency, native=native)
    assert found is None if says is None else found is not None and says in found
