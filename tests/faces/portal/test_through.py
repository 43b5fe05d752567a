"""Click-throughs: each number of Statistics leads to the list that has exactly those orders."""

import csv
import html
import io
import re
from collections.abc import AsyncGenerator

import aiohttp
import pytest

from mtd.faces.portal.spreadsheet import BOM
from tests.faces.portal.browsing_session import soon, text
from tests.faces.portal.rights import admin
from tests.faces.portal.stand import Stand

WIDE = "from=2026-01-01&to=2027-12-31"
NUMBER = re.compile(r'<a href="(/orders\?[^"]+)">([\d.]+)</a>')
ROW = re.compile(r'<a href="(/orders\?[^"]+)">[^<]+</a></th>(.*?)</tr>', re.DOTALL)
CELL = re.compile(r'<td class="num">([\d.]+)</td>')


async def _listed(session: aiohttp.ClientSession, link: str) -> int:
    """How many orders the spreadsheet of a list has."""
    content = await text(session, link.replace("/orders?", "/orders.csv?", 1))
    return len(list(csv.reader(io.StringIO(content.removeprefix(BOM)), delimiter=";"))) - 1


async def _numbers(session: aiohttp.ClientSession, path: str) -> dict[str, int]:
    """Each number of a page that leads to a list, by where it leads."""
    page = await text(session, path)
    return {html.unescape(to): int(n.replace(".", "")) for to, n in NUMBER.findall(page)}


async def _all_equal(session: aiohttp.ClientSession, path: str, *wanted: str) -> None:
    """Every number is that of its list, and there are some of each that is wanted."""

    async def same() -> bool:
        """Other tests place orders meanwhile, and counts are a second behind."""
        told = await _numbers(session, path)
        listed = {to: await _listed(session, to) for to in told}
        return told == listed and all(any(one in to for to in told) for one in wanted)

    await soon(same)


@pytest.fixture
async def promised(stand: Stand) -> AsyncGenerator[None]:
    """Open orders are promised: some are late, some at risk, some in time; some have a carrier."""
    rows = await admin(
        stand,
        "SELECT order_id, awaited, carrier, promised_at FROM open_order WHERE store = 'paris'"
        " ORDER BY order_id LIMIT 3",
    )
    for row, due, carrier in zip(
        rows, ("-1 hour", "20 minutes", "2 days"), ("", "chilexpress", "chilexpress"), strict=True
    ):
        await admin(
            stand,
            "UPDATE open_order SET awaited = true, carrier = $2,"
            " promised_at = now() + $3::text::interval WHERE order_id = $1",
            row["order_id"], carrier, due,
        )  # fmt: skip
    yield
    for row in rows:
        await admin(
            stand,
            "UPDATE open_order SET awaited = $2, carrier = $3, promised_at = $4"
            " WHERE order_id = $1",
            *row.values(),
        )


@pytest.mark.parametrize("by", ["store", "channel", "carrier"])
async def test_open_promises_lead_to_their_orders(
    sofia: aiohttp.ClientSession, promised: None, by: str
) -> None:
    standings = ("promise=overdue", "promise=at_risk", "promise=on_time")
    more = ("carrier=chilexpress", "carrier=-") if by == "carrier" else (f"&{by}=",)
    await _all_equal(sofia, f"/statistics/dispatch?{WIDE}&by={by}", *standings, *more)


async def test_who_sees_one_store_is_led_to_its_orders_alone(
    ana: aiohttp.ClientSession, promised: None
) -> None:
    await _all_equal(ana, f"/statistics/dispatch?{WIDE}&by=carrier", "promise=overdue")


async def test_counterparts_lead_to_the_orders_that_stand_before_them(
    sofia: aiohttp.ClientSession,
) -> None:
    await _all_equal(sofia, "/statistics/steps?period=week", "system=eom")


async def test_sales_lead_to_their_orders_by_document_too(sofia: aiohttp.ClientSession) -> None:
    async def same() -> bool:
        page = await text(sofia, "/statistics/sales?period=week&by=document")
        told = {html.unescape(to): CELL.findall(cells)[0] for to, cells in ROW.findall(page)}
        listed = {to: await _listed(sofia, to) for to in told}
        return {to: int(n.replace(".", "")) for to, n in told.items()} == listed and any(
            "document=RECEIPT" in to for to in told
        )

    await soon(same)


async def _keys(session: aiohttp.ClientSession, query: str) -> set[str]:
    content = await text(session, f"/orders.csv?{query}")
    rows = list(csv.reader(io.StringIO(content.removeprefix(BOM)), delimiter=";"))
    return {row[1] for row in rows[1:]}


@pytest.mark.parametrize("other", ["view=troubled", "store-not=umbrale", "view=late"])
async def test_what_narrows_open_orders_holds_beside_the_other_filters(
    sofia: aiohttp.ClientSession, promised: None, other: str
) -> None:
    due = "due_from=2026-01-01&due_to=2027-12-31"

    async def both() -> bool:
        found = [await _keys(sofia, query) for query in (due, other, f"{due}&{other}")]
        return bool(found[2]) and found[2] == found[0] & found[1] < found[0]

    await soon(both)


async def test_what_a_filter_cannot_mean_is_refused(sofia: aiohttp.ClientSession) -> None:
    for query in ("promise=broken", "document=NOTE", "due_from=x", "due_to=2026-13-01"):
        async with sofia.get(f"/orders?{query}") as answer:
            assert answer.status == 400, query
    page = await text(sofia, "/orders?promise=overdue&carrier=-&document=RECEIPT&system=eom")
    assert "Sin transportista" in page and "Boleta" in page and "Vencidas" in page


IN_HOUR = re.compile(
    r'<a [^>]*href="(/orders\?[^"]*hour=[^"]+)">(?:<span.*?class="figure">)?([\d.]+)<'
)


async def test_what_came_in_an_hour_leads_to_those_orders(
    sofia: aiohttp.ClientSession, ana: aiohttp.ClientSession
) -> None:
    for session, stores in ((sofia, 2), (ana, 1)):

        async def same(session: aiohttp.ClientSession = session, stores: int = stores) -> bool:
            page = await text(session, "/")
            told = {html.unescape(to): int(n.replace(".", "")) for to, n in IN_HOUR.findall(page)}
            listed = {to: await _listed(session, to) for to in told}
            of_stores = {to for to in told if "store=" in to}
            return told == listed and len(of_stores) >= stores and "/orders?hour=last" in told

        await soon(same)


async def test_an_hour_is_a_condition_that_can_be_taken_out(sofia: aiohttp.ClientSession) -> None:
    page = await text(sofia, "/orders?hour=2026-11-27T15&store=paris")
    assert "27-11-2026 15:00–15:59" in page
    assert 'name="hour" value="2026-11-27T15"' in page
    assert "la última hora" in await text(sofia, "/orders?hour=last")


@pytest.mark.parametrize(
    "path",
    [
        "/orders?from=1969-01-01", "/orders?to=9999-12-31", "/orders?hour=9999-12-31T23",
        "/orders.csv?from=0026-11-28", "/audit?from=0026-11-28", "/audit?to=9999-12-31",
        "/statistics/dispatch?from=9999-12-30&to=9999-12-31",
        "/statistics/sales?from=0001-01-01&to=0001-01-02",
    ],
)  # fmt: skip
async def test_days_that_no_order_can_be_of_are_refused_in_words(
    sofia: aiohttp.ClientSession, path: str
) -> None:
    async with sofia.get(path) as answer:
        assert answer.status == 400, await answer.text()
