"""Folios: few are left of a kind of document, or those left will not last."""

from datetime import datetime

from mtd.runtime.alerts.kinds.readings import history
from mtd.runtime.alerts.measuring import History, Measure, Sight
from mtd.runtime.settings.alerts import FoliosLow
from mtd.runtime.tax.forecasting import Forecast, forecast
from mtd.store.alerts.sightings import Reading


async def measure(sight: Sight, asked: FoliosLow) -> list[Measure]:
    """Each series that folios were ever authorised for, and the part of them that is left."""
    return [
        Measure(
            scope="/".join(filter(None, (one.issuer, one.type_code, one.series))),
            observed=one.share,
            bound=asked.share,
            fires=_is_low(asked, one),
            affected=one.left,
            facts={
                "left": one.left,
                "days": None if one.days_left is None else round(one.days_left, 1),
                "expires_on": one.expires_on.isoformat() if one.expires_on else None,
            },
        )
        for one in await forecast(sight.app, sight.connection, sight.tenant)
    ]


async def past(sight: Sight, asked: FoliosLow, since: datetime, until: datetime) -> History:
    """From what was measured: the part that was left, not for how long it would have lasted."""

    def fired(one: Reading) -> tuple[float, bool]:
        return one.least, one.least < asked.share

    return await history(sight, reads(asked), since, until, fired)


def reads(_: FoliosLow) -> str:
    """The name of its readings."""
    return "folios"


def _is_low(asked: FoliosLow, one: Forecast) -> bool:
    lasts = one.days_left is None or one.days_left >= asked.days
    return one.share < asked.share or not lasts
