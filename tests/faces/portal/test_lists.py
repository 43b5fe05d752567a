"""Lists and what each may see of them: the spreadsheet is the filter, other stores do not exist."""

import csv
import io
import time
from html import unescape

import aiohttp
import asyncpg
import pytest

from mtd.faces.portal.spreadsheet import BOM, rows_of
from tests.faces.portal.browsing_session import text
from tests.faces.portal.stand import Stand

LONG = 20_000
"""Rows of a journal."""


@pytest.mark.parametrize(
    "query", ["", "store=umbrale", "channel=phone&store=paris", "view=troubled", "state=CLOSED"]
)
async def test_the_spreadsheet_is_the_filter(sofia: aiohttp.ClientSession, query: str) -> None:
    page = await text(sofia, f"/orders?{query}")
    sheet = await text(sofia, f"/orders.csv?{query}")
    assert sheet.startswith(BOM)
    rows = list(csv.reader(io.StringIO(sheet.removeprefix(BOM)), delimiter=";"))[1:]
    shown = [part.partition("<")[0] for part in page.split('class="id" href="/orders/')[1:]]
    numbers = [unescape(one.partition('">')[2]) for one in shown]
    quoted = csv.reader(io.StringIO(rows_of([[one] for one in numbers], local=True)), delimiter=";")
    assert [row[0] for row in rows] == [row[0] for row in quoted] and numbers


def test_no_cell_is_a_formula() -> None:
    text = rows_of([["=1+1", "+1", "-2", "@x", "\tx", "plain", 1.5]], local=True)
    assert text == "'=1+1;'+1;'-2;'@x;'\tx;plain;1,5\r\n"


@pytest.mark.parametrize("query", ["state=NONE", "from=ayer", "view=x", "channel=fax"])
async def test_a_filter_that_says_nothing_is_refused(
    sofia: aiohttp.ClientSession, query: str
) -> None:
    async with sofia.get(f"/orders?{query}") as answer:
        assert answer.status == 400


async def test_pages_follow_each_other_both_ways(sofia: aiohttp.ClientSession) -> None:
    page = await text(sofia, "/orders")
    assert 'rel="next"' not in page, "all orders fit on a page"
    ids = [part.partition('"')[0] for part in page.split('id="state-')[1:]]
    older = await text(sofia, f"/orders?below={ids[3]}")
    assert [part.partition('"')[0] for part in older.split('id="state-')[1:]] == ids[4:]
    newer = await text(sofia, f"/orders?above={ids[3]}")
    assert [part.partition('"')[0] for part in newer.split('id="state-')[1:]] == ids[:3]


async def test_other_stores_do_not_exist(stand: Stand, ana: aiohttp.ClientSession) -> None:
    page = await text(ana, "/orders")
    assert "Paris" in page and "Umbrale" not in page and "Carter" not in page
    foreign = stand.run(stand.shop.order(stand.known["authorize-1"].key))["id"]
    csrf = page.partition('name="csrf" value="')[2].partition('"')[0]
    for path in (f"/orders/{foreign}", f"/orders?store=umbrale&below={foreign}"):
        async with ana.get(path) as answer:
            assert stand.known["authorize-1"].external_id not in await answer.text()
    task = next(one for one in stand.run(stand.shop.get("/tasks")) if one["instance"] == foreign)
    place = f"/tasks/{foreign}/{task['wait']}/claim"
    for path in (f"/orders/{foreign}/retry", f"/orders/{foreign}/remarks", place):
        form = {"csrf": csrf, "incident": "1", "reason": "x", "words": "x"}
        async with ana.post(path, data=form, allow_redirects=False) as answer:
            assert answer.status == 404, path
    async with ana.get("/orders.csv?store=umbrale") as answer:
        assert (await answer.text()).count("\n") == 1


async def test_what_is_personal_is_masked_for_who_may_not_see_it(
    stand: Stand, ana: aiohttp.ClientSession, sofia: aiohttp.ClientSession
) -> None:
    own = stand.run(stand.shop.order(stand.known["authorize-0"].key))["id"]
    masked, clear = await text(ana, f"/orders/{own}"), await text(sofia, f"/orders/{own}")
    assert "Ana Peña" not in masked and "Ana@correo.example" not in masked and "•••" in masked
    assert "Ana Peña" in clear


@pytest.mark.parametrize("kind", ["number", "key", "id", "tax id", "mail"])
async def test_search_finds_by_any_key(
    stand: Stand, sofia: aiohttp.ClientSession, kind: str
) -> None:
    order = stand.known["authorize-0"]
    id_ = stand.run(stand.shop.order(order.key))["id"]
    text = {
        "number": order.external_id, "key": order.key, "id": id_, "tax id": "12345678-5",
        "mail": "ana@CORREO.example",
    }[kind]  # fmt: skip
    async with sofia.get("/search", params={"q": text}, allow_redirects=False) as answer:
        if kind in ("number", "key", "id"):
            assert answer.headers["Location"] == f"/orders/{id_}"
        else:
            assert order.external_id in await answer.text()


async def test_views_are_kept_and_shared(
    sofia: aiohttp.ClientSession, ana: aiohttp.ClientSession
) -> None:
    csrf = (await text(sofia, "/orders")).partition('name="csrf" value="')[2].partition('"')[0]
    form = {"csrf": csrf, "name": "Telefónicas <b>", "query": "channel=phone", "shared": "yes"}
    async with sofia.post("/orders/views", data=form) as answer:
        assert answer.status == 200 and "Telefónicas &lt;b&gt;" in await answer.text()
    assert "Telefónicas &lt;b&gt;" in await text(ana, "/orders")
    csrf = (await text(ana, "/orders")).partition('name="csrf" value="')[2].partition('"')[0]
    async with ana.post("/orders/views", data=form | {"csrf": csrf}) as answer:
        assert answer.status == 403, "an agent shares nothing"


async def test_an_order_with_a_long_journal_opens_as_fast(
    stand: Stand, sofia: aiohttp.ClientSession
) -> None:
    long, short = (
        stand.run(stand.shop.order(stand.known[name].key))["id"] for name in ("well-1", "well-2")
    )
    admin = stand.shop.app.store.dsn.replace("//mtd@", "//postgres@", 1)
    connection = await asyncpg.connect(admin)
    try:
        await connection.execute(
            "INSERT INTO journal SELECT tenant_id, seq + n * 1000, at, instance_id, kind, element,"
            f" payload FROM journal, generate_series(1, {LONG} / 10) n WHERE instance_id = $1"
            " AND seq BETWEEN 2 AND 11",
            long,
        )
        await connection.execute("ANALYZE journal")
        assert (
            await connection.fetchval("SELECT count(*) FROM journal WHERE instance_id = $1", long)
            > LONG
        )
    finally:
        await connection.close()
    took_s = {id_: min([await _timed(sofia, id_) for _ in range(5)]) for id_ in (long, short)}
    assert took_s[long] < 2 * took_s[short] + 0.05, took_s


async def _timed(session: aiohttp.ClientSession, order: str) -> float:
    began = time.perf_counter()
    await text(session, f"/orders/{order}")
    return time.perf_counter() - began
