"""Statistics: the figures are the orders', the spreadsheet is the screen, stores keep apart."""

import csv
import io
import re
from collections import Counter
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from mtd.faces.portal.spreadsheet import BOM
from tests.faces.portal.browsing_session import soon, text

TABS = ("dispatch", "comparison", "steps", "sales")


@pytest.mark.parametrize("tab", TABS)
async def test_the_spreadsheet_has_the_rows_of_the_screen(
    sofia: aiohttp.ClientSession, tab: str
) -> None:
    today = datetime.now(UTC).date()
    span = f"from={today - timedelta(days=2)}&to={today + timedelta(days=2)}"
    page = await text(sofia, f"/statistics/{tab}?{span}")
    rows = await _table(sofia, f"/statistics/{tab}/csv?{span}")
    body = re.findall(r"<tbody.*?</tbody>", page, re.DOTALL)[-1]
    assert len(re.findall(r"<tr", body)) == len(rows) - 1 > 0


async def test_sales_are_those_of_the_orders_and_of_ones_stores(
    sofia: aiohttp.ClientSession, ana: aiohttp.ClientSession
) -> None:
    path = "/statistics/sales/csv?period=week"

    async def told() -> bool:
        """Whether what is counted is what the list has: other tests may have placed orders."""
        ours = _by_group(await _table(sofia, path))
        listed = Counter(row[2] for row in (await _table(sofia, "/orders.csv"))[1:])
        return {store: int(row[2]) for store, row in ours.items()} == listed

    await soon(told)
    ours, hers = _by_group(await _table(sofia, path)), _by_group(await _table(ana, path))
    assert hers == {"paris": ours["paris"]}
    assert await _status(ana, "/statistics/comparison?store=umbrale") == 400
    assert "Umbrale" not in await text(ana, "/statistics/dispatch?period=month")


async def test_steps_tell_what_failed_and_at_whom(sofia: aiohttp.ClientSession) -> None:
    headings, *rows = await _table(sofia, "/statistics/steps/csv?period=week")
    failing = [row for row in rows if int(row[5])]
    assert {row[2] for row in failing} == {"eom.reserve"}
    assert headings[1] == "Paso"
    ours = [row for row in rows if row[2].startswith("eom.")]
    failures, attempts = (sum(int(row[column]) for row in ours) for column in (5, 4))
    # Other tests may have had many orders reserved well meanwhile.
    share = failures / attempts
    word = "caída" if share >= 0.5 else "con fallas" if share >= 0.05 else "bien"

    async def told() -> bool:
        """Figures may be those that another test looked at a moment ago."""
        page = await text(sofia, "/statistics/steps?period=week")
        return word in page.partition("Bodega (EOM)")[2].partition("</td>")[0]

    await soon(told)


async def test_what_an_address_does_not_say_is_refused(sofia: aiohttp.ClientSession) -> None:
    for query in ("nowhere", "sales?by=color", "sales?period=ever", "dispatch?from=x"):
        assert await _status(sofia, f"/statistics/{query}") == 400, query


async def _table(session: aiohttp.ClientSession, path: str) -> list[list[str]]:
    content = await text(session, path)
    assert content.startswith(BOM)
    return list(csv.reader(io.StringIO(content.removeprefix(BOM)), delimiter=";"))


def _by_group(rows: list[list[str]]) -> dict[str, list[str]]:
    return {row[0]: row for row in rows[1:]}


async def _status(session: aiohttp.ClientSession, path: str) -> int:
    async with session.get(path) as answer:
        return answer.status
