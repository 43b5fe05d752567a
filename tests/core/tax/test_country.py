"""Countries as data: rates by date, types by code, and what the neutral nouns carry."""

from datetime import date
from decimal import Decimal

import msgspec
import pytest

from mtd.core.tax.country import CountryProfile, document_type, rate_on
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
    ],
)
def test_the_rate_is_that_of_the_day(country: str, day: date, percent: Decimal | None) -> None:
    assert rate_on(PROFILES[country], day) == percent


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda profile: profile.country)
def test_every_country_has_every_kind(profile: CountryProfile) -> None:
    assert {kind.kind for kind in profile.documents} == set(FiscalKind)
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
