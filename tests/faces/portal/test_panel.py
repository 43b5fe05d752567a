"""The panel beside the list of orders: one at a glance, by keys, by mouse and by its address."""

from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Browser, expect

from tests.faces.portal.browser import NARROW, visiting
from tests.faces.portal.stand import Stand


def test_the_panel_follows_the_keys_and_its_address_reproduces_it(
    browser: Browser, stand: Stand
) -> None:
    with visiting(browser, stand.url) as visitor:
        page = visitor.sign_in("sofia")
        page.goto("/orders?view=troubled")
        panel = page.get_by_role("complementary", name="Vista previa")
        expect(panel).to_be_hidden()
        numbers = page.locator("tbody th a.id").all_inner_texts()
        page.keyboard.press("j")
        page.keyboard.press("Space")
        expect(panel).to_contain_text(numbers[0])
        expect(panel).to_contain_text("Se esperaba")
        expect(panel).to_contain_text("Lo último")
        assert not visitor.faults()
        visitor.shot("panel_1440")
        page.keyboard.press("j")
        expect(panel).to_contain_text(numbers[1])
        expect(panel).not_to_contain_text(numbers[0])
        assert page.locator("tbody tr.here a.id").inner_text() == numbers[1]
        address = page.url
        assert parse_qs(urlsplit(address).query).keys() == {"view", "peek"}
        page.reload()
        expect(panel).to_contain_text(numbers[1])
        assert page.url == address
        page.keyboard.press("k")
        expect(panel).to_contain_text(numbers[0])
        page.keyboard.press("Escape")
        expect(panel).to_be_hidden()
        assert page.url.endswith("/orders?view=troubled")
        page.keyboard.press("Space")
        expect(panel).to_contain_text(numbers[0])
        page.keyboard.press("Enter")
        page.wait_for_url("**/orders/*of=view*")
        expect(page.locator("main .big").first).to_have_text(numbers[0])


def test_what_failed_is_retried_from_the_panel(browser: Browser, stand: Stand) -> None:
    with visiting(browser, stand.url) as visitor:
        page = visitor.sign_in("sofia")
        page.goto("/orders?code=TECHNICAL_FAILURE")
        page.keyboard.press("j")
        page.keyboard.press("Space")
        panel = page.get_by_role("complementary", name="Vista previa")
        expect(panel.locator("details.act")).to_have_count(1)
        page.keyboard.press("r")
        expect(panel.get_by_label("Reintentar")).to_be_focused()
        page.keyboard.press("Space")
        expect(panel).to_be_visible()
        assert panel.get_by_label("Reintentar").input_value() == " ", "what is typed is typed"


def test_the_panel_covers_a_telephone_and_closes(browser: Browser, stand: Stand) -> None:
    with visiting(browser, stand.url, size=NARROW, color_scheme="dark") as visitor:
        page = visitor.sign_in("sofia")
        page.goto("/orders?view=troubled")
        page.locator("a.peek").first.click()
        panel = page.get_by_role("complementary", name="Vista previa")
        expect(panel).to_be_visible()
        box = panel.bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= NARROW[0]
        assert not visitor.faults()
        visitor.shot("panel_390")
        panel.get_by_role("link", name="Cerrar la vista previa").click()
        expect(panel).to_be_hidden()


def test_without_a_script_the_panel_is_a_page_of_the_list(browser: Browser, stand: Stand) -> None:
    with visiting(browser, stand.url, java_script_enabled=False) as visitor:
        page = visitor.sign_in("sofia", "/orders?store=paris")
        number = page.locator("tbody th a.id").first.inner_text()
        page.locator("a.peek").first.click()
        page.wait_for_url("**peek=*")
        expect(page.locator("#panel")).to_contain_text(number)
        page.get_by_role("link", name="Cerrar la vista previa").click()
        page.wait_for_url("**/orders?store=paris")
        expect(page.locator("#panel")).to_be_hidden()


def test_another_store_s_order_is_in_no_panel(browser: Browser, stand: Stand) -> None:
    foreign = stand.run(stand.shop.order(stand.known["unreserved-1"].key))["id"]
    with visiting(browser, stand.url) as visitor:
        visitor.expected.append("status of 404")
        page = visitor.sign_in("ana")
        for path in (f"/orders?peek={foreign}", f"/orders/{foreign}/glance"):
            answer = page.goto(path)
            assert answer is not None and answer.status == 404
            assert _number(stand) not in page.content()


def _number(stand: Stand) -> str:
    return stand.known["unreserved-1"].external_id
