"""Failed and refused attempts: each number of a counterpart or step leads to as many of them."""

import csv
import io
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from html import unescape

import aiohttp
import pytest
from playwright.sync_api import Browser

from mtd.faces.portal.spreadsheet import BOM
from mtd.runtime.desk.figures.attempts import read_place, written
from mtd.runtime.desk.orders.filters import BadFilter
from tests.faces.portal.browser import NARROW, WIDE, visiting
from tests.faces.portal.browsing_session import soon, text
from tests.faces.portal.stand import Stand
from tests.faces.portal.test_numbers import administering

LINK = re.compile(r'<a href="(/statistics/attempts\?[^"]*)">([\d.]+)</a>')
PAGES_MAX = 40
MANY = 130
"""More than two pages; of each of three stores, at the same moment."""
DAY = date(2026, 3, 12)


async def test_each_number_of_failures_leads_to_as_many_attempts(
    sofia: aiohttp.ClientSession, ana: aiohttp.ClientSession
) -> None:
    totals: list[int] = []
    for session in (sofia, ana):
        differing: list[str] = []

        async def agree(
            session: aiohttp.ClientSession = session, said: list[str] = differing
        ) -> bool:
            """Figures may be those that another test looked at a moment ago."""
            numbers = _numbers(await text(session, "/statistics/steps?period=week"))
            assert any("system=eom" in href for href, _ in numbers)
            assert any("element=" in href for href, _ in numbers)
            lists = [(href, n, len(await _walked(session, href))) for href, n in numbers]
            said[:] = [f"{href}: {n}, not {found}" for href, n, found in lists if n != found]
            return not said

        try:
            await soon(agree)
        finally:
            assert not differing
        asked = "system=eom&period=week"
        rows = await _table(session, f"/statistics/attempts/csv?{asked}")
        assert {row[3] for row in rows} == {"eom.reserve"}
        assert {row[5] for row in rows} <= {"failed", "unknown"}
        assert len(rows) == len(await _walked(session, f"/statistics/attempts?{asked}"))
        totals.append(len(rows))
    assert totals[0] > totals[1] > 0, "other stores have failures, too"


async def test_an_attempt_leads_to_its_row_of_the_order(
    stand: Stand, sofia: aiohttp.ClientSession
) -> None:
    page = await text(sofia, "/statistics/attempts?system=eom&period=week")
    found = re.search(r'href="(/orders/[^"#]*)#(row-\d+)"', page)
    assert found is not None
    order = await text(sofia, unescape(found[1]))
    row = order.partition(f'id="{found[2]}"')[2].partition("</li>")[0]
    assert 'class="try"' in row, "the request and the response are there"
    assert order.partition('id="row-')[2].startswith(found[2].removeprefix("row-") + '"')


async def test_many_are_walked_in_pages_and_of_one_s_stores_alone(
    stand: Stand, sofia: aiohttp.ClientSession, ana: aiohttp.ClientSession
) -> None:
    async with _many_failed(stand):
        asked = f"from={DAY}&to={DAY}"
        for session, n in ((sofia, 3 * MANY), (ana, MANY)):
            numbers = _numbers(await text(session, f"/statistics/steps?{asked}"))
            assert sorted(told for _, told in numbers) == sorted([n // 2] * 3)
            for href, told in numbers:
                walked = await _walked(session, href)
                assert len(walked) == told == len(set(walked)), href
                assert f">{told} intentos<" in await text(session, href)
        nobody = f"/statistics/attempts?from={DAY + timedelta(1)}&to={DAY + timedelta(1)}"
        assert not await _walked(sofia, nobody)


@pytest.mark.parametrize("wrong", ["outcome=done", "below=x", "below=2026-01-01_x_1", "from=x"])
async def test_what_an_address_does_not_say_is_refused(
    sofia: aiohttp.ClientSession, wrong: str
) -> None:
    async with sofia.get(f"/statistics/attempts?{wrong}") as answer:
        assert answer.status == 400


def test_a_place_is_read_as_it_was_written() -> None:
    text = "2026-03-12T12:00:00.123456+00:00_00000000-0000-4000-8000-000000000001_7"
    place = read_place(text)
    assert place is not None and written(place) == text
    with pytest.raises(BadFilter):
        read_place("2026-03-12T12:00:00_00000000-0000-4000-8000-000000000001_7")


def test_the_list_fits_and_has_no_fault(browser: Browser, stand: Stand) -> None:
    for size in (WIDE, NARROW):
        with visiting(browser, stand.url, size=size) as visitor:
            page = visitor.sign_in("sofia")
            page.goto("/statistics/attempts?system=eom&period=week")
            page.locator(".lamp.live").wait_for()
            visitor.shot(f"attempts_{size[0]}")
            assert not visitor.faults()
            assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


def _numbers(page: str) -> list[tuple[str, int]]:
    return [(unescape(href), int(n.replace(".", ""))) for href, n in LINK.findall(page)]


async def _walked(session: aiohttp.ClientSession, href: str) -> list[str]:
    """The rows of the list, page after page."""
    rows: list[str] = []
    for _ in range(PAGES_MAX):
        page = await text(session, href)
        rows += page.partition("<tbody")[2].partition("</tbody>")[0].split("<tr data-row")[1:]
        following = re.search(r'rel="next" href="([^"]*)"', page)
        if following is None:
            return rows
        href = unescape(following[1])
    raise AssertionError(f"{href}: more than {PAGES_MAX} pages")


async def _table(session: aiohttp.ClientSession, href: str) -> list[list[str]]:
    content = (await text(session, href)).removeprefix(BOM)
    return list(csv.reader(io.StringIO(content), delimiter=";"))[1:]


@asynccontextmanager
async def _many_failed(stand: Stand) -> AsyncGenerator[None]:
    """Attempts of orders of three stores, half of them refused, and their sums."""
    known = {
        store: stand.run(stand.shop.order(stand.known[f"well-{n}"].key))["id"]
        for n, store in enumerate(("paris", "umbrale", "carters"))
    }
    at = f"'{DAY} 15:00+00'::timestamptz"
    async with administering(stand) as admin:
        try:
            await admin.execute(
                "INSERT INTO failed_attempt SELECT 1, 100000 + n, "
                f"{at}, s.id, CASE WHEN n % 2 = 0 THEN 'refused' ELSE 'unknown' END, e.definition,"
                " e.element, s.store FROM unnest($1::uuid[], $2::text[]) AS s (id, store),"
                " generate_series(1, $3::integer) n, (SELECT * FROM element_service"
                " WHERE service = 'eom.reserve' ORDER BY definition, element LIMIT 1) e",
                list(known.values()), list(known), MANY,
            )  # fmt: skip
            await admin.execute(
                "INSERT INTO step_tally SELECT 1, 0, 0, count(*),"
                " count(*) FILTER (WHERE outcome = 'refused'),"
                " count(*) FILTER (WHERE outcome <> 'refused'), 0, 0, "
                f"{at}, 'hour', definition, element, store, '{{}}', '{{}}', '{{}}', '{{}}'"
                " FROM failed_attempt WHERE seq > 100000 GROUP BY definition, element, store"
            )
            yield
        finally:
            await admin.execute(f"DELETE FROM step_tally WHERE since = {at}")
            await admin.execute("DELETE FROM failed_attempt WHERE seq > 100000")
