"""135 UF: whoever buys for more is named, by the UF of the day that the customer's file gives."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest

from mtd.connectors.tax.issuers import native_issuers
from mtd.connectors.tax.settings import IssuerSettings
from mtd.core.tax.countries.cl.practice import uf_on
from mtd.core.tax.issuing import FiscalPlan, Invalid
from tests.runtime.operations.test_papers import LINE, request
from tests.runtime.tax.issuers import RUT, options

NOON = datetime(2026, 11, 27, 15, tzinfo=UTC)
TODAY = date(2026, 11, 27)
UF = Decimal("39612.35")


@pytest.mark.parametrize(("days_ago", "known"), [(0, True), (31, True), (32, False), (-1, False)])
def test_the_value_is_the_days_or_the_latest_of_a_month(days_ago: int, known: bool) -> None:
    given = {TODAY - timedelta(days=days_ago): UF, TODAY - timedelta(days=400): Decimal(1)}
    assert uf_on(given, NOON) == (UF if known else None)


def test_a_day_is_chiles() -> None:
    late = datetime(2026, 11, 28, 1, tzinfo=UTC)
    assert uf_on({TODAY: UF, date(2026, 11, 28): Decimal(2)}, late) == UF


@pytest.mark.parametrize(("price", "refused"), [(5_347_667, False), (5_347_668, True)])
def test_above_135_of_them_a_boleta_names_its_buyer(price: int, refused: bool) -> None:
    given = {"paris": IssuerSettings(options=options(RUT, uf={"2026-11-27": "39612.35"}))}
    practice = native_issuers(given)["paris"].practice
    line = msgspec.structs.replace(LINE, unit_price=Decimal(price))
    made = practice.plan(request(lines=(line,), occurred_at=NOON))
    assert isinstance(made, Invalid if refused else FiscalPlan)
    if isinstance(made, Invalid):
        assert "135 UF" in str(made.faults[0])
    else:
        assert not any("UF" in str(one) for one in made.warnings)
