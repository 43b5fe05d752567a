"""Operating by the real commands, each part a process of its own: change, follow, pause, bulk."""

import asyncio
import json
import re
import shutil
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from mtd.core.orders.purchase_order import Channel, PurchaseOrder
from mtd.core.orders.states import OrderState
from mtd.runtime.rehearsal.orders.generator import Mix, generate
from mtd.runtime.rehearsal.stress.standing import until
from tests.processes.house import CUSTOMER, ROOT, House, open_house

pytestmark = pytest.mark.asyncio(loop_scope="module")
NAME = "retail_purchase_order"
UNHURRIED = {
    "latency_scale": 0,
    "default_faults": False,
    "systems": {"sii": {"delays_s": {"stage": 0}}},
}
"""A town in which warehouses and carriers take as long as in the world, and only they."""
PLAIN = Mix(
    channels=((Channel.ECOMMERCE, 1),), stores=(("paris", 1),), gift_cards=0, pickups=0, invoices=0
)
COUNT = 3
PATIENCE_S = 60.0


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house() -> AsyncGenerator[House]:
    async with open_house(UNHURRIED) as opened:
        await opened.feed(list(generate(5, COUNT, opened.stage.app.clock.now(), PLAIN)))
        await until(opened.stage, lambda states: states[OrderState.IN_FULFILLMENT.value] == COUNT)
        yield opened


async def mtd(house: House, *words: str, code: int = 0) -> str:
    return await house.mtd(*words, "--customer", CUSTOMER, code=code)


async def kinds(house: House, order: PurchaseOrder, wanted: str) -> list[dict[str, Any]]:
    """The order's trace as the command tells it, once there is a row of this kind."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            rows = json.loads(await mtd(house, "order", "show", order.external_id, "--json"))
            if any(row["kind"] == wanted for row in rows):
                return rows


async def test_an_order_is_modified(house: House) -> None:
    order = house.sent[0]
    change = (
        *("order", "modify", order.external_id, "--reason", "they packed it"),
        *("--set", '{"warehouse_event": "PACKED"}'),
        *("--move", "Esperar evento de bodega:¿Qué pasó en bodega?"),
    )
    shown = await mtd(house, *change, "--preview")
    assert "closes Esperar evento de bodega" in shown and "asked" not in shown
    rows = json.loads(await mtd(house, "order", "show", order.external_id, "--json"))
    assert "modified" not in [row["kind"] for row in rows]
    assert "asked" in await mtd(house, *change)
    rows = await kinds(house, order, "modified")
    [row] = [row for row in rows if row["kind"] == "modified"]
    assert row["what"][1][-1] == "they packed it"
    refused = await mtd(
        house, "order", "modify", order.external_id, "--drop", "Nada", "--reason", "x", code=1
    )
    assert "has no element 'Nada'" in refused


async def test_running_orders_follow_to_a_new_version(house: House, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "processes", tmp_path / "processes")
    drawing = tmp_path / "processes" / f"{NAME}.bpmn"
    for file in (drawing, drawing.with_suffix(".toml")):
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("Esperar plazo de cierre", "Plazo"), encoding="utf-8")
    report = json.loads(await mtd(house, "deploy", str(drawing), "--json"))
    assert [(one["name"], one["version"]) for one in report["processes"]] == [(NAME, 2)]
    words = ("migrate", NAME, "--from", "1", "--to", "2")
    plan = json.loads(await mtd(house, *words, "--plan", "--json"))
    assert [one["refused"] for one in plan["instances"]] == [None] * COUNT
    assert (plan["asked"], plan["new"]) == (0, f"{NAME}@2")
    assert "needs a --reason" in await mtd(house, *words, code=1)
    said = await mtd(house, *words, "--reason", "better")
    assert f"{COUNT} of {COUNT} can follow; {COUNT} were told to" in said
    for order in house.sent:
        await kinds(house, order, "migrated")
    assert f"{NAME}@2" in await mtd(house, "order", "show", house.sent[0].external_id)


async def test_a_store_is_paused_and_goes_on(house: House) -> None:
    said = await mtd(house, "pause", "store", "paris", "--reason", "inventory")
    [id_] = re.findall(r"mtd pause lift (\S+)", said)
    listed = await mtd(house, "pause", "list")
    assert id_ in listed and "inventory" in listed
    assert "paused already" in await mtd(house, "pause", "store", "paris", "--reason", "x", code=1)
    assert "goes on" in await mtd(house, "pause", "lift", id_, "--reason", "done")
    assert id_ not in await mtd(house, "pause", "list")
    assert id_ in await mtd(house, "pause", "list", "--all")


async def test_many_get_a_variable(house: House, tmp_path: Path) -> None:
    said = await mtd(
        house,
        *("bulk", "preview", "set", "--store", "paris", "--set", '{"note": "gift"}'),
        *("--name", "a note", "--reason", "they asked", "--json"),
    )
    shown = json.loads(said)
    assert (shown["bulk"]["items"], shown["bulk"]["skipped"]) == (COUNT, 0)
    id_ = shown["bulk"]["id"]
    assert "RUNNING" in await mtd(house, "bulk", "start", id_, "--reason", "go")
    async with asyncio.timeout(PATIENCE_S):
        while "DONE" not in (told := await mtd(house, "bulk", "show", id_)):
            pass
    assert f"{COUNT} succeeded" in told and "started" in told
    await mtd(house, "bulk", "items", id_, "--csv", str(tmp_path / "items.csv"))
    assert len((tmp_path / "items.csv").read_text().splitlines()) == COUNT + 1
    assert "nothing of it failed" in await mtd(house, "bulk", "again", id_, "--reason", "x", code=1)
    assert "SUCCEEDED" in await mtd(house, "bulk", "items", id_)
