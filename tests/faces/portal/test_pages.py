"""Every page in a browser: it shows, in both languages, on both sizes, in the dark and on paper."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser

from tests.faces.portal.browser import NARROW, WIDE, visiting
from tests.faces.portal.stand import Stand

PAGES = {
    "overview": "/",
    "orders": "/orders",
    "orders_none": "/orders?state=RETURNED",
    "search_none": "/search?q=nada",
    "exceptions": "/exceptions",
    "files": "/files",
    "tasks": "/tasks",
    "bulk": "/bulk",
    "processes": "/processes",
    "move": "/orders/{order}/move",
    "dispatch": "/statistics/dispatch?compare=yes",
    "dispatch_carrier": "/statistics/dispatch?by=carrier&from=2026-01-01&to=2027-12-31",
    "comparison": "/statistics/comparison",
    "steps": "/statistics/steps",
    "sales": "/statistics/sales?period=month&compare=yes",
    "daily": "/statistics/daily?day={today}",
    "sales_none": "/statistics/sales?from=2020-01-01&to=2020-01-02",
    "alerts": "/alerts",
    "alerts_none": "/alerts?state=closed",
    "alert_rules": "/alerts/rules",
    "alert_rule": "/alerts/rules/discounts",
    "order": "/orders/{order}",
}
SIZES = {"1440": WIDE, "390": NARROW}


def test_the_door(browser: Browser, stand: Stand) -> None:
    with visiting(browser, stand.url) as visitor:
        visitor.page.goto("/sign-in")
        assert visitor.page.title() == "Iniciar sesión · MTD"
        assert not visitor.faults()
        visitor.shot("sign_in")


@pytest.mark.parametrize("size", SIZES)
def test_pages_show_and_fit(browser: Browser, stand: Stand, size: str) -> None:
    with visiting(browser, stand.url, size=SIZES[size]) as visitor:
        page = visitor.sign_in("sofia")
        for name, place in PAGES.items():
            path = place.format(order=_order(stand), today=_today())
            page.goto(path)
            page.locator(".lamp.live").wait_for()
            visitor.shot(f"{name}_{size}")
            assert not visitor.faults(), path
            assert page.locator("h1").is_visible(), path
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= SIZES[size][0], f"{path} is {wide} px wide"


def test_the_table_of_steps_is_no_wider_than_its_page(browser: Browser, stand: Stand) -> None:
    with visiting(browser, stand.url) as visitor:
        page = visitor.sign_in("sofia", "/statistics/steps")
        frames = page.locator(".scroll:has(table)")
        assert frames.count() == 2
        over = frames.evaluate_all("all => all.map(one => one.scrollWidth - one.clientWidth)")
        assert max(over) <= 0, over


def test_a_view_s_long_name_widens_no_page(browser: Browser, stand: Stand) -> None:
    with visiting(browser, stand.url, size=NARROW) as visitor:
        page = visitor.sign_in("sofia", "/orders?channel=kiosk")
        page.fill("#view-name", "W" * 60)
        page.click("text=Guardar >> nth=-1")
        page.locator(".flash").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW[0]
        page.get_by_role("button", name=f"Eliminar «{'W' * 60}»").click()
        page.wait_for_load_state()


def test_pages_speak_english_and_show_in_the_dark(browser: Browser, stand: Stand) -> None:
    with visiting(browser, stand.url, locale="en-US", color_scheme="dark") as visitor:
        page = visitor.sign_in("sofia")
        for name, place in PAGES.items():
            path = place.format(order=_order(stand), today=_today())
            page.goto(path)
            assert page.locator("html").get_attribute("lang") == "en"
            assert not visitor.faults(), path
            visitor.shot(f"{name}_dark")
        page.goto("/language/es?next=/orders")
        assert page.title() == "Órdenes · MTD"


def test_paper_has_no_navigation(browser: Browser, stand: Stand) -> None:
    with visiting(browser, stand.url) as visitor:
        page = visitor.sign_in("sofia", "/orders")
        page.emulate_media(media="print")
        for hidden in (".side", ".bar", ".filters"):
            assert not page.locator(hidden).first.is_visible(), hidden
        assert page.locator("table").is_visible()


def test_the_daily_report_prints_whole_and_without_navigation(
    browser: Browser, stand: Stand
) -> None:
    with visiting(browser, stand.url) as visitor:
        page = visitor.sign_in("sofia", f"/statistics/daily?day={_today()}")
        page.emulate_media(media="print")
        for hidden in (".side", ".bar", ".filters", ".tabs"):
            assert not page.locator(hidden).first.is_visible(), hidden
        heads = page.locator("main h2:visible").all_inner_texts()
        wanted = ("Informe del", "Promesas", "Excepciones por causa", "Ventas por tienda")
        assert all(any(head.startswith(one) for head in heads) for one in wanted), heads
        visitor.shot("daily_print")
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= WIDE[0] and page.pdf().startswith(b"%PDF")


def _today() -> str:
    """Chile's day, as the product has it."""
    return datetime.now(ZoneInfo("America/Santiago")).date().isoformat()


def _order(stand: Stand) -> str:
    """The id of one with an exception."""
    return stand.run(stand.shop.order(stand.known["unreserved-1"].key))["id"]
