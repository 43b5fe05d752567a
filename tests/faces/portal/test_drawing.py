"""The drawing in a browser: islands come and go, counts stand on elements and in a table."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.faces.portal.browser import NARROW, WIDE, visiting
from tests.faces.portal.stand import Stand

COUNTER = "/processes/counter_sale/1"
LARGE = "/processes/retail_purchase_order/1"
SIZES = {"1440": WIDE, "390": NARROW}


def test_every_process_is_listed_with_who_runs_on_it(browser: Browser, stand: Stand) -> None:
    with visiting(browser, stand.url) as visitor:
        page = visitor.sign_in("sofia", "/processes")
        row = page.locator("tbody tr", has_text="counter_sale")
        assert int(row.locator("td").nth(1).inner_text()) >= 1, "orders run on it"
        assert int(row.locator("td").nth(2).inner_text()) >= 1, "some have an exception"
        row.get_by_role("link", name="counter_sale", exact=True).click()
        page.wait_for_url(f"**{COUNTER}")
        _ready(page)


def test_counts_stand_on_the_elements_and_in_the_table(browser: Browser, stand: Stand) -> None:
    with visiting(browser, stand.url) as visitor:
        page = visitor.sign_in("sofia", COUNTER)
        _ready(page)
        for element, badge in (("authorize", "count"), ("reserve", "bad")):
            row = page.locator(f"[data-element={element}]")
            told = row.locator(f"[data-badge={badge}]").inner_text()
            assert int(told) >= 1
            overlay = page.locator(f".djs-overlays[data-container-id={element}] .badge.{badge}")
            expect(overlay).to_have_text(told)
        assert page.locator(".bjs-powered-by").is_visible(), "the mark of bpmn.io is shown"
        _uncovered(page, ".bjs-powered-by")
        page.click(".bjs-powered-by")
        page.locator(".bjs-powered-by-lightbox .backdrop").click(position={"x": 5, "y": 5})


def test_the_drawing_is_coloured_in_four_ways(browser: Browser, stand: Stand) -> None:
    with visiting(browser, stand.url) as visitor:
        page = visitor.sign_in("sofia", f"{COUNTER}?mode=frequency&period=1h")
        _ready(page)
        came = page.locator("[data-element=reserve] td").nth(1)
        assert int(came.inner_text()) >= 12, "every order of the telephone"
        hottest = page.locator(".djs-element.heat-5")
        assert "reserve" in hottest.evaluate_all("all => all.map(one => one.dataset.elementId)")
        overlay = page.locator(".djs-overlays[data-container-id=reserve] .badge.time")
        expect(overlay).to_have_text(came.inner_text())
        assert not visitor.faults()
        visitor.shot("heat_1440")
        page.get_by_role("link", name="Fallas").click()
        _ready(page)
        failed = page.locator("[data-element=reserve] td").nth(1)
        expect(failed).to_contain_text("%")
        assert page.locator(".djs-element.heat-5").count() >= 1
        page.get_by_role("link", name="7 días").click()
        page.wait_for_url("**mode=failures&period=7d")
        for mode in ("time", "sla"):
            page.goto(f"{COUNTER}?mode={mode}")
            _ready(page)
        visitor.expected.append("404")
        page.goto(f"{COUNTER}?mode=anger")


def test_a_row_shows_where_it_is_and_a_click_finds_the_row(browser: Browser, stand: Stand) -> None:
    with visiting(browser, stand.url) as visitor:
        page = visitor.sign_in("sofia", COUNTER)
        _ready(page)
        page.hover("[data-element=authorize] th")
        expect(page.locator(".djs-element.pointed")).to_have_attribute(
            "data-element-id", "authorize"
        )
        page.click(".djs-shape[data-element-id=reserve]")
        expect(page.locator("[data-element=reserve]")).to_have_class("here")


def test_an_island_outlives_a_morph_and_ends_with_its_place(browser: Browser, stand: Stand) -> None:
    with visiting(browser, stand.url) as visitor:
        page = visitor.sign_in("sofia", COUNTER)
        _ready(page)
        page.evaluate("document.querySelector('.canvas').dataset.kept = 'yes'")
        morph = "htmx.swap({target: '#main', swap: 'outerMorph', text: TEXT})"
        page.evaluate(
            "async () => { const text = await (await fetch(location.href)).text();"
            " const whole = new DOMParser().parseFromString(text, 'text/html');"
            " const main = whole.querySelector('#main');"
            f" await {morph.replace('TEXT', 'main.outerHTML')} }}"
        )
        assert page.locator(".canvas[data-kept=yes] svg").count() >= 1
        page.evaluate("window.held = document.querySelector('.djs-container')")
        page.evaluate(
            "async () => { await htmx.swap({target: '#drawing', swap: 'outerHTML',"
            " text: '<p id=gone></p>'}) }"
        )
        assert page.evaluate("window.held.parentElement === null"), "the viewer is closed, too"
        assert page.locator("#gone").count() == 1


@pytest.mark.parametrize("size", SIZES)
def test_a_large_drawing_shows_and_fits(browser: Browser, stand: Stand, size: str) -> None:
    with visiting(browser, stand.url, size=SIZES[size]) as visitor:
        page = visitor.sign_in("sofia", LARGE)
        _ready(page)
        assert page.locator(".djs-shape").count() > 100
        assert not visitor.faults()
        visitor.shot(f"process_large_{size}")
        page.get_by_role("button", name="Acercar").click()
        page.goto(COUNTER)
        _ready(page)
        assert not visitor.faults()
        visitor.shot(f"process_{size}")
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0]


def test_the_drawing_speaks_english_and_shows_in_the_dark_and_on_paper(
    browser: Browser, stand: Stand
) -> None:
    with visiting(browser, stand.url, locale="en-US", color_scheme="dark") as visitor:
        page = visitor.sign_in("sofia", COUNTER)
        _ready(page)
        assert page.get_by_role("button", name="Closer").count() == 1
        assert not visitor.faults()
        visitor.shot("process_dark")
        page.emulate_media(media="print", color_scheme="light")
        assert page.locator(".djs-container svg").first.is_visible()
        assert not page.locator(".tools").is_visible()
        visitor.shot("process_print")


def test_without_javascript_the_table_says_it_all(browser: Browser, stand: Stand) -> None:
    with visiting(browser, stand.url, java_script_enabled=False) as visitor:
        page = visitor.sign_in("sofia", COUNTER)
        assert page.locator("[data-element=authorize] [data-badge=count]").inner_text()


def _ready(page: Page) -> None:
    page.locator(".drawing[data-ready]").wait_for(timeout=15_000)


def _uncovered(page: Page, selector: str) -> None:
    """Nothing lies over it."""
    top = page.evaluate(
        "(one) => { const el = document.querySelector(one); el.scrollIntoView({block: 'center'});"
        " const box = el.getBoundingClientRect();"
        " const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];"
        " return el.contains(document.elementFromPoint(x, y)) }",
        selector,
    )
    assert top, selector
