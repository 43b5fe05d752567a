"""Whoever sees one store: each number of theirs leads to as many rows, all of that store."""

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from html import unescape

import aiohttp
import pytest

from tests.faces.portal.browsing_session import soon, text
from tests.faces.portal.stand import STORES, Stand
from tests.faces.portal.test_numbers import PAGES_MAX, administering, counts

Number = tuple[str, int]
"""Where a number leads, and the number."""
SIDE = re.compile(r'href="(/[a-z]+)"(?:(?!</a>).)*id="count-(?:files|tasks)">([\d.]+)<', re.DOTALL)
TROUBLED = re.compile(r'id="count-exceptions">([\d.]+)<')
CAUSE = re.compile(r'href="(/exceptions\?[^"]*)".*?class="num">([\d.]+)</strong>', re.DOTALL)
CHOICE = re.compile(r'href="(/[a-z]+[^"]*)"><span>[^<]*</span> <span class="soft">([\d.]+) ')
CELL = re.compile(r'<a[^>]*href="(/orders\?[^"]*(?:promise|system)=[^"]*)"[^>]*>([\d.]+)</a>')


async def _sides(ana: aiohttp.ClientSession) -> list[Number]:
    page = await text(ana, "/orders")
    (stuck,) = TROUBLED.findall(page)
    return [*_read(SIDE.findall(page)), ("/orders?view=troubled", _number(stuck))]


async def _tabs(ana: aiohttp.ClientSession) -> list[Number]:
    pages = [await text(ana, path) for path in ("/orders", "/files", "/tasks", "/tasks?mine=yes")]
    return [one for page in pages for one in counts(page)]


async def _causes(ana: aiohttp.ClientSession) -> list[Number]:
    return _read(CAUSE.findall(await text(ana, "/exceptions")))


async def _choices(ana: aiohttp.ClientSession) -> list[Number]:
    found: list[Number] = []
    for query in (
        "orders/value?name=store&value=paris", "orders/value?name=store&value=umbrale",
        "orders/value?name=channel&value=phone", "orders/value?name=state&value=EXCEPTION",
        "exceptions/value?code=TECHNICAL_FAILURE&element=reserve&name=store&value=paris",
        "files/value?name=store&value=paris",
        "files/value?name=cause&value=XML_INVALID",
    ):  # fmt: skip
        found += _read(CHOICE.findall(await text(ana, f"/{query}")))
    return found


async def _figures(ana: aiohttp.ClientSession) -> list[Number]:
    today = datetime.now(UTC).date()
    span = f"from={today - timedelta(days=2)}&to={today + timedelta(days=2)}"
    places = [f"dispatch?{span}&by={by}" for by in ("store", "channel", "carrier", "day")]
    pages = [await text(ana, f"/statistics/{one}") for one in (*places, f"steps?{span}")]
    return [one for page in pages for one in _read(CELL.findall(page))]


@pytest.mark.parametrize("told", [_sides, _tabs, _causes, _choices, _figures])
async def test_each_number_of_one_s_store_leads_to_as_many_rows_of_that_store(
    stand: Stand,
    sofia: aiohttp.ClientSession,
    ana: aiohttp.ClientSession,
    told: Callable[[aiohttp.ClientSession], Awaitable[list[Number]]],
) -> None:
    differing: list[str] = []

    async def agree() -> bool:
        """Counts are shared for a moment, and other tests may have placed orders before."""
        numbers = await told(ana)
        lists = [(href, n, await _walked(ana, href)) for href, n in numbers if href != "/alerts"]
        differing[:] = [
            f"{href}: {n}, not {len(rows)}" for href, n, rows in lists if n != len(rows)
        ]
        assert any(n for _, n, _ in lists), "else the test sees nothing"
        seen = {one.rpartition("/")[2] for _, _, rows in lists for one in rows if "/orders/" in one}
        assert seen <= await _orders(stand, "paris")
        return not differing

    try:
        await soon(agree)
    finally:
        assert not differing
    everybodys = dict(await told(sofia))
    assert any(everybodys.get(href, 0) > n for href, n in await told(ana)), "others have more"


async def _walked(session: aiohttp.ClientSession, href: str) -> list[str]:
    """What the rows of a list lead to, page after page."""
    found: list[str] = []
    for _ in range(PAGES_MAX):
        page = await text(session, href)
        rows = page.split("<tr data-row")[1:]
        found += [re.findall(r'<a [^>]*?href="([^"?]*)', row)[0] for row in rows]
        following = re.search(r'rel="next" href="([^"]*)"', page)
        if following is None:
            assert len(set(found)) == len(found), "none comes twice"
            return found
        href = unescape(following[1])
    raise AssertionError(f"{href}: more than {PAGES_MAX} pages")


def _read(found: list[tuple[str, str]]) -> list[Number]:
    return [(unescape(href), _number(n)) for href, n in found]


def _number(text: str) -> int:
    return int(text.replace(".", ""))


async def _orders(stand: Stand, store: str) -> set[str]:
    assert store in STORES
    async with administering(stand) as admin:
        rows = await admin.fetch("SELECT id::text FROM purchase_order WHERE store = $1", store)
    return {row["id"] for row in rows}
