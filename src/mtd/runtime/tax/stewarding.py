"""Stewarding: folios that expired become explained gaps, and those that run low are told."""

import asyncio

import structlog

from mtd.runtime.app import TENANT, App
from mtd.runtime.tax.forecasting import Forecast, earliest_day, forecasts
from mtd.store.engine.worker import Worker
from mtd.store.tax import folios

LOG = structlog.get_logger()
LOOK_S = 30.0
ACTOR = "housekeeping"
EXPIRED = "the range expired"


class Steward:
    """Looks after every issuer's folios; whoever has the first slot is it."""

    def __init__(self, app: App, worker: Worker) -> None:
        self._app = app
        self._worker = worker
        self._told: dict[tuple[str, str, str, str], str] = {}
        """What was said last of each series."""

    async def keep(self) -> None:
        """Look for ever."""
        while True:
            await asyncio.sleep(LOOK_S)
            if min(self._worker.slots, default=None) != 0:
                self._told.clear()
                continue
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001 whatever it is, the next look tells
                LOG.warning("folios are not looked after", problem=type(error).__name__)

    async def look(self) -> None:
        """Give up what expired, and say what became scarce since the last look."""
        today = earliest_day(self._app)
        async with self._app.store.door(TENANT) as connection:
            gaps = await folios.give_up_expired(connection, TENANT, today, ACTOR, EXPIRED)
        for gap in gaps:
            LOG.warning(
                "folios expired unused: they are to be annulled with the authority",
                issuer=gap.issuer, type=gap.type_code, first=gap.first, last=gap.last,
                reason=gap.reason,
            )  # fmt: skip
        for one in await forecasts(self._app, TENANT):
            self._tell(one)

    def _tell(self, one: Forecast) -> None:
        """Once when it runs low, and once when nothing is left."""
        place = (one.issuer, one.type_code, one.series, one.environment)
        standing = "no folio is left" if not one.left else "folios run low" if one.is_low else ""
        if standing and self._told.get(place) != standing:
            LOG.warning(
                standing, issuer=one.issuer, type=one.type_code, left=one.left, of=one.size,
                days_left=None if one.days_left is None else round(one.days_left, 1),
            )  # fmt: skip
        self._told[place] = standing
