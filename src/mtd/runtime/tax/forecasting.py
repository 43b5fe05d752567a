"""Forecasting: for how long the folios of each series last, and which of them run low."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import msgspec
from prometheus_client import CollectorRegistry, Gauge

from mtd.connectors.tax.issuers import native_issuers
from mtd.runtime.app import App
from mtd.store.sessions import Asker
from mtd.store.tax import folios
from mtd.store.tax.folios import SAMPLE_MAX, Supply

LATELY = timedelta(days=7)
"""The use that a forecast rests on."""
LOW_SHARE = 0.20
"""Below this part of what was authorised and not used up, folios are running out."""
DAY_S = 86_400.0


class Forecast(msgspec.Struct, frozen=True, kw_only=True):
    """A series of folios, and how long it lasts."""

    issuer: str
    """Tax id."""
    type_code: str
    series: str
    environment: str
    left: int
    size: int
    """Authorised with the ranges that have a folio left."""
    expires_on: date | None
    """When the first of those ranges expires."""
    days_left: float | None
    """Until the last folio is gone at the recent pace; None: nothing was used lately."""

    @property
    def share(self) -> float:
        """What part is left; 0 where nothing is."""
        return self.left / self.size if self.size else 0.0

    @property
    def is_low(self) -> bool:
        """Whether somebody is to ask the authority for more."""
        return self.share < LOW_SHARE


async def forecasts(app: App, tenant: int) -> list[Forecast]:
    """Every series that folios were ever authorised for, by issuer and type."""
    async with app.store.window(tenant) as connection:
        return await forecast(app, connection, tenant)


async def running_low(app: App, tenant: int) -> list[Forecast]:
    """The series of which less than a fifth, or nothing, is left: the rule `folios_low`."""
    return [one for one in await forecasts(app, tenant) if one.is_low]


async def forecast(app: App, asker: Asker, tenant: int) -> list[Forecast]:
    """As `forecasts`, on a connection that is there already."""
    now = app.clock.now()
    found = await folios.supplies(asker, tenant, earliest_day(app), now - LATELY)
    return [_forecast(one, now) for one in found]


def earliest_day(app: App) -> date:
    """The day that every issuer has at least: what expired by it did so for all of them."""
    now = app.clock.now()
    zones = [one.practice.zone for one in native_issuers(app.settings.issuers).values()]
    return min((now.astimezone(zone).date() for zone in zones), default=now.astimezone(UTC).date())


def folio_gauges(forecasts: Iterable[Forecast]) -> CollectorRegistry:
    """How many folios of each series are left, what part of it, and for how many days."""
    registry = CollectorRegistry()
    left, share, days = (
        Gauge(f"mtd_folios_{name}", told, ["issuer", "type"], registry=registry)
        for name, told in (
            ("left", "Folios that may be used"),
            ("left_ratio", "Part of the authorised ones that is left; below 0.2 they run out"),
            ("left_days", "Days until the last is gone at the recent pace; absent without one"),
        )
    )
    for one in forecasts:
        of = (one.issuer, "-".join(filter(None, (one.type_code, one.series))))
        left.labels(*of).set(one.left)
        share.labels(*of).set(one.share)
        if one.days_left is not None:
            days.labels(*of).set(one.days_left)
    return registry


def _forecast(supply: Supply, now: datetime) -> Forecast:
    a_day = _pace(supply, now)
    return Forecast(
        issuer=supply.issuer,
        type_code=supply.type_code,
        series=supply.series,
        environment=supply.environment,
        left=supply.left,
        size=supply.size,
        expires_on=supply.expires_on,
        days_left=supply.left / a_day if a_day else None,
    )


def _pace(supply: Supply, now: datetime) -> float:
    """Folios a day: of the last days, or of the time that as many as are looked at took."""
    if supply.used < SAMPLE_MAX or supply.used_since is None:
        return supply.used / (LATELY.total_seconds() / DAY_S)
    took_s = max(1.0, (now - supply.used_since).total_seconds())
    return supply.used * DAY_S / took_s
