"""Mailing the daily report: once a day to each recipient, whoever of the workers does it.

What a day is told by is written down before it is told, one row for each day and recipient; so two
workers make one letter, and every attempt at it says the same under the same Message-ID.
"""

import asyncio
import os
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

import msgspec
import structlog

from mtd.core.money import Currency
from mtd.runtime.app import App
from mtd.runtime.mailing import CLAIM, Letter, Mailing, Unsent, attempted, clock, portal_link
from mtd.runtime.reports.daily import DailyReport, report, the_day_before
from mtd.runtime.rounds import rounds
from mtd.runtime.settings.reports import Reader
from mtd.store.reports import letters
from mtd.store.reports.letters import Claimed, Verdict
from mtd.store.reports.letters import Letter as Told

LOG = structlog.get_logger()

LOOK_S = 5.0
PATIENCE = timedelta(hours=1)
"""So long after its time a day that is not counted to its end is waited for; then it says so."""
STORE = "reports"
"""Folder of templates of their own; else the default ones."""
KIND = "daily_report"


async def keep_reporting(app: App, tenant: int, stopping: asyncio.Event) -> None:
    """Mail the daily report until told to stop."""
    reporting = Reporting(app, tenant, os.environ)
    try:
        await rounds(reporting.look, LOOK_S, stopping, "the daily report waits")
    finally:
        await reporting.close()


class Reporting:
    """What mails a tenant's daily report, beside others that do."""

    def __init__(self, app: App, tenant: int, environment: Mapping[str, str]) -> None:
        self._app = app
        self._tenant = tenant
        self._mailing = Mailing(app, environment)
        self._zone = ZoneInfo(app.settings.time_zone)
        self._told: date | None = None
        """The last day of which it is known that everybody is told, or was."""

    async def close(self) -> None:
        """Let go of the mail server."""
        await self._mailing.close()

    async def look(self, now: datetime | None = None) -> int:
        """Write what is to be told, send what is due; how many attempts were made."""
        now = now or self._app.clock.now()
        settings = self._app.settings.reports
        if not settings.recipients:
            return 0
        since = passed(now, self._zone, settings.daily_at)
        day = the_day_before(now, self._zone)
        if since >= timedelta(0) and day != self._told:
            await self._write(day, now, insist=since >= PATIENCE)
        return await self._send(now)

    async def _write(self, day: date, now: datetime, *, insist: bool) -> None:
        """Everybody who is not told of the day yet is to be."""
        readers = self._app.settings.reports.recipients
        async with self._app.store.door(self._tenant) as connection:
            told = await letters.told(connection, self._tenant, day)
            missing = {name: one for name, one in readers.items() if name not in told}
            contents: dict[str, bytes] = {}
            for stores in {one.stores for one in missing.values()}:
                made = await report(connection, self._app, self._tenant, day, stores)
                if not made.whole and not insist:
                    return
                content = msgspec.json.encode(made)
                contents |= {n: content for n, one in missing.items() if one.stores == stores}
            await letters.add(connection, self._tenant, day, contents, now)
        self._told = day

    async def _send(self, now: datetime) -> int:
        async with self._app.store.door(self._tenant) as connection:
            due = await letters.claim(connection, self._tenant, now, now + CLAIM)
        if not due:
            return 0
        verdicts = await asyncio.gather(*(self._tried(one, now) for one in due))
        async with self._app.store.door(self._tenant) as connection:
            await letters.settle(connection, self._tenant, verdicts, now)
        return len(due)

    async def _tried(self, one: Claimed, now: datetime) -> Verdict:
        came = await attempted(self._sent(one), now, one.made_at, one.attempts)
        if came.state == "FAILED":
            about = {"day": str(one.day), "recipient": one.recipient}
            LOG.error("nobody was sent the daily report", problem=came.said, **about)
        return Verdict(
            day=one.day, recipient=one.recipient, state=came.state, said=came.said,
            due_at=came.due_at,
        )  # fmt: skip

    async def _sent(self, one: Claimed) -> str:
        reader = self._app.settings.reports.recipients.get(one.recipient)
        if reader is None:
            raise Unsent("the settings have no such recipient any more", final=True)
        told = msgspec.json.decode(one.content, type=DailyReport)
        return await self._mailing.send(
            Letter(
                key=f"daily:{one.day}:{one.recipient}",
                kind=KIND,
                store=STORE,
                language=reader.language,
                address=reader.mail,
                at=told.made_at,
                context=self._context(told, reader),
            )
        )

    def _context(self, told: DailyReport, reader: Reader) -> Mapping[str, object]:
        known = self._app.settings.stores

        def name(store: str) -> str:
            return known[store].name if store in known else store

        def number(value: float) -> str:
            text = f"{value:,.10g}"
            return text if reader.language == "en" else text.translate(_SWAPPED)

        def percent(share: float | None) -> str:
            return "-" if share is None else f"{number(round(share * 100, 1))} %"

        return {
            "report": told,
            "language": reader.language,
            "link": f"{portal_link(self._app)}/statistics/daily?day={told.day}",
            "zone": self._app.settings.time_zone,
            "clock": clock,
            "number": number,
            "percent": percent,
            "currency": Currency,
            "store_name": name,
        }


_SWAPPED = str.maketrans(",.", ".,")
"""How Chile writes thousands and decimals."""


def passed(now: datetime, zone: tzinfo, daily_at: str) -> timedelta:
    """How long ago the time of today's letter was, by the clock there; negative: it is to come."""
    local = now.astimezone(zone)
    return local.replace(tzinfo=None) - datetime.combine(local, time.fromisoformat(daily_at))


async def letters_of(app: App, tenant: int, day: date) -> list[Told]:
    """Whom a day was mailed to, and what came of that."""
    async with app.store.door(tenant) as connection:
        return await letters.of(connection, tenant, day)
