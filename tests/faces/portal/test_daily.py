"""The daily report's page: its figures are those of the lists, of JSON, and of one's stores."""

import csv
import io
import json
from datetime import datetime
from zoneinfo import ZoneInfo

import aiohttp

from mtd.faces.portal.spreadsheet import BOM
from tests.faces.portal.browsing_session import soon, text
from tests.faces.portal.stand import Stand

TODAY = "/statistics/daily?day={day}"


def _day(stand: Stand) -> str:
    """Chile's day of the stand's orders."""
    order = stand.run(stand.shop.order(stand.known["unreserved-1"].key))
    received_at = datetime.fromisoformat(order["received_at"])
    return received_at.astimezone(ZoneInfo("America/Santiago")).date().isoformat()


async def _rows(session: aiohttp.ClientSession, day: str) -> dict[tuple[str, str, str], str]:
    content = await text(session, f"/statistics/daily/csv?day={day}")
    assert content.startswith(BOM)
    rows = list(csv.reader(io.StringIO(content.removeprefix(BOM)), delimiter=";"))
    assert rows[0] == ["Sección", "Grupo", "Medida", "Valor", "Moneda"]
    return {(row[0], row[1], row[2]): row[3] for row in rows[1:]}


async def _listed(session: aiohttp.ClientSession, day: str) -> int:
    content = await text(session, f"/orders.csv?from={day}&to={day}")
    return len(list(csv.reader(io.StringIO(content.removeprefix(BOM)), delimiter=";"))) - 1


async def test_what_came_is_what_the_list_has_and_what_ones_stores_have(
    stand: Stand, sofia: aiohttp.ClientSession, ana: aiohttp.ClientSession
) -> None:
    day = _day(stand)

    async def same() -> bool:
        """Other tests may place orders meanwhile, and counts are a second behind."""
        ours, hers = await _rows(sofia, day), await _rows(ana, day)
        paris = ours["sales_store", "paris", "received"]
        by_store = [int(n) for key, n in ours.items() if key[::2] == ("sales_store", "received")]
        return int(ours["orders", "", "received"]) == await _listed(sofia, day) == sum(
            by_store
        ) > 0 and int(hers["orders", "", "received"]) == await _listed(ana, day) == int(paris)

    await soon(same)
    hers = await _rows(ana, day)
    assert {key[1] for key in hers if key[0] == "sales_store"} == {"paris"}
    assert not [key for key in hers if key[0] in ("folios", "tax_documents")]
    page = await text(ana, TODAY.format(day=day))
    assert "Umbrale" not in page.partition("<main")[2] and "Folios" not in page


async def test_causes_and_promises_are_those_of_json(
    stand: Stand, sofia: aiohttp.ClientSession
) -> None:
    day = _day(stand)

    async def same() -> bool:
        told = stand.run(stand.shop.get(f"/daily-reports/{day}"))
        rows = await _rows(sofia, day)
        causes = {
            ("exceptions", f"{one['code']} {one['step']}", "orders"): str(one["orders"])
            for one in told["causes"]
        }
        promises = {name: rows["promises", "", name] for name in ("kept", "missed", "overdue")}
        return (
            bool(causes)
            and causes.items() <= rows.items()
            and promises == {name: str(told["promises"][name]) for name in promises}
        )

    await soon(same)
    told = stand.run(stand.shop.get(f"/daily-reports/{day}?store=umbrale"))
    assert json.dumps(told["stores"]) == '["umbrale"]' and not told["folios"]


async def test_days_that_are_none_are_refused(sofia: aiohttp.ClientSession) -> None:
    for query in ("day=x", "day=9999-12-31", "day=0001-01-01"):
        async with sofia.get(f"/statistics/daily?{query}") as answer:
            assert answer.status == 400, query
    assert "Informe del" in await text(sofia, "/statistics/daily")
