"""A value's menu in a browser: filtered, left out and counted, with the mouse and by keys alone."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, expect

from tests.faces.portal.browser import NARROW, WIDE, visiting
from tests.faces.portal.stand import Stand


def test_a_value_is_filtered_by_and_left_out_with_keys_alone(
    browser: Browser, stand: Stand
) -> None:
    with visiting(browser, stand.url) as visitor:
        page = visitor.sign_in("sofia", "/orders?view=troubled")
        rows = page.locator("tbody tr")
        total = rows.count()
        value = page.locator("a.value[data-name=store]", has_text="Paris").first
        value.focus()
        page.keyboard.press("Enter")
        menu = page.get_by_role("menu")
        expect(menu).to_contain_text("Paris")
        expect(menu.get_by_role("menuitem").first).to_be_focused()
        alone = int(menu.get_by_role("menuitem").nth(0).locator(".soft").inner_text().split()[0])
        others = int(menu.get_by_role("menuitem").nth(1).locator(".soft").inner_text().split()[0])
        assert alone + others == total and alone and others
        assert not visitor.faults()
        visitor.shot("value_1440")
        page.keyboard.press("Escape")
        expect(menu).to_have_count(0)
        expect(value).to_be_focused()
        page.keyboard.press("Enter")
        expect(menu.get_by_role("menuitem").first).to_be_focused()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_url("**store-not=paris**")
        assert parse_qs(urlsplit(page.url).query) == {"view": ["troubled"], "store-not": ["paris"]}
        expect(page.locator(".chip.out")).to_contain_text("Tienda no es Paris")
        expect(rows).to_have_count(others)
        page.reload()
        expect(rows).to_have_count(others)
        page.locator(".chip.out a").click()
        expect(rows).to_have_count(total)


@pytest.mark.parametrize(
    ("login", "path", "name", "chip"),
    [
        ("sofia", "/files", "cause", "Causa no es"),
        ("sofia", "/files", "store", "Tienda no es"),
        ("ines", "/audit?what=session.begin", "who", "Quién no es"),
        ("ines", "/audit", "what", "Qué no es"),
    ],
)
def test_other_lists_have_the_same_menu(
    browser: Browser, stand: Stand, login: str, path: str, name: str, chip: str
) -> None:
    for size in (WIDE, NARROW):
        with visiting(browser, stand.url, size=size) as visitor:
            page = visitor.sign_in(login)
            page.goto(path)
            value = page.locator(f"a.value[data-name={name}]").first
            said = value.locator("[data-value]").get_attribute("data-value")
            value.focus()
            page.keyboard.press("Enter")
            menu = page.get_by_role("menu")
            expect(menu.get_by_role("menuitem").first).to_be_focused()
            box = menu.bounding_box()
            assert box and box["x"] >= 0 and box["x"] + box["width"] <= size[0]
            assert not visitor.faults()
            visitor.shot(f"menu{path.partition('?')[0].replace('/', '_')}_{name}_{size[0]}")
            page.keyboard.press("ArrowDown")
            page.keyboard.press("Enter")
            page.wait_for_url(f"**{name}-not=*")
            expect(page.locator(".chip.out")).to_contain_text(chip)
            assert page.locator(f"a.value [data-value='{said}']").count() == 0
            assert not visitor.faults()
            assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_a_menu_fits_a_telephone_and_a_click_beside_it_closes_it(
    browser: Browser, stand: Stand
) -> None:
    with visiting(browser, stand.url, size=NARROW) as visitor:
        page = visitor.sign_in("sofia", "/orders")
        page.locator("a.value[data-name=state]").first.click()
        menu = page.get_by_role("menu")
        expect(menu.get_by_role("menuitem")).to_have_count(2)
        box = menu.bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= NARROW[0]
        page.locator("footer").click()
        expect(menu).to_have_count(0)


def test_without_a_script_a_value_leads_to_those_alone(browser: Browser, stand: Stand) -> None:
    with visiting(browser, stand.url, java_script_enabled=False) as visitor:
        page = visitor.sign_in("sofia", "/orders")
        page.locator("a.value[data-name=channel]").first.click()
        page.wait_for_url("**channel=*")
        assert page.locator(".chip").count() == 1
