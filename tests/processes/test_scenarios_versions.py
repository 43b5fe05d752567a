"""Acceptance scenarios of versions (§8): deployed, and followed, while orders are under way."""

import asyncio
import re
from collections.abc import AsyncGenerator, Mapping
from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio

from mtd.core.orders.purchase_order import Payment, PaymentMethod
from mtd.runtime.definitions.packing import packed
from tests.conftest import Server
from tests.processes.deployed import DRAWING
from tests.processes.shop import Shop, an_order, open_shop

pytestmark = pytest.mark.asyncio(loop_scope="module")
NAME = "retail_purchase_order"
BINDINGS = f"{NAME}.toml"
TABLE = "return_eligibility.dmn"
OLD_RULING, NEW_RULING = "Fuera de plazo", "Fuera de todo plazo"
OLD_LABEL, NEW_LABEL = "Esperar plazo de cierre", "Esperar plazo de reclamos"
FOLLOWING = 37
NOT_ASKED = 2
STUCK_AT = "Resolver pago"
WAREHOUSE = ("PICKED", "PACKED")
BY_GIFT_CARD = (
    Payment(method=PaymentMethod.GIFT_CARD, amount=Decimal(1_900), instrument="GC-1"),
    Payment(method=PaymentMethod.CARD, amount=Decimal(10_000)),
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(server: Server, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Shop]:
    unhurried = {"MTD__DURATIONS__CLAIMS_WINDOW": "PT10S"}
    home = tmp_path_factory.mktemp("shop")
    async with open_shop(server, home, settings=unhurried) as opened:
        yield opened


def files() -> dict[str, str]:
    """The process as it is kept, by file name."""
    return {file.name: file.content.decode() for file in packed([DRAWING])}


def deployment(changed: Mapping[str, str]) -> dict[str, Any]:
    return {
        "files": [{"name": name, "content": text} for name, text in {**files(), **changed}.items()],
        "actor": "ana",
    }


async def deployed(shop: Shop, changed: Mapping[str, str]) -> int:
    """The version that these files are from now on."""
    answer = await shop.accepted("/definitions", deployment(changed))
    [process] = answer["processes"]
    assert process["fresh"]
    return int(process["version"])


async def definition(shop: Shop, key: str) -> str:
    return str((await shop.order(key))["definition"])


async def on(shop: Shop, key: str, version: int) -> None:
    """Until the order runs on this version."""

    async def there() -> bool:
        return await definition(shop, key) == f"{NAME}@{version}"

    await shop.soon(there, f"{key} on {version}", lambda: shop.told(key))


async def test_deploy_all_at_once_mid_flow(shop: Shop) -> None:
    """Drawing, bindings and table together or not at all; who began before ends as it began."""
    before = await asyncio.gather(*(shop.place(an_order()) for _ in range(4)))
    await asyncio.gather(*(shop.until(key, "DELIVERED") for key in before))
    [old] = {await definition(shop, key) for key in before}
    later = {
        DRAWING.name: files()[DRAWING.name].replace(OLD_LABEL, NEW_LABEL),
        BINDINGS: files()[BINDINGS].replace(OLD_LABEL, NEW_LABEL),
        TABLE: files()[TABLE].replace(OLD_RULING, NEW_RULING),
    }
    broken = {**later, TABLE: files()[TABLE].replace("<text>false</text>", "<text>false(</text>")}
    known = await shop.get("/definitions")
    status, refused = await shop.status_of("/definitions", deployment(broken))
    assert status == 422, refused
    assert await shop.get("/definitions") == known, "nothing of it was deployed"

    new = f"{NAME}@{await deployed(shop, later)}"
    after = await asyncio.gather(*(shop.place(an_order()) for _ in range(4)))
    for key in before:
        await shop.tell("ReturnRequested", key, return_id=f"R-{key}", reason="OTHER")
    await asyncio.gather(*(shop.until(key, "DELIVERED") for key in after))
    for key in after:
        await shop.tell("ReturnRequested", key, return_id=f"R-{key}", reason="OTHER")
    for keys, version, ruling, label in (
        (before, old, OLD_RULING, OLD_LABEL),
        (after, new, NEW_RULING, NEW_LABEL),
    ):
        for key in keys:
            assert await shop.ended(key) == "CLOSED"
            assert await definition(shop, key) == version
            assert await shop.variable(key, "return_ruling") == ruling
            labels = {row["label"] for row in await shop.get(f"/orders/{key}/trace")}
            assert {OLD_LABEL, NEW_LABEL} & labels == {label}
            assert shop.duplicates(key) == []


async def test_migrate_37_in_flight(shop: Shop) -> None:
    """Of forty, 37 follow as the plan showed; one cannot and says why; two were not asked."""
    flowing = [an_order() for _ in range(FOLLOWING + NOT_ASKED)]
    for order in flowing:
        shop.silence("eom", order.key)
    stuck = an_order(payments=BY_GIFT_CARD)
    shop.script("giftcard", "declined", stuck.key, "redeem")
    keys = await asyncio.gather(*(shop.place(order) for order in flowing))
    await shop.place(stuck)
    await asyncio.gather(*(shop.until(key, "IN_FULFILLMENT") for key in keys))
    await shop.task(stuck.key, STUCK_AT)
    old = (await definition(shop, stuck.key)).rpartition("@")[2]
    drawing = files()[DRAWING.name]
    for id_ in ids_of(drawing, STUCK_AT):
        drawing = drawing.replace(id_, f"{id_}0")
    new = await deployed(shop, {DRAWING.name: drawing})

    chosen = [(await shop.order(key))["id"] for key in [*keys[:FOLLOWING], stuck.key]]
    asked = {
        "old": int(old), "new": new, "actor": "ana", "reason": "better", "instances": chosen
    }  # fmt: skip
    place = f"/definitions/{NAME}/migration"
    plan = await shop.accepted(place, {**asked, "plan": True})
    why = {one["key"]: one["refused"] for one in plan["instances"]}
    assert [key for key, reason in why.items() if reason is not None] == [stuck.key]
    assert "is not in" in why[stuck.key]
    assert {await definition(shop, key) for key in keys} == {f"{NAME}@{old}"}, "only shown"

    done = await shop.accepted(place, {**asked, "plan": False})
    assert done["asked"] == FOLLOWING
    await asyncio.gather(*(on(shop, key, new) for key in keys[:FOLLOWING]))
    for key in (*keys[FOLLOWING:], stuck.key):
        assert await definition(shop, key) == f"{NAME}@{old}"
        kinds = [row["kind"] for row in await shop.get(f"/orders/{key}/trace")]
        assert "migrated" not in kinds

    for key in keys:
        shipment = await shop.variable(key, "shipment_id")
        for status in WAREHOUSE:
            await shop.tell("FulfilmentEvent", shipment, status=status)
    await shop.do(stuck.key, STUCK_AT, decision="Otro medio")
    for key in (*keys, stuck.key):
        assert await shop.ended(key) == "CLOSED"
        assert len(shop.effects("payment", key, "capture")) >= 1
        assert len(shop.effects("paperless", key, "issue/sale")) == 1
        assert shop.duplicates(key) == []


def ids_of(drawing: str, label: str) -> list[str]:
    """Ids of the user tasks of this label."""
    return re.findall(rf'<userTask id="([^"]+)" name="{label}"', drawing)
