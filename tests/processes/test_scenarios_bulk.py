"""The acceptance scenario of many at once (§8): 400 waiting files pushed, and a worker killed."""

import asyncio
from typing import Any

import asyncpg

from mtd.runtime.intake.dialects import dialects
from mtd.runtime.rehearsal.orders.generator import generate
from mtd.runtime.rehearsal.orders.trouble import Arrival, Trouble, deposit, put_right
from mtd.runtime.rehearsal.stage import intake_folder
from mtd.runtime.rehearsal.stress.load import files
from tests.processes.house import PATIENT, ROOT, House, open_house

SEED = 400
FILES = 400
RATE_PER_S = 100.0
SECOND_S = 1.0
PATIENCE_S = 90.0
HASTY = {
    "MTD__INTAKE__ATTEMPT_BACKOFF": "PT0S",
    "MTD__INTAKE__ATTEMPT_BACKOFF_MAX": "PT0S",
    "MTD__INTAKE__SETTLE": "PT0.05S",
}
WORD = {"actor": "ana", "reason": "the folder was put right"}


async def post(house: House, path: str, body: Any) -> Any:
    async with house.stage.api.post(path, json=body) as answer:
        assert answer.status in (200, 201), await answer.text()
        return await answer.json()


async def get(house: House, path: str) -> Any:
    async with house.stage.api.get(path) as answer:
        assert answer.status == 200, await answer.text()
        return await answer.json()


async def counted(house: House, bulk: str, state: str, least: int) -> dict[str, Any]:
    """The bulk action, once so many of its items are in that state."""
    async with asyncio.timeout(PATIENCE_S):
        while (shown := await get(house, f"/bulk/{bulk}"))["bulk"][state] < least:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    return shown


async def test_push_400_in_bulk() -> None:
    """All that waited, at a drip, past the kill of a worker in the middle; each once."""
    async with open_house(environment={**PATIENT, **HASTY}) as house:
        app = house.stage.app
        orders = list(generate(SEED, FILES, app.clock.now()))
        sound = files(orders, dialects(app.settings, [ROOT / "customers"]))
        arrivals = [
            Arrival(one.file_name, one.body, one.order_key, Trouble.UNDELIVERABLE_FILE)
            for one in sound
        ]
        for arrival in arrivals:
            deposit(arrival, intake_folder(app))
        house.sent += orders
        await _all_wait(house)
        for arrival in arrivals:
            put_right(arrival, intake_folder(app))

        wish = {
            **WORD, "name": "after the unpacker", "action": "push", "rate_per_s": RATE_PER_S,
            "filter": {"cause": "DELIVERY_FAILED"},
        }  # fmt: skip
        previewed = (await post(house, "/bulk", wish))["bulk"]
        assert (previewed["items"], previewed["pending"]) == (FILES, FILES)
        await post(house, f"/bulk/{previewed['id']}/start", WORD)
        await counted(house, previewed["id"], "succeeded", FILES // 8)
        await house.kill("worker-1")
        shown = await counted(house, previewed["id"], "succeeded", FILES)

        assert await house.concluded(killed=1) == []
        assert (shown["bulk"]["failed"], shown["bulk"]["skipped"]) == (0, 0)
        await _dripped(house, previewed["id"])
        await _pushed_once(house)


async def _all_wait(house: House) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while (await get(house, "/counts"))["files"].get("WAITING") != FILES:  # noqa: ASYNC110
            await asyncio.sleep(0.2)


async def _dripped(house: House, bulk: str) -> None:
    """In no second were more pushed than the rate allows, whoever pushed them."""
    async with house.stage.api.get(f"/bulk/{bulk}/items.csv") as answer:
        lines = (await answer.text()).splitlines()[1:]
    assert len(lines) == FILES
    rows = await _asked(house, "SELECT extract(epoch FROM sent_at) FROM bulk_item ORDER BY sent_at")
    moments = [float(row[0]) for row in rows]
    most = max(sum(at <= one < at + SECOND_S for one in moments) for at in moments)
    assert most <= RATE_PER_S


async def _pushed_once(house: House) -> None:
    rows = await _asked(house, "SELECT count(*), count(DISTINCT file_id) FROM intake_ruling")
    assert tuple(rows[0]) == (FILES, FILES)
    reasons = await _asked(house, "SELECT DISTINCT actor, reason FROM intake_ruling")
    assert [row["actor"] for row in reasons] == ["ana"]
    assert "(bulk " in reasons[0]["reason"]


async def _asked(house: House, sql: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(house.dsn.replace("//mtd@", "//postgres@", 1))
    try:
        return await connection.fetch(sql)
    finally:
        await connection.close()
