"""The palette: Ctrl K leads to a page, a view, an order or a pasted list of them, by keys alone."""

from playwright.sync_api import Browser, expect

from tests.faces.portal.browser import NARROW, visiting
from tests.faces.portal.stand import Stand


def test_a_few_letters_lead_to_a_page_and_a_number_to_its_order(
    browser: Browser, stand: Stand
) -> None:
    order = stand.known["well-3"]
    with visiting(browser, stand.url) as visitor:
        page = visitor.sign_in("sofia", "/tasks")
        page.keyboard.press("Control+k")
        box = page.get_by_role("combobox", name="Ir a")
        expect(box).to_be_focused()
        page.keyboard.type("cola")
        expect(page.locator("dialog.palette").get_by_role("option")).to_have_count(1)
        assert not visitor.faults()
        visitor.shot("palette_1440")
        page.keyboard.press("Enter")
        page.wait_for_url("**/files")
        page.keyboard.press("Control+k")
        expect(box).to_be_focused()
        page.keyboard.type(order.external_id)
        chosen = page.locator("dialog.palette").get_by_role("option", selected=True)
        expect(chosen).to_contain_text(order.external_id)
        page.keyboard.press("Enter")
        page.wait_for_url("**/orders/*")
        expect(page.locator(".headline")).to_contain_text(order.external_id)


def test_arrows_choose_and_escape_closes(browser: Browser, stand: Stand) -> None:
    with visiting(browser, stand.url, size=NARROW) as visitor:
        page = visitor.sign_in("sofia", "/orders")
        page.keyboard.press("Control+k")
        options = page.locator("dialog.palette").get_by_role("option")
        expect(options.nth(0)).to_have_attribute("aria-selected", "true")
        page.keyboard.press("ArrowDown")
        expect(options.nth(1)).to_have_attribute("aria-selected", "true")
        page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowUp")
        expect(options.last).to_have_attribute("aria-selected", "true")
        page.keyboard.press("Escape")
        expect(page.get_by_role("combobox", name="Ir a")).to_be_hidden()


def test_a_pasted_list_is_a_page_of_its_own(browser: Browser, stand: Stand) -> None:
    wanted = [stand.known[f"well-{n}"].external_id for n in range(4)]
    with visiting(browser, stand.url) as visitor:
        page = visitor.sign_in("sofia", "/")
        page.keyboard.press("Control+k")
        page.get_by_role("combobox", name="Ir a").fill("\n".join([*wanted, "PW-nada"]))
        page.get_by_text("Ver las 4 órdenes").click()
        page.wait_for_url("**/search?**")
        assert sorted(page.locator("tbody a.id").all_inner_texts()) == sorted(wanted)


def test_other_stores_are_not_found(browser: Browser, stand: Stand) -> None:
    mine, foreign = (stand.known[name].external_id for name in ("well-0", "well-1"))
    with visiting(browser, stand.url) as visitor:
        page = visitor.sign_in("ana", "/")
        page.goto(f"/search?q={mine}+{foreign}")
        assert mine in page.locator("main").inner_text()
        assert page.locator("tbody tr").count() <= 1
