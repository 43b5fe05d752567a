"""A session that ends under an open page: a dialog in place, then what was asked for is done."""

import re

from playwright.sync_api import Browser, Page, expect

from tests.faces.portal.browser import NARROW, Visitor, visiting
from tests.faces.portal.rights import admin
from tests.faces.portal.stand import PASSWORD, Stand

UNAUTHORIZED = "status of 401"
"""What the browser says by itself of a password that is wrong, and of a part that asks in vain."""


def test_what_was_asked_for_is_done_after_signing_in_again(browser: Browser, stand: Stand) -> None:
    with visiting(browser, stand.url) as visitor:
        visitor.expected.append(UNAUTHORIZED)
        page = _long_ago(visitor, f"/orders/{_order(stand)}")
        page.fill("#words", "sigue aquí")
        page.locator("details.act summary", has_text="Anular").click()
        page.fill("#why-cancel", "a medio escri")
        _end(stand, "sofia")
        page.locator("#words").press("Enter")
        dialog = page.get_by_role("dialog", name="La sesión terminó")
        expect(dialog.get_by_label("Usuario")).to_have_value("sofia")
        assert not visitor.faults()
        visitor.shot("expired_1440")
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        expect(page.locator("#words")).to_have_value("sigue aquí")
        expect(page.locator("#why-cancel")).to_have_value("a medio escri")
        assert not _said(stand, "sigue aquí"), "nothing is done for nobody"
        page.locator("#words").press("Enter")
        dialog.get_by_label("Contraseña").fill("otra clave")
        page.keyboard.press("Enter")
        expect(dialog.get_by_role("alert")).to_contain_text("no corresponden")
        dialog.get_by_label("Contraseña").fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.locator("#remarks")).to_contain_text("sigue aquí")
        assert _said(stand, "sigue aquí") == 1


def test_the_dialog_fits_a_telephone_in_the_dark(browser: Browser, stand: Stand) -> None:
    with visiting(browser, stand.url, size=NARROW, color_scheme="dark") as visitor:
        visitor.expected.append(UNAUTHORIZED)
        page = _long_ago(visitor, f"/orders/{_order(stand)}")
        page.fill("#words", "desde el teléfono")
        _end(stand, "sofia")
        page.locator("#words").press("Enter")
        dialog = page.get_by_role("dialog", name="La sesión terminó")
        expect(dialog.get_by_label("Contraseña")).to_be_focused()
        box = dialog.bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= NARROW[0]
        assert not visitor.faults()
        visitor.shot("expired_390")
        dialog.get_by_label("Contraseña").fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.locator("#remarks")).to_contain_text("desde el teléfono")


def test_a_session_on_another_tab_is_gone_on_with(browser: Browser, stand: Stand) -> None:
    with visiting(browser, stand.url) as visitor:
        page = _long_ago(visitor, f"/orders/{_order(stand)}")
        page.fill("#words", "desde otra pestaña")
        _end(stand, "sofia")
        _sign_in(page.context.new_page(), "sofia")
        page.locator("#words").press("Enter")
        expect(page.locator("#remarks")).to_contain_text("desde otra pestaña")
        assert _said(stand, "desde otra pestaña") == 1


def test_nothing_is_done_in_the_name_of_who_came_since(browser: Browser, stand: Stand) -> None:
    with visiting(browser, stand.url) as visitor:
        page = _long_ago(visitor, f"/orders/{_order(stand)}")
        page.fill("#words", "de sofía")
        _end(stand, "sofia")
        _sign_in(page.context.new_page(), "pedro")
        page.locator("#words").press("Enter")
        expect(page.locator(".who summary")).to_contain_text("Pedro")
        assert not _said(stand, "de sofía")


def test_a_part_that_asks_in_vain_leaves_what_is_typed(browser: Browser, stand: Stand) -> None:
    with visiting(browser, stand.url) as visitor:
        visitor.expected.append(UNAUTHORIZED)
        order = stand.run(stand.shop.order(stand.known["unreserved-2"].key))["id"]
        page = _long_ago(visitor, f"/orders/{order}")
        page.get_by_role("link", name="Corregir y reintentar").first.click()
        text = page.locator("textarea")
        text.fill(text.input_value().rstrip().removesuffix("}").rstrip() + ',\n  "note": 1\n}')
        expect(page.locator("#difference")).to_contain_text("note")
        _end(stand, "sofia")
        text.press("Space")
        dialog = page.get_by_role("dialog", name="La sesión terminó")
        dialog.get_by_label("Contraseña").fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(dialog).to_be_hidden()
        expect(text).to_have_value(re.compile('"note": 1'))
        expect(page.locator("#difference")).to_contain_text("note")


def _long_ago(visitor: Visitor, path: str) -> Page:
    """A page that Sofía opened a while ago."""
    visitor.page.clock.install()
    page = visitor.sign_in("sofia", path)
    page.wait_for_url(f"**{path}")
    page.locator(".lamp.live").wait_for()
    page.clock.fast_forward("01:00")
    return page


def _order(stand: Stand) -> str:
    return str(stand.run(stand.shop.order(stand.known["authorize-2"].key))["id"])


def _end(stand: Stand, login: str) -> None:
    """Nobody used it for half an hour."""
    stand.run(admin(
        stand, "UPDATE portal_session SET seen_at = now() - interval '31 minutes'"
        " WHERE account_id = (SELECT id FROM account WHERE login = $1)", login,
    ))  # fmt: skip


def _said(stand: Stand, words: str) -> int:
    return int(stand.run(admin(
        stand, "SELECT count(*) FROM remark WHERE words = $1", words,
    ))[0]["count"])  # fmt: skip


def _sign_in(page: Page, login: str) -> None:
    page.goto("/sign-in")
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="Entrar", exact=True).click()
    page.wait_for_url("**/")
