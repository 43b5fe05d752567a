"""Promises kept, missed and dropped: each number leads to a list, and a file, of as many orders."""

import re
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from html import unescape

import aiohttp
import pytest

from mtd.faces.portal.spreadsheet import BOM
from tests.faces.portal.browsing_session import text
from tests.faces.portal.stand import Stand
from tests.faces.portal.test_numbers import administering, walked

MANY = 230
"""More than what any list reads at once, of each of three days."""
LAST = date(2026, 3, 12)
FIRST = LAST - timedelta(days=2)
SPAN = f"from={FIRST}&to={LAST}"
NOBODY = "00000000-0000-4000-9000-999999999999"
GROUPS = ("store", "channel", "carrier", "day")
LINK = re.compile(r'<a[^>]*href="(/orders\?[^"]*promise=[^"]*)"[^>]*>([\d.]+)</a>')
BECAME = ("kept", "kept", "kept", "kept", "missed", "dropped")
"""In turn, of each nine orders."""


@pytest.mark.parametrize("by", GROUPS)
async def test_each_number_of_settled_promises_leads_to_as_many_orders(
    stand: Stand, sofia: aiohttp.ClientSession, by: str
) -> None:
    async with _many_settled(stand):
        page = await text(sofia, f"/statistics/dispatch?{SPAN}&by={by}")
        numbers = _numbers(page)
        totals = Counter[str]()
        for href, n in numbers:
            became = href.partition("promise=")[2].partition("&")[0]
            totals[became] += n
            if n <= MANY:
                assert len(await walked(sofia, href)) == n, href
            else:
                listed = await text(sofia, href)
                assert listed.partition(" órdenes</span>")[0].endswith(f">{n}")
            if became == "missed":
                assert len(await _exported(sofia, href)) == n
        n = Counter(BECAME[n // 9 % 6] for n in range(3 * MANY))
        # Each group once, and kept and missed of all of them above the table.
        assert totals == {"kept": 2 * n["kept"], "missed": 2 * n["missed"], "dropped": n["dropped"]}


async def test_the_numbers_of_a_person_of_one_store_are_of_that_store(
    stand: Stand, sofia: aiohttp.ClientSession, ana: aiohttp.ClientSession
) -> None:
    async with _many_settled(stand):
        whole = len(await walked(sofia, f"/orders?promise=missed&due_from={FIRST}&due_to={LAST}"))
        for by in GROUPS:
            numbers = _numbers(await text(ana, f"/statistics/dispatch?{SPAN}&by={by}"))
            assert sum(n for href, n in numbers if "promise=missed" in href) < 2 * whole
            for href, n in numbers:
                rows = await walked(ana, href)
                assert len(rows) == n, href
                assert {row for row in rows if row not in await _paris(stand)} == set()
        assert not await walked(ana, "/orders?promise=missed&store=umbrale")


async def test_the_daily_report_leads_to_the_promises_of_its_day(
    stand: Stand, sofia: aiohttp.ClientSession
) -> None:
    async with _many_settled(stand):
        numbers = _numbers(await text(sofia, f"/statistics/daily?day={FIRST}"))
        assert len(numbers) == 3 * 4, "of all stores together, and of three"
        for href, n in numbers:
            assert len(await walked(sofia, href)) == n, href


async def test_a_list_of_promises_is_walked_back_and_refuses_what_is_none(
    stand: Stand, sofia: aiohttp.ClientSession
) -> None:
    async with _many_settled(stand):
        asked = f"/orders?promise=missed&due_from={FIRST}&due_to={LAST}"
        onward = await walked(sofia, asked)
        page = await text(sofia, f"{asked}&above={onward[60]}")
        assert [row for row in onward if f"/orders/{row}?" in page] == onward[10:60]
        assert 'rel="prev"' in page and 'rel="next"' in page
        for wrong in ("promise=broken", f"promise=kept&below={NOBODY}", "promise=kept&above=x"):
            async with sofia.get(f"/orders?{wrong}") as answer:
                assert answer.status == 400, wrong


def _numbers(page: str) -> list[tuple[str, int]]:
    return [(unescape(href), int(n.replace(".", ""))) for href, n in LINK.findall(page)]


async def _exported(session: aiohttp.ClientSession, href: str) -> list[str]:
    content = await text(session, href.replace("/orders?", "/orders.csv?"))
    assert content.startswith(BOM)
    return content.splitlines()[1:]


async def _paris(stand: Stand) -> set[str]:
    async with administering(stand) as admin:
        rows = await admin.fetch("SELECT id::text FROM purchase_order WHERE store = 'paris'")
    return {row["id"] for row in rows}


@asynccontextmanager
async def _many_settled(stand: Stand) -> AsyncGenerator[None]:
    """Orders of three stores whose promises, of three days, are settled; and their sums."""
    first = stand.run(stand.shop.order(stand.known["well-0"].key))["id"]
    id_ = "('00000000-0000-4000-9000-' || lpad(n::text, 12, '0'))::uuid"
    due = (
        f"('{FIRST}'::date + n / 3 % 3)::timestamp AT TIME ZONE 'America/Santiago'"
        " + (n % 24) * interval '1 hour'"
    )
    async with administering(stand) as admin:
        try:
            await admin.execute(
                "INSERT INTO purchase_order SELECT tenant_id, received_at, placed_at, "
                f"{due}, {id_}, country, (ARRAY['paris', 'umbrale', 'carters'])[1 + n % 3],"
                " (ARRAY['phone', 'kiosk'])[1 + n / 54 % 2], 'S-' || n, branch, currency,"
                " buyer_document, amount, 'CLOSED', since, resume, reached"
                " FROM purchase_order, generate_series(0, $2::integer - 1) n WHERE id = $1",
                first, 3 * MANY,
            )  # fmt: skip
            await admin.execute(
                "INSERT INTO settled_promise SELECT 1, promised_at, id,"
                " ($1::text[])[1 + n / 9 % 6], store, channel,"
                " (ARRAY['STARKEN', ''])[1 + n / 108 % 2] FROM (SELECT *,"
                " substr(external_id, 3)::integer AS n FROM purchase_order"
                " WHERE external_id ~ '^S-[0-9]+$') o",
                list(BECAME),
            )
            await admin.execute(
                "INSERT INTO promise_tally SELECT 1, count(*) FILTER (WHERE became = 'kept'),"
                " count(*) FILTER (WHERE became = 'missed'),"
                " count(*) FILTER (WHERE became = 'dropped'),"
                " date_trunc(g, due_at, CASE g WHEN 'day' THEN 'America/Santiago' ELSE 'UTC' END),"
                " g, 'CL', store, channel, carrier FROM settled_promise,"
                " unnest(ARRAY['hour', 'day']) g WHERE order_id::text ~ '^0{8}-0000-4000-9000'"
                " GROUP BY 5, 6, 8, 9, 10"
            )
            yield
        finally:
            await admin.execute("DELETE FROM promise_tally WHERE since < '2026-04-01'")
            await admin.execute(
                "DELETE FROM settled_promise WHERE order_id::text ~ '^0{8}-0000-4000-9000'"
            )
            await admin.execute("DELETE FROM purchase_order WHERE external_id ~ '^S-[0-9]+$'")
