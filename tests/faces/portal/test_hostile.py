"""Hostile content: whatever a file of orders can carry is shown as text and runs nowhere."""

import pytest
from msgspec.structs import replace
from playwright.sync_api import Browser

from mtd.core.orders.purchase_order import Customer, PurchaseOrder
from mtd.runtime.app import TENANT
from mtd.store import orders
from tests.faces.portal.browser import visiting
from tests.faces.portal.stand import STORES, Stand, sale
from tests.processes.shop import Shop

EVIL = "<svg onload=window.ran=1><b>'\"`${1}{{7*7}}&lt;"
NAME = "'><b>{{7*7}}&lt;\""
"""An identifier has neither spaces nor slashes here."""
LINE = "<script>window.ran=1</script>"


@pytest.fixture(scope="module")
def marked(stand: Stand) -> str:
    """The id of an order whose every text is an attack."""
    plain = sale(store=STORES[0], amount=90_000)
    line = replace(plain.lines[0], description=EVIL, sku=NAME)
    customer = Customer(name=EVIL, email=EVIL, phone=EVIL, tax_id=NAME)
    order = replace(
        plain, external_id=NAME, branch=NAME, lines=(line,), customer=customer,
        attributes={NAME: EVIL},
    )  # fmt: skip
    return stand.run(_placed(stand.shop, order))


def test_an_order_s_texts_are_texts(browser: Browser, stand: Stand, marked: str) -> None:
    with visiting(browser, stand.url) as visitor:
        page = visitor.sign_in("sofia", f"/orders/{marked}")
        assert page.locator("dd", has_text=EVIL).count() >= 2
        page.fill("#words", EVIL)
        page.click("text=Comentar")
        for path in (f"/orders/{marked}", "/orders", f"/search?q={EVIL}", "/tasks", "/"):
            page.goto(path)
            assert page.evaluate("window.ran") is None, path
            assert (
                page.locator("main b, main svg:not(.spark, .stack, .chart), header b").count() == 0
            ), path


def test_a_raw_file_is_text(browser: Browser, stand: Stand) -> None:
    folder = stand.shop.app.home / stand.shop.app.settings.intake.folder / "CL/paris/kiosk"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "evil.xml").write_text(f"<orden>\n{LINE}\n<a>{EVIL}\n</orden>", encoding="utf-8")
    id_ = stand.run(_waiting(stand.shop, "evil.xml"))
    with visiting(browser, stand.url) as visitor:
        page = visitor.sign_in("sofia", f"/files/{id_}")
        assert page.locator(".raw li", has_text=LINE).count() == 1
        assert page.evaluate("window.ran") is None


async def _placed(shop: Shop, order: PurchaseOrder) -> str:
    await shop.place(order)
    async with shop.app.store.door(TENANT) as connection:
        (newest,) = await orders.page(connection, TENANT, limit=1)
    assert newest.external_id == NAME
    return newest.id


async def _waiting(shop: Shop, name: str) -> str:
    async def found() -> str | None:
        files = [one["id"] for one in await shop.get("/waiting") if one["path"].endswith(name)]
        return files[0] if files else None

    return await shop.soon(found, name, found)
