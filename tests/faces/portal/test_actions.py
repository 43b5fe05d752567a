"""What people do, in a browser: correct, retry, complete, push, discard; the keyboard alone too."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.faces.portal.browser import Visitor, visiting
from tests.faces.portal.stand import Stand

TICKS_MAX = 60
"""Looks for three messages of the stream, a fifth of a second apart."""


def test_a_correction_retries_and_is_one_entry_of_the_audit(browser: Browser, stand: Stand) -> None:
    with visiting(browser, stand.url) as visitor:
        page = _order(visitor, stand, "unlimited-0")
        assert "Ningún camino posible" in page.locator(".diagnosis").inner_text()
        page.keyboard.press("e")
        page.wait_for_url("**/correct?**")
        text = page.locator("#text").input_value()
        page.fill("#text", text.replace('"cien mil"', "100000"))
        expect(page.locator("#difference ins")).to_have_text("100000")
        visitor.shot("correct_1440")
        assert not visitor.faults()
        page.fill("#reason", "el límite venía escrito")
        page.keyboard.press("Control+Enter")
        page.wait_for_url(f"**/orders/{_id(stand, 'unlimited-0')}")
        expect(page.locator(".flash")).to_contain_text("Corregido: limit")
        _until_settled(page)
        entries = page.locator("#audit p")
        assert entries.count() == 1, "one action, one entry"
        expect(entries).to_contain_text("sofia corrigió y reintentó: el límite venía escrito")


def test_somebody_else_s_change_is_shown_and_not_overwritten(
    browser: Browser, stand: Stand
) -> None:
    key = stand.known["unlimited-1"].key
    with visiting(browser, stand.url) as visitor:
        visitor.expected.append("409")
        page = _order(visitor, stand, "unlimited-1")
        page.click("text=Corregir y reintentar")
        text = page.locator("#text").input_value()
        change = {"actor": "otra", "reason": "antes", "variables": {"limit": "doscientos"}}
        stand.run(stand.shop.accepted(f"/orders/{key}/modification", change))
        _changed(stand, key)
        page.fill("#text", text.replace('"cien mil"', "100000"))
        page.fill("#reason", "el límite venía escrito")
        page.click("button.main")
        alert = page.locator("[role=alert]").first
        expect(alert).to_contain_text("Otra persona cambió lo mismo")
        for words in ("cien mil", "doscientos", "100000"):
            expect(alert).to_contain_text(words)
        assert '"doscientos"' in page.locator("#text").input_value()
        assert stand.run(stand.shop.get(f"/orders/{key}/incidents"))[0]["settled_at"] is None


def test_many_are_retried_after_they_were_shown_and_no_others(
    browser: Browser, stand: Stand
) -> None:
    with visiting(browser, stand.url) as visitor:
        visitor.expected.append("409")
        page = visitor.sign_in("sofia", "/exceptions?code=TECHNICAL_FAILURE%26element=reserve")
        page.goto("/exceptions?code=TECHNICAL_FAILURE&element=reserve")
        page.fill("#reason", "la bodega volvió")
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_contain_text("No marcó ninguna.")
        page.click("text=Volver a donde estaba")
        first = stand.known["unreserved-0"]
        page.get_by_label(first.external_id, exact=True).check()
        page.fill("#reason", "la bodega volvió")
        page.click("text=Reintentar las marcadas")
        page.wait_for_url("**/bulk/*")
        expect(page.locator("main")).to_contain_text("Se aplica a 1 y se omiten 0")
        would = "excepción en «Reservar stock»: Falla técnica: 503: el sistema falló"
        expect(page.locator("main")).to_contain_text(would)
        expect(page.locator("main")).to_contain_text("queda en Reservar stock")
        visitor.shot("bulk_1440")
        assert not visitor.faults()
        before = stand.run(stand.shop.get(f"/orders/{first.key}/incidents"))
        assert before[0]["settled_at"] is None, "shown, and nothing done yet"
        page.reload()
        page.go_back()
        page.go_forward()
        page.keyboard.press("Control+Enter")
        # "Succeeded" means that the order left the failed state: this one fails again.
        expect(page.locator("#progress")).to_contain_text("Terminada", timeout=15_000)
        expect(page.locator("#progress")).to_contain_text("1 fallidas")
        # The open page tells the result of each by itself, and offers what can be done now.
        expect(page.locator("tbody tr")).to_contain_text("Falla técnica: 503: el sistema falló")
        expect(page.get_by_text("Repetir solo las fallidas")).to_be_visible()
        assert page.locator("tbody tr").count() == 1


def test_a_task_is_done_and_followed_by_the_next_with_the_keyboard_alone(
    browser: Browser, stand: Stand
) -> None:
    with visiting(browser, stand.url) as visitor:
        page = visitor.sign_in("sofia", "/tasks")
        ids = page.locator("tbody tr").count()
        first = page.locator("section dd a").first.inner_text()
        page.keyboard.press("c")
        page.locator("[name='field.decision']").wait_for()
        assert page.evaluate("document.activeElement.name") == "field.decision"
        page.keyboard.press("A")
        page.keyboard.press("Control+Enter")
        expect(page.locator(".flash")).to_contain_text("«Autorizar venta» quedó completada")
        assert page.locator("tbody tr").count() == ids - 1
        assert page.locator("section dd a").first.inner_text() != first
        visitor.shot("tasks_1440")


def test_a_form_that_is_not_filled_in_rightly_says_where(browser: Browser, stand: Stand) -> None:
    with visiting(browser, stand.url) as visitor:
        visitor.expected.append("422")
        page = visitor.sign_in("pedro", "/tasks")
        page.keyboard.press("c")
        choice = page.locator("[name='field.decision']")
        choice.evaluate("one => one.removeAttribute('required')")
        page.keyboard.press("Control+Enter")
        expect(page.locator(".wrong").first).to_be_visible()


def test_a_discard_takes_two(browser: Browser, stand: Stand) -> None:
    waiting = stand.run(stand.shop.get("/waiting"))
    file = next(one["id"] for one in waiting if "/roto-" in one["path"])
    with visiting(browser, stand.url) as visitor:
        page = visitor.sign_in("sofia", f"/files/{file}")
        assert page.locator(".raw li.error").count() >= 1, "the wrong line is marked"
        expect(page.locator(".timeline")).to_contain_text("línea 5: el XML no está bien formado")
        visitor.shot("file_1440")
        page.click("summary:has-text('Descartar')")
        page.fill("#why-discard", "no es una orden")
        page.click("button.danger")
        expect(page.locator(".flash.warn")).to_contain_text("Debe decidirlo otra persona")
        assert page.locator("text=Aprobar el descarte").count() == 0
    assert file in [one["id"] for one in stand.run(stand.shop.get("/waiting"))]
    with visiting(browser, stand.url) as visitor:
        page = visitor.sign_in("pedro", f"/files/{file}")
        page.click("text=Aprobar el descarte")
        expect(page.locator(".flash")).to_contain_text("quedó descartado")
    assert file not in [one["id"] for one in stand.run(stand.shop.get("/waiting"))]


def test_ticks_and_half_typed_fields_stay_while_the_page_lives(
    browser: Browser, stand: Stand
) -> None:
    with visiting(browser, stand.url) as visitor:
        page = visitor.sign_in("sofia", "/exceptions")
        page.locator("[data-pick]").first.check()
        page.fill("#reason", "a medio escr")
        page.evaluate("window.told = 0")
        page.evaluate(
            "document.addEventListener('htmx:sse:after:message', () => { window.told += 1 })"
        )
        for _ in range(TICKS_MAX):
            if page.evaluate("window.told") >= 3:
                break
            page.wait_for_timeout(200)
        assert page.evaluate("window.told") >= 3
        assert page.locator("[data-pick]").first.is_checked()
        assert page.input_value("#reason") == "a medio escr"


@pytest.mark.parametrize("path", ["/orders", "/exceptions", "/files", "/tasks"])
def test_rows_are_walked_with_the_keyboard(browser: Browser, stand: Stand, path: str) -> None:
    with visiting(browser, stand.url) as visitor:
        page = visitor.sign_in("sofia", path)
        page.keyboard.press("j")
        page.keyboard.press("j")
        assert page.locator("[data-row].here").count() == 1
        page.keyboard.press("/")
        assert page.evaluate("document.activeElement.id") == "find"


def _order(visitor: Visitor, stand: Stand, name: str) -> Page:
    return visitor.sign_in("sofia", f"/orders/{_id(stand, name)}")


def _id(stand: Stand, name: str) -> str:
    return stand.run(stand.shop.order(stand.known[name].key))["id"]


def _until_settled(page: Page) -> None:
    for _ in range(50):
        if page.locator(".diagnosis").count() == 0:
            return
        page.wait_for_timeout(100)
        page.reload()
    raise AssertionError("the exception stays open")


def _changed(stand: Stand, key: str) -> None:
    async def seen() -> bool:
        return await stand.shop.variable(key, "limit") == "doscientos"

    stand.run(stand.shop.soon(seen, "the change", seen))
