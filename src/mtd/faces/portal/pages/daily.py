"""The daily report: one day on one page, to be printed, exported, or read in the mail."""

from collections.abc import Iterator
from datetime import date, timedelta

from litestar import Response, Router

from mtd.faces.portal.needs import page
from mtd.faces.portal.provided import Asked, Painted, Served, Sharing, Someone
from mtd.faces.portal.spreadsheet import whole
from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.figures.compliance import Compliance
from mtd.runtime.desk.orders.filters import BadFilter
from mtd.runtime.desk.people.person import Person
from mtd.runtime.desk.sharing import Shared
from mtd.runtime.reports.daily import (
    FIRST_YEAR,
    LAST_YEAR,
    DailyReport,
    daily_report,
    the_day_before,
)
from mtd.runtime.reports.mailing import letters_of

NEEDS = "statistics.see"
HEADINGS = ("section", "group", "measure", "value", "currency")
PROMISES = ("kept", "missed", "overdue", "at_risk", "on_time", "dropped")
SOLD = ("received", "invoiced", "cancelled")
STALE_S = 10.0
"""How old a day's figures may be that are shown while they are counted anew."""


@page("/statistics/daily", NEEDS)
async def shown(
    request: Asked, desk: Served, painter: Painted, person: Someone, shared: Sharing
) -> Response[str]:
    """A day; yesterday, unless the address says another."""
    day = _day(request, desk)
    told = await _report(desk, person, shared, day)
    everywhere = person.stores is None
    return await painter.page(
        request,
        "daily.html",
        told=told,
        before=day - timedelta(days=1),
        after=day + timedelta(days=1),
        sent=await letters_of(desk.app, desk.tenant, day) if everywhere else [],
    )


@page("/statistics/daily/csv", NEEDS, media_type="text/csv")
async def spreadsheet(
    request: Asked, desk: Served, painter: Painted, person: Someone, shared: Sharing
) -> Response[str]:
    """Every figure of the page, a row each."""
    day = _day(request, desk)
    await desk.record(person, "statistics.export", "daily", after={"day": day.isoformat()})
    words = painter.words(request)
    named = [words(f"daily.column.{name}") for name in HEADINGS]
    rows = _rows(await _report(desk, person, shared, day))
    return whole(request, f"daily-{day}", named, rows)


async def _report(desk: Desk, person: Person, shared: Shared, day: date) -> DailyReport:
    return await shared.get(
        ("daily", person.stores, day),
        lambda: daily_report(desk.app, desk.tenant, day, person.stores),
        stale_s=STALE_S,
    )


def _day(request: Asked, desk: Desk) -> date:
    text = request.query_params.get("day")
    if not text:
        return the_day_before(desk.app.clock.now(), desk.zone)
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise BadFilter(f"day: {text}") from error
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise BadFilter(f"day: {text}")
    return day


def _rows(told: DailyReport) -> Iterator[tuple[object, ...]]:
    for one in told.counts:
        yield "orders", "", one.name, one.n, ""
        yield "orders", "", f"{one.name}_usual", one.usual, ""
    for money in told.amounts:
        yield "orders", "", "received_amount", money.amount, money.currency
    yield from _promised("", told.promises)
    for group in told.promises_by_store:
        yield from _promised(group.group, group)
    for cause in told.causes:
        name = f"{cause.code} {cause.step}"
        yield "exceptions", name, "orders", cause.orders, ""
        yield "exceptions", name, "open", cause.open, ""
    for by, lines in told.sales.items():
        for line in lines:
            for name in SOLD:
                amount = getattr(line, f"{name}_amount")
                yield f"sales_{by}", line.group, name, getattr(line, name), ""
                yield f"sales_{by}", line.group, f"{name}_amount", amount, line.currency
    for series in told.folios:
        name = " ".join(filter(None, (series.issuer, series.type_code, series.series)))
        yield "folios", name, "left", series.left, ""
        yield "folios", name, "days_left", series.days_left, ""
    for queue in told.unsettled:
        yield "tax_documents", queue.issuer, queue.stage, queue.documents, ""


def _promised(group: str, one: Compliance) -> Iterator[tuple[object, ...]]:
    for name in PROMISES:
        yield "promises", group, name, getattr(one, name), ""
    yield "promises", group, "share", None if one.share is None else round(one.share, 4), ""


ROUTER = Router(path="/", route_handlers=[shown, spreadsheet])
