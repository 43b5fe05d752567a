"""The daily report by mail: once a day to each, by a real mail server, whoever sends it."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from email import message_from_string, policy
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mtd.connectors.settings import LegacySettings
from mtd.runtime.app import App, open_app
from mtd.runtime.reports.daily import daily_report
from mtd.runtime.reports.mailing import PATIENCE, Reporting, passed
from mtd.runtime.settings.alerts import AlertSettings
from mtd.runtime.settings.parts import Route
from mtd.runtime.settings.reports import Reader, ReportSettings
from mtd.runtime.settings.settings import Settings
from mtd.simulators.settings import TownSettings
from mtd.simulators.town import Running, serve
from mtd.store.counts.tallied import PromiseRow, add_orders, add_promises
from mtd.store.reports import letters
from mtd.store.sessions import COUNTER, Session
from tests.conftest import Server
from tests.runtime.alerts.scene import STORES
from tests.store.tallies import an_order_row

ZONE = ZoneInfo("America/Santiago")
DAY = date(2030, 3, 1)
NOON = datetime(2030, 3, 1, 12, tzinfo=ZONE)
MORNING = datetime(2030, 3, 2, 7, tzinfo=ZONE)
SENDERS = {"default": {"address": "no-responder@paris.example", "name": "París"}}
READERS = {
    "jefe": Reader(mail="jefe@paris.example"),
    "boss": Reader(mail="boss@paris.example", language="en", stores=("umbrale",)),
}


class Office:
    """An app whose report is read, its mail server, and who looks into the database."""

    def __init__(self, app: App, post: Running, admin: Session) -> None:
        self.app = app
        self.admin = admin
        self._mail: Any = post.stations["mail"].system

    def sent(self) -> list[Any]:
        """The letters that the server took, each once."""
        return list(self._mail.state()["recent"])

    def text(self, letter: Any) -> str:
        """What somebody reads."""
        content: str = self._mail.pages["letter"]({"id": letter.mail_id})["content"]
        return message_from_string(content, policy=policy.default).get_content()

    async def counted(self, until: datetime) -> None:
        """All of before then is counted."""
        await self.admin.fetch("UPDATE counter SET read_at = $1", until)

    async def rows(self) -> list[Any]:
        """What is kept of the letters."""
        return await self.admin.fetch("SELECT * FROM daily_letter ORDER BY day, recipient")


@pytest.fixture
async def office(server: Server, database: str, tmp_path: Path) -> AsyncGenerator[Office]:
    async with _office(database, server.admin(database), tmp_path) as one:
        await _count(database)
        yield one


@asynccontextmanager
async def _office(dsn: str, admin_dsn: str, home: Path) -> AsyncGenerator[Office]:
    post = await serve(TownSettings(latency_scale=0, default_faults=False))
    mail = LegacySettings(base_url=post.urls["mail"], options={"senders": SENDERS})
    settings = Settings(
        customer="test",
        processes=[],
        routes=[Route(process="any")],
        stores=STORES,
        legacy={"mail": mail},
        alerts=AlertSettings(link="https://portal.example"),
        reports=ReportSettings(daily_at="07:00", recipients=READERS),
    )
    app = await open_app(settings, home, dsn)
    admin = Session(admin_dsn, {})
    try:
        yield Office(app, post, admin)
    finally:
        await admin.close()
        await app.close()
        await post.close()


async def _count(dsn: str) -> None:
    """Two orders of paris and one of umbrale that day, and what was usual the weeks before."""
    session = Session(dsn, COUNTER)
    rows = [
        an_order_row(since=NOON, n=2, amount=Decimal(12_990)),
        an_order_row(since=NOON, n=1, amount=Decimal(1_000), store="umbrale", channel="kiosk"),
        an_order_row(since=NOON, n=1, state="CLOSED"),
        an_order_row(since=NOON + timedelta(hours=13), n=100),
        *[an_order_row(since=NOON - timedelta(weeks=week), n=week) for week in (1, 2, 3, 4)],
    ]
    promise = PromiseRow(
        tenant=1, grain="hour", since=NOON, country="CL", store="paris", channel="phone",
        carrier="", kept=3, missed=1, dropped=0,
    )  # fmt: skip
    async with session.use() as connection:
        await add_orders(connection, rows)
        await add_promises(connection, [promise])
    await session.close()


async def test_each_is_told_of_the_day_before_once_whoever_sends(office: Office) -> None:
    await office.counted(MORNING)
    workers = [Reporting(office.app, 1, {}) for _ in range(3)]
    early = MORNING - timedelta(seconds=1)
    assert sum([await one.look(early) for one in workers]) == 0 and not await office.rows()
    assert sum(await asyncio.gather(*(one.look(MORNING) for one in workers))) == 2
    later = MORNING + timedelta(hours=16)
    assert sum(await asyncio.gather(*(one.look(later) for one in workers))) == 0
    [boss, jefe] = sorted(office.sent(), key=lambda one: one.recipient)
    assert (jefe.subject, boss.subject) == ("Informe diario 01-03-2030", "Daily report 01-03-2030")
    told, hers = office.text(jefe), office.text(boss)
    assert "Recibidas: 3 (2,5)" in told and "Cerradas: 1 (0)" in told and "$13.990" in told
    assert "Cumplimiento: 75 %" in told and "https://portal.example/statistics/daily?day=" in told
    assert "Received: 1 (0)" in hers and "$1,000" in hers and "Paris" not in hers
    assert {row["state"] for row in await office.rows()} == {"SENT"}
    await office.counted(MORNING + timedelta(days=1))
    assert await workers[1].look(MORNING + timedelta(days=1)) == 2
    assert {row["day"] for row in await office.rows()} == {DAY, DAY + timedelta(days=1)}
    await asyncio.gather(*(one.close() for one in workers))


async def test_who_dies_before_it_is_known_is_followed_by_the_same_letter(office: Office) -> None:
    await office.counted(MORNING)
    killed = Reporting(office.app, 1, {})
    task = asyncio.create_task(killed.look(MORNING))
    async with asyncio.timeout(20):
        while len(office.sent()) < len(READERS):  # noqa: ASYNC110 it waits
            await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await killed.close()
    await office.admin.fetch("UPDATE daily_letter SET state = 'PENDING', settled_at = NULL")
    heir = Reporting(office.app, 1, {})
    assert await heir.look(MORNING + timedelta(seconds=30)) == 0
    assert await heir.look(MORNING + timedelta(seconds=90)) == 2
    await heir.close()
    assert [row["attempts"] for row in await office.rows()] == [2, 2]
    assert len({one.mail_id for one in office.sent()}) == len(READERS)


async def test_a_day_is_told_when_it_is_counted_or_says_that_it_is_not(office: Office) -> None:
    await office.counted(NOON)
    one = Reporting(office.app, 1, {})
    assert await one.look(MORNING + PATIENCE - timedelta(seconds=1)) == 0
    assert not await office.rows()
    assert await one.look(MORNING + PATIENCE) == 2
    await one.close()
    told = {office.text(letter) for letter in office.sent()}
    assert any("contado solo hasta el 01-03-2030 12:00" in text for text in told)
    assert any("counted only until 01-03-2030 12:00" in text for text in told)


async def test_what_was_kept_is_sent_and_not_what_came_since(office: Office) -> None:
    await office.counted(MORNING)
    made = await daily_report(office.app, 1, DAY, None)
    assert made.whole and [one.n for one in made.counts] == [3, 0, 0, 1, 0, 0]
    async with office.app.store.door(1) as connection:
        await letters.add(connection, 1, DAY, {"jefe": b"{}"}, MORNING)
    one = Reporting(office.app, 1, {})
    assert await one.look(MORNING) == 2
    await one.close()
    states = {row["recipient"]: (row["state"], row["said"]) for row in await office.rows()}
    assert states["boss"][0] == "SENT" and states["jefe"] == ("PENDING", "ValidationError")


@pytest.mark.parametrize(
    ("at", "hours"),
    [
        ("2030-03-02T10:00+00:00", 0),
        ("2030-03-02T09:00+00:00", -1),
        ("2030-04-07T11:00+00:00", 0),  # winter time began that night
        ("2030-03-02T02:30+00:00", 16.5),  # still the first of March there
    ],
)
def test_the_time_of_the_letter_is_by_the_clock_there(at: str, hours: float) -> None:
    now = datetime.fromisoformat(at).astimezone(UTC)
    assert passed(now, ZONE, "07:00") == timedelta(hours=hours)
