"""The daily reconciliation (D40, reference processes §8), end to end."""

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Server
from tests.processes.shop import Shop, open_shop
from tests.processes.test_scenarios_fd import a_sale

EAGER = {"MTD__CYCLES__RECONCILIATION": "R/PT2S", "MTD__DURATIONS__CLAIMS_WINDOW": "PT25S"}


@pytest.mark.asyncio
async def test_pos_reconcile_finds_planted_gap(server: Server, tmp_path: Path) -> None:
    """A sale that vanished from the POS is posted again by itself; one that MTD does not know of
    is a person's task.
    """
    async with open_shop(server, tmp_path, customer="fd_demo", settings=EAGER) as shop:
        await shop.command("pos", open=True)
        await _reconciled(shop)


async def _reconciled(shop: Shop) -> None:
    lost, kept = await shop.place(a_sale()), await shop.place(a_sale())
    for key in (lost, kept):
        await shop.until_effect("pos", key, "post")
        await shop.until(key, "DELIVERED")
    ghost = f"CL/corporativo/ecommerce/GHOST-{lost.rpartition('-')[2]}"
    url = f"{shop.legacy.urls['pos']}/sales"
    sale = {
        "order_id": ghost,
        "store": "corporativo",
        "branch": "P1",
        "currency": "CLP",
        "total": 900,
        "lines": [{"sku": "A"}],
    }
    async with shop.session.post(url, json=sale, headers={"Idempotency-Key": ghost}) as answer:
        assert answer.status == 200
    await shop.command("pos", lose=[lost])
    assert len(await shop.until_effect("pos", lost, "post", 2)) == 2

    async def found() -> list[dict[str, Any]]:
        tasks = await shop.get("/tasks")
        return [t for t in tasks if t["name"] == "Resolver diferencia"]

    tasks = await shop.soon(found, "a task for the difference", found)
    assert {(t["fields"]["kind"], t["fields"]["order"]) for t in tasks} == {("POS_UNKNOWN", ghost)}
    assert len(shop.effects("pos", kept, "post")) == 1
