"""Hostile content: whatever a file of orders or a person can say is shown as text and runs nowhere.

All that an order, its file and its people carry is an attack, and a word far too long; every page
that there is shows it, and none is wider than its window for it.
"""

from functools import partial
from typing import Any

import pytest
from msgspec.structs import replace
from playwright.sync_api import Browser, Page

from mtd.core.orders.json import write_json
from mtd.core.orders.purchase_order import (
    Address,
    BuyerDocument,
    Channel,
    Customer,
    DocumentKind,
    PurchaseOrder,
)
from mtd.runtime.app import TENANT
from mtd.runtime.desk.people.accounts import Accounts, By
from mtd.runtime.desk.people.keys import Keys
from tests.faces.portal.browser import NARROW, WIDE, visiting
from tests.faces.portal.rights import Way, ways
from tests.faces.portal.stand import PASSWORD, STORES, Stand, sale
from tests.processes.shop import Shop

ATTACK = "<svg onload=window.ran=1><x-ran>'\"`${1}{{7*7}}&lt;"
EVIL = ATTACK + "w" * 130
"""As long as a name may be, with no place to break it."""
NAME = "'><x-ran>{{7*7}}&lt;\"" + "w" * 130
"""An identifier has neither spaces nor slashes here."""
LINE = "<script>window.ran=1</script><x-ran>"
FILE = "<img src=x onerror=window.ran=1><x-ran>.xml"
RAN = "window.ran !== undefined || !!document.querySelector('x-ran, [onload], [onerror]')"
"""Whether any of it became more than text."""
ENDLESS = {"/live"}
WIDTH = "document.documentElement.scrollWidth"
ADDRESS = Address(
    street=EVIL, number=EVIL, unit=EVIL, commune=EVIL, city=EVIL, region=EVIL, postal_code=EVIL
)


@pytest.fixture(scope="module")
def marked(stand: Stand) -> dict[str, dict[str, Any]]:
    """An order, a task, a file and a bulk action whose every text is an attack."""
    return stand.run(_filled(stand.shop))


async def _filled(shop: Shop) -> dict[str, dict[str, Any]]:
    order = _evil(sale(store=STORES[0], amount=90_000))
    folder = shop.app.home / shop.app.settings.intake.folder / "CL/paris/kiosk"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE).write_text(f"<orden>\n{LINE}\n<a>{EVIL}\n</orden>", encoding="utf-8")
    await shop.accepted("/orders", write_json(order))
    task = await shop.task(order.key, "Autorizar venta")
    said = {"actor": EVIL, "reason": EVIL, "variables": {"limit": EVIL, "evil": [EVIL, {EVIL: 1}]}}
    await shop.accepted(f"/orders/{task['instance']}/modification", said)
    troubled = replace(_evil(sale(store=STORES[0])), external_id=f"{NAME}2")
    shop.script("eom", "error", troubled.key, "reserve", times=20)
    await shop.accepted("/orders", write_json(troubled))

    async def waits() -> str | None:
        files = [one["id"] for one in await shop.get("/waiting") if one["path"].endswith(FILE)]
        return files[0] if files else None

    accounts, by = Accounts(shop.app), By(actor=EVIL, origin=EVIL, reason=EVIL)
    await accounts.add("malo", EVIL, PASSWORD, ("agent",), (STORES[0],), by)
    assert await accounts.sign_in("malo", PASSWORD, EVIL, EVIL)
    await Keys(shop.app, TENANT).add(EVIL, by)
    file = await shop.soon(waits, FILE, partial(shop.get, "/waiting"))
    wish = {"name": EVIL, "action": "retry", "actor": EVIL, "reason": EVIL}
    bulk = await shop.accepted("/bulk", wish | {"orders": [task["instance"]]})
    return {
        "orders": {"id": task["instance"], "name": "none"},
        "tasks": {"instance": task["instance"], "wait": task["wait"]},
        "files": {"id": file},
        "bulk": {"id": bulk["bulk"]["id"]},
    }


def _evil(plain: PurchaseOrder) -> PurchaseOrder:
    """`plain` with an attack in each of its texts."""
    line = replace(plain.lines[0], description=EVIL, sku=NAME, fulfilment_node=NAME)
    customer = Customer(name=EVIL, email=EVIL, phone=EVIL, tax_id=NAME, address=ADDRESS)
    paid = replace(plain.payments[0], instrument=NAME, authorization_code=NAME)
    invoice = BuyerDocument(
        kind=DocumentKind.INVOICE, tax_id=NAME, legal_name=EVIL, business_line=EVIL, address=ADDRESS
    )
    shipment = replace(plain.shipment, address=ADDRESS, carrier=NAME, pickup_branch=NAME)
    return replace(
        plain, external_id=NAME, branch=NAME, lines=(line,), customer=customer, payments=(paid,),
        buyer_document=invoice, shipment=shipment, attributes={NAME: EVIL}, channel=Channel.PHONE,
    )  # fmt: skip


def _pages(marked: dict[str, dict[str, Any]]) -> list[str]:
    shown = [one for one in ways() if not one.changes and "html" in one.media_type.lower()]
    return [_filled_in(one, marked) for one in shown if one.path not in ENDLESS]


def _filled_in(way: Way, marked: dict[str, dict[str, Any]]) -> str:
    known = marked.get(way.path.split("/")[1], {})
    return way.at(**{"language": "es", "tab": "sales", **known})


def test_nothing_that_is_said_runs_on_any_page(
    browser: Browser, stand: Stand, marked: dict[str, dict[str, Any]]
) -> None:
    order, file = marked["orders"]["id"], marked["files"]["id"]
    with visiting(browser, stand.url) as visitor:
        # What there is nothing of says so, what an administrator alone sees, what needs a question.
        visitor.expected += ["404", "403", "400"]
        page = visitor.sign_in("sofia", f"/orders/{order}")
        assert page.locator("dd", has_text=EVIL).count() >= 2
        _say(page, order, file)
        more = (
            "/orders?view=troubled", "/exceptions", f"/search?q={EVIL}", "/audit?who=malo",
            f"/orders?peek={order}",
        )  # fmt: skip
        for path in (*_pages(marked), *more):
            page.goto(path)
            assert not page.evaluate(RAN), path
            _fits(page)
        page.goto(f"/orders/{order}/correct?incident=1")
        page.fill("#text", page.locator("#text").input_value().replace("svg", "sv g"))
        page.locator("#difference del").first.wait_for()
        assert not page.evaluate(RAN), "the difference"


def test_nothing_that_is_said_runs_on_an_administrator_s_pages(
    browser: Browser, stand: Stand, marked: dict[str, dict[str, Any]]
) -> None:
    with visiting(browser, stand.url) as visitor:
        visitor.expected += ["404", "403", "400"]
        page = visitor.sign_in("adan")
        for path in _pages(marked):
            if path.startswith(("/admin", "/audit", "/password")):
                page.goto(path)
                assert not page.evaluate(RAN), path
                _fits(page)
        page.goto("/admin/people/malo")
        _fits(page)
        assert page.locator("td", has_text=EVIL).count() >= 1, "the browser's name is shown"
        page.goto("/admin/clients")
        assert page.locator("th", has_text=EVIL[:100]).count() == 1


def _fits(page: Page) -> None:
    """Nothing that is long makes the page wider than a large window, or a telephone's.

    What has no style is a part of a page.
    """
    if not page.evaluate("document.styleSheets.length"):
        return
    for width, height in (NARROW, WIDE):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate(WIDTH) <= width, f"{page.url} in {width} px"


def _say(page: Page, order: str, file: str) -> None:
    """What people can write: remarks, reasons, names of views."""
    page.fill("#words", EVIL)
    page.click("#remarks button")
    page.wait_for_url("**#remarks")
    assert not page.evaluate(RAN), "a remark"
    page.goto("/orders")
    page.fill("#view-name", ATTACK)
    page.click("text=Guardar >> nth=-1")
    assert page.locator(".flash", has_text=ATTACK).count() == 1 and not page.evaluate(RAN)
    page.goto(f"/files/{file}")
    assert page.locator(".raw li", has_text=LINE).count() == 1
    assert not page.evaluate(RAN), "an XML's error and its lines"
    page.click("summary:has-text('Descartar')")
    page.fill("#why-discard", EVIL)
    page.click("button.danger")
    page.locator(".flash", has_text=EVIL).wait_for()
    assert not page.evaluate(RAN), "why a file is to be given up"


def test_what_is_hostile_is_quoted_in_a_spreadsheet(
    browser: Browser, stand: Stand, marked: dict[str, dict[str, Any]]
) -> None:
    del marked
    formula = replace(sale(store=STORES[0]), external_id='=HYPERLINK("http://evil")')
    stand.run(stand.shop.place(formula))
    with visiting(browser, stand.url) as visitor:
        visitor.sign_in("sofia")
        for path in ("/orders.csv", "/orders.csv?flavour=plain"):
            text = visitor.page.request.get(path).text()
            assert "'=HYPERLINK" in text
            for line in text.removeprefix("\ufeff").splitlines():
                cells = [cell.strip('"') for cell in line.replace(";", ",").split(",")]
                assert not any(cell.startswith(("=", "@", "+")) for cell in cells), line
