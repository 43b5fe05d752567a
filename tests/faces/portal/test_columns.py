"""Columns of the list of orders: chosen by a form, and so in the address, in views and in files."""

import csv
import io
import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from playwright.sync_api import Browser

from mtd.faces.portal.narrowing import chips, only
from mtd.faces.portal.spreadsheet import BOM
from mtd.runtime.desk.orders.filters import COLUMNS, USUAL, BadFilter, Filter, read_filter
from tests.faces.portal.browser import NARROW, visiting
from tests.faces.portal.browsing_session import text
from tests.faces.portal.stand import Stand

CHOSEN = ("store", "age", "branch", "error")
ASKED = "view=troubled&column=branch&column=store&column=error&column=age"


def test_columns_stay_whatever_else_is_asked_and_are_no_condition() -> None:
    asked = read_filter(parse_qs(ASKED))
    assert asked.columns == asked.shown == CHOSEN, "in one sequence, however they were ticked"
    assert read_filter({}).shown == USUAL and not chips(asked)
    narrowed = only(asked, "store", "paris")
    assert narrowed.columns == CHOSEN
    (chip,) = chips(narrowed)
    assert read_filter(parse_qs(urlsplit(chip.without).query)) == asked
    with pytest.raises(BadFilter):
        read_filter({"column": ["password"]})
    assert Filter(columns=COLUMNS).query() == {"column": COLUMNS}


async def test_the_spreadsheet_has_the_columns_of_the_screen(sofia: aiohttp.ClientSession) -> None:
    page = await text(sofia, f"/orders?{ASKED}")
    headings = re.findall(r'<th[^>]*scope="col">([^<]*)</th>', page.partition("<tbody")[0])
    assert headings == ["Orden", "Tienda", "Edad", "Sucursal", "Error"]
    rows = await _table(sofia, f"/orders.csv?{ASKED}")
    assert rows[0] == ["Orden", "Tienda", "Recibida", "Sucursal", "Error"]
    assert len(rows) - 1 == page.count("<tr data-row") > 0
    assert all(row[3] and row[4] for row in rows[1:])
    every = "&".join(f"column={one}" for one in COLUMNS)
    page = await text(sofia, f"/orders?{every}")
    headings = page.partition("<tbody")[0].count('scope="col"')
    first = page.partition("<tr data-row")[2].partition("</tr>")[0]
    assert headings == 1 + len(COLUMNS) == first.count("<td") + first.count("<th")
    rows = await _table(sofia, f"/orders.csv?{every}")
    assert len(set(rows[0])) == len(rows[0]) == len(rows[1])


async def test_a_view_keeps_its_columns(sofia: aiohttp.ClientSession) -> None:
    page = await text(sofia, f"/orders?{ASKED}")
    query = unescape(page.partition('name="query" value="')[2].partition('"')[0])
    csrf = page.partition('name="csrf" value="')[2].partition('"')[0]
    form = {"csrf": csrf, "name": "Con sucursal", "query": query}
    async with sofia.post("/orders/views", data=form) as answer:
        page = await answer.text()
        assert answer.url.query_string == query
    assert re.search(r'aria-current="page">Con sucursal', page)
    view = re.search(r'name="id" value="([^"]*)"><button[^>]*>Eliminar «Con sucursal»', page)
    assert view is not None
    async with sofia.post("/orders/views/drop", data={"csrf": csrf, "id": view[1]}) as answer:
        assert "Con sucursal" not in await answer.text()
    async with sofia.get("/orders?column=password") as answer:
        assert answer.status == 400


async def _table(session: aiohttp.ClientSession, path: str) -> list[list[str]]:
    content = await text(session, path)
    return list(csv.reader(io.StringIO(content.removeprefix(BOM)), delimiter=";"))


def test_columns_are_chosen_without_a_script(browser: Browser, stand: Stand) -> None:
    with visiting(browser, stand.url, java_script_enabled=False) as visitor:
        page = visitor.sign_in("sofia", "/orders?store=paris")
        page.locator("details.columns summary").click()
        page.get_by_label("Canal", exact=True).and_(page.locator("[type=checkbox]")).uncheck()
        page.get_by_label("Clave", exact=True).check()
        page.get_by_role("button", name="Mostrar").click()
        page.wait_for_url("**column=key*")
        assert parse_qs(urlsplit(page.url).query)["store"] == ["paris"]
        heads = page.locator("thead th").all_inner_texts()
        assert "Clave" in heads and "Canal" not in heads
        page.locator("details.columns summary").click()
        page.get_by_role("link", name="Las habituales").click()
        page.wait_for_url("**/orders?store=paris")
        assert "Canal" in page.locator("thead th").all_inner_texts()


def test_the_choice_of_columns_fits_and_has_no_fault(browser: Browser, stand: Stand) -> None:
    every = "&".join(f"column={one}" for one in COLUMNS)
    for size in ((1440, 900), NARROW):
        with visiting(browser, stand.url, size=size, color_scheme="dark") as visitor:
            page = visitor.sign_in("sofia")
            page.goto(f"/orders?{every}")
            page.locator("details.columns summary").click()
            page.locator(".lamp.live").wait_for()
            assert not visitor.faults()
            visitor.shot(f"columns_{size[0]}")
            assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
