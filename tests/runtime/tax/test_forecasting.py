"""Forecasting and stewarding: folios that run low or expire are told, in time and once."""

from collections.abc import AsyncGenerator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from mtd.core.tax.countries.cl.content import ZONE
from mtd.runtime.app import App
from mtd.runtime.tax import forecasting, stewarding
from mtd.runtime.tax.forecasting import forecasts, running_low
from mtd.runtime.tax.stewarding import Steward
from mtd.store.sessions import Session
from mtd.store.tax import folios
from tests.core.process.sketch import Sketch
from tests.runtime.conftest import Founded
from tests.runtime.plant import named
from tests.runtime.tax.issuers import RUT, issuers, issuing_app
from tests.store.making import a_worker, new_id
from tests.store.papers import a_range


@pytest.fixture
async def app(database: str, tmp_path: Path) -> AsyncGenerator[App]:
    async with issuing_app(database, tmp_path, issuers()) as opened:
        yield opened


async def opened(app: App, first: int, last: int, **other: Any) -> None:
    far = datetime.now(UTC).date() + timedelta(days=100)
    async with app.store.door(1) as connection:
        new = a_range(first, last, **{"expires_on": far, **other})
        assert await folios.open_range(connection, 1, new, "me")


async def use(admin: Session, first: int, last: int, ago: timedelta) -> None:
    """These folios became documents', that long ago."""
    await admin.fetch(
        "INSERT INTO tax_document (tenant_id, folio, issued_at, changed_at, instance_id, total,"
        " issuer, type_code, series, effect, provider, currency, state)"
        " SELECT 1, n, now() - $5::interval, now(), $3::uuid, 1, $4, '39', '', n::text,"
        " 'cl.native', 'CLP', 'SIGNED' FROM generate_series($1::bigint, $2::bigint) AS n",
        *(first, last, new_id(), RUT, ago),
    )
    moved = "UPDATE folio_range SET next = $1 + 1 WHERE $1 BETWEEN first AND last"
    await admin.fetch(moved, last)


@pytest.fixture
async def admin(server: Any, database: str) -> AsyncGenerator[Session]:
    session = Session(server.admin(database), {})
    yield session
    await session.close()


async def test_below_a_fifth_folios_are_low_and_more_of_them_are_enough(
    app: App, admin: Session
) -> None:
    await opened(app, 1, 100)
    assert await running_low(app, 1) == []
    await use(admin, 1, 80, timedelta(hours=1))
    assert await running_low(app, 1) == []
    await use(admin, 81, 81, timedelta(hours=1))
    (low,) = await running_low(app, 1)
    assert (low.issuer, low.type_code, low.left, low.size) == (RUT, "39", 19, 100)
    assert abs((low.days_left or 0) - 19 / (81 / 7)) < 1e-6
    await opened(app, 101, 200)
    assert await running_low(app, 1) == []


async def test_a_series_without_a_folio_is_low(app: App) -> None:
    await opened(app, 1, 100, expires_on=date(2020, 1, 1))
    (none,) = await running_low(app, 1)
    assert (none.left, none.size, none.share, none.days_left) == (0, 0, 0.0, None)


async def test_more_documents_than_are_looked_at_tell_their_own_pace(
    app: App, admin: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folios, "SAMPLE_MAX", 10)
    monkeypatch.setattr(forecasting, "SAMPLE_MAX", 10)
    await opened(app, 1, 100)
    await use(admin, 1, 50, timedelta(hours=12))
    (found,) = await forecasts(app, 1)
    assert abs((found.days_left or 0) - 50 / 20) < 0.1


async def test_what_runs_low_is_told_once_and_again_when_nothing_is_left(
    app: App, admin: Session
) -> None:
    await opened(app, 1, 100)
    async with a_worker(app.store) as worker:
        steward = Steward(app, worker)

        async def told() -> Sequence[Any]:
            with capture_logs() as logs:
                await steward.look()
            return [(one["event"], one["left"], one["of"]) for one in logs]

        assert await told() == []
        await use(admin, 1, 90, timedelta(hours=1))
        assert await told() == [("folios run low", 10, 100)]
        assert await told() == []
        await use(admin, 91, 100, timedelta(hours=1))
        assert await told() == [("no folio is left", 0, 0)]
        await opened(app, 101, 200)
        assert await told() == []


async def test_the_house_is_kept_where_ranges_expired(
    found: Founded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker gives up what is free of it, each gap with its reason, and what it holds later."""
    monkeypatch.setattr(stewarding, "LOOK_S", 0.05)
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.add("endEvent", "end")
    sketch.chain("start", "end")
    plant = await found(named(sketch, "any"), issuers=issuers())
    today = datetime.now(UTC).astimezone(ZONE).date()
    await opened(plant.app, 1, 10, expires_on=today)
    async with plant.worker() as employed:
        await plant.until("SELECT count(*) = 1 FROM folio_gap")
        await opened(plant.app, 11, 20)
        await plant.rows(
            "INSERT INTO folio_block (tenant_id, issuer, type_code, series, first, last,"
            " range_first, worker) VALUES (1, $1, '39', '', 11, 15, 11, $2)",
            *(RUT, employed.id),
        )
        await plant.rows(
            "UPDATE folio_range SET next = 16, expires_on = $1 WHERE first = 11", today
        )
        await plant.until("SELECT count(*) = 2 FROM folio_gap")
    gaps = await plant.rows("SELECT first, last, reason, actor FROM folio_gap ORDER BY first")
    assert [(row["first"], row["last"]) for row in gaps] == [(1, 10), (16, 20)]
    assert {(row["reason"], row["actor"]) for row in gaps} == {
        (f"the range expired on {today}", "housekeeping")
    }
    async with plant.worker():
        await plant.until("SELECT count(*) = 3 FROM folio_gap")
    assert await plant.value("SELECT first FROM folio_gap ORDER BY first OFFSET 1") == 11
    async with plant.app.store.door(1) as connection:
        assert await folios.unexplained(connection, 1) == []
