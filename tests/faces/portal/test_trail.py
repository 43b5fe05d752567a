"""The audit's list: each choice, chip and number leads to as many rows, and to such a file."""

import csv
import io
import re
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from html import unescape
from itertools import chain
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from mtd.faces.portal import trail
from mtd.faces.portal.spreadsheet import BOM
from mtd.runtime.desk.history import ROWS, Asked, read_asked
from mtd.runtime.desk.orders.filters import BadFilter
from tests.faces.portal.browsing_session import signed_in, text
from tests.faces.portal.stand import Stand

PAGES_MAX = 40
OTHERS = "who-not=ines"
"""Who looks is told of, too, and so there would be more at each look."""
CHOICES = re.compile(r'href="(/audit[^"]*)".*?class="soft">([\d.]+) acciones')


def test_each_condition_has_a_chip_that_takes_it_out() -> None:
    asked = Asked(
        who="sofia", what="order.retry", kind="order", about="PW-1", origin="127.0.0.1",
        word="motivo", since="2026-11-01", until="2026-11-30", who_out=("ana",),
        what_out=("order.move", "order.cancel"), kind_out=("bulk",),
    )  # fmt: skip
    found = trail.chips(asked)
    assert len(found) == 12 and read_asked(parse_qs(urlsplit(trail.address(asked)).query)) == asked
    for chip in found:
        left = trail.chips(read_asked(parse_qs(urlsplit(chip.without).query)))
        names = Counter((one.name, one.value, one.out) for one in left)
        assert Counter((o.name, o.value, o.out) for o in found) - names == Counter(
            [(chip.name, chip.value, chip.out)]
        )
    with pytest.raises(BadFilter):
        trail.only(asked, "about", "x")


async def test_each_choice_leads_to_as_many_rows_and_a_file_of_them(stand: Stand) -> None:
    async with _looking(stand) as ines:
        whole = await _rows(ines, f"/audit?{OTHERS}")
        page = await text(ines, f"/audit?{OTHERS}")
        assert f'class="soft">{whole} acciones' in page
        assert '<span class="chip out">' in page
        for name, value in (("who", "sofia"), ("what", "order.remark"), ("kind", "order")):
            menu = await text(ines, f"/audit/value?{OTHERS}&name={name}&value={value}")
            choices = [(unescape(href), int(n)) for href, n in CHOICES.findall(menu)]
            assert [n > 0 for _, n in choices] == [True, True], "else the test sees nothing"
            assert sum(n for _, n in choices) == whole
            for href, n in choices:
                assert await _rows(ines, href) == n, href
                listed = await _table(ines, href.replace("/audit?", "/audit.csv?"))
                assert len(listed) - 1 == n, href


async def test_the_list_is_walked_back_as_it_was_walked_on(stand: Stand) -> None:
    async with _looking(stand) as ines, signed_in(stand, "sofia") as sofia:
        for n in range(ROWS + 1):
            await _table(sofia, f"/orders.csv?from=2026-01-{n % 28 + 1:02}&state=CLOSED")
        onward, last = await _walk(ines, f"/audit?{OTHERS}", "next")
        assert len(onward) > 1, "else there is one page"
        back, first = await _walk(ines, last, "prev")
        assert list(chain(*reversed(back))) == list(chain(*onward))
        assert [len(page) for page in reversed(back)] == [len(page) for page in onward]
        assert 'rel="next"' in await text(ines, first)


async def test_what_was_done_to_an_order_is_found_by_its_number_and_day(stand: Stand) -> None:
    order = stand.known["authorize-4"]
    async with _looking(stand) as ines:
        about = f"/audit?about={order.external_id}&what=order.remark"
        table = await _table(ines, about.replace("/audit?", "/audit.csv?"))
        assert [row[5] for row in table[1:]] == [order.key]
        assert await _rows(ines, about) == 1
        assert await _rows(ines, f"{about}&to=2020-01-01") == 0
        assert await _rows(ines, f"{about}&from=2020-01-01") == 1
        form = (await text(ines, "/audit")).partition('id="f-kind"')[2].partition("</select>")[0]
        assert 'value="order">Orden<' in form and 'value="session">Sesión<' in form


@asynccontextmanager
async def _looking(stand: Stand) -> AsyncGenerator[aiohttp.ClientSession]:
    """The auditor, after something was done to an order, and to something else."""
    id_ = stand.run(stand.shop.order(stand.known["authorize-4"].key))["id"]
    async with signed_in(stand, "sofia") as sofia, signed_in(stand, "ines") as ines:
        found = await _table(ines, f"/audit.csv?about={id_}&what=order.remark")
        if len(found) == 1:
            page = await text(sofia, f"/orders/{id_}")
            csrf = page.partition('name="csrf" value="')[2].partition('"')[0]
            form = {"csrf": csrf, "words": "para la auditoría"}
            async with sofia.post(f"/orders/{id_}/remarks", data=form) as answer:
                assert answer.status == 200
        yield ines


async def _rows(session: aiohttp.ClientSession, href: str) -> int:
    rows = 0
    for _ in range(PAGES_MAX):
        page = await text(session, href)
        rows += page.count("<tr data-row")
        following = re.search(r'rel="next" href="([^"]*)"', page)
        if following is None:
            return rows
        href = unescape(following[1])
    raise AssertionError(f"{href}: more than {PAGES_MAX} pages")


async def _walk(session: aiohttp.ClientSession, href: str, rel: str) -> tuple[list[list[str]], str]:
    """The rows of each page from `href` on, without their places, and where the last page is."""
    pages: list[list[str]] = []
    for _ in range(PAGES_MAX):
        page = await text(session, href)
        rows = page.partition("<tbody")[2].split("<tr data-row>")[1:]
        pages.append([row.partition("</td>")[2].partition("</tr>")[0] for row in rows])
        following = re.search(rf'rel="{rel}" href="([^"]*)"', page)
        if following is None:
            return pages, href
        href = unescape(following[1])
    raise AssertionError(f"{href}: more than {PAGES_MAX} pages")


async def _table(session: aiohttp.ClientSession, href: str) -> list[list[str]]:
    content = await text(session, href)
    assert content.startswith(BOM)
    return list(csv.reader(io.StringIO(content.removeprefix(BOM)), delimiter=";"))
