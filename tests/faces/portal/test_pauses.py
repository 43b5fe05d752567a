"""Pauses at the desk: what stands still is seen, waits without failing, and goes on when lifted."""

from playwright.sync_api import Browser, expect

from mtd.core.orders.purchase_order import Channel, PurchaseOrder
from tests.faces.portal.browser import NARROW, visiting
from tests.faces.portal.stand import Stand
from tests.processes.shop import an_order

TRIES_MAX = 20


def test_a_channel_is_paused_and_its_orders_wait_until_it_is_lifted(
    browser: Browser, stand: Stand
) -> None:
    with visiting(browser, stand.url) as visitor:
        page = visitor.sign_in("sofia", "/exceptions")
        page.click("main >> text=Pausas")
        page.select_option("#what", "channel:kiosk")
        page.fill("#reason", "se cambian los kioscos")
        page.click("button.danger")
        expect(page.locator(".flash")).to_contain_text("En pausa: kiosk")
        # A worker looks for pauses now and then: what came before its look went through.
        orders: list[PurchaseOrder] = []
        row = page.locator("tbody tr").first
        for _ in range(TRIES_MAX):
            orders.append(an_order(channel=Channel.KIOSK, store="carters"))
            stand.run(stand.shop.place(orders[-1]))
            page.wait_for_timeout(1_000)
            page.reload()
            if row.locator("td.num").inner_text() == "1":
                break
        order = orders[-1]
        expect(row).to_contain_text("Kiosco")
        expect(row.locator("td.num")).to_have_text("1")
        assert not visitor.faults()
        visitor.shot("pauses_1440")
        assert not stand.run(stand.shop.get(f"/orders/{order.key}/incidents"))
        row.get_by_text("Levantar", exact=True).first.click()
        row.get_by_label("Levantar la pausa; 1 siguen de a pocas. Motivo:").fill("ya están")
        row.locator("button.main").click()
        expect(page.locator(".flash")).to_contain_text("levantada")
        stand.run(stand.shop.ended(order.key))
        expect(page.locator("tbody tr").first).to_contain_text("sofia: ya están")


def test_an_exception_leads_to_the_pause_of_its_step(browser: Browser, stand: Stand) -> None:
    with visiting(browser, stand.url, size=NARROW) as visitor:
        key = stand.known["unreserved-1"].key
        order = stand.run(stand.shop.order(key))["id"]
        page = visitor.sign_in("sofia", f"/orders/{order}")
        page.click("text=Pausar este paso")
        assert page.locator("#what").input_value() == "step:counter_sale/reserve"
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW[0]
        assert not visitor.faults()


def test_who_sees_one_store_pauses_nothing(browser: Browser, stand: Stand) -> None:
    with visiting(browser, stand.url) as visitor:
        page = visitor.sign_in("ana", "/pauses")
        assert page.locator("#what").count() == 0
