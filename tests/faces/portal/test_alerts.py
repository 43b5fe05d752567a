"""Alerts in a browser: seen, worked on by keyboard, put right in bulk; rules tried and kept."""

from playwright.sync_api import Browser, expect

from mtd.runtime.alerts import handling
from mtd.runtime.app import TENANT
from tests.faces.portal.browser import NARROW, visiting
from tests.faces.portal.stand import Stand


def alert_of(stand: Stand, rule: str) -> str:
    """The id of the open or acknowledged alert of a rule."""
    for tab in ("open", "acknowledged"):
        found = stand.run(handling.listing(stand.shop.app, TENANT, tab))
        for one in found:
            if one.rule == rule:
                return one.id
    raise AssertionError(f"no alert of {rule}")


def test_an_alert_is_worked_on_with_the_keyboard_and_put_right(
    browser: Browser, stand: Stand
) -> None:
    id_ = alert_of(stand, "files_waiting")
    with visiting(browser, stand.url) as visitor:
        page = visitor.sign_in("sofia")
        row = page.get_by_role("link", name="Archivos en espera")
        expect(row.first).to_be_visible()  # on the overview
        page.goto("/alerts")
        expect(page.locator("tbody tr", has_text="Archivos en espera")).to_contain_text("Crítica")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url("**/alerts/*")
        page.goto(f"/alerts/{id_}")
        expect(page.locator(".diagnosis")).to_contain_text("3 archivos esperan a una persona")
        assert not visitor.faults()
        visitor.shot("alert_1440")
        page.keyboard.press("a")
        page.keyboard.type("la miro yo")
        page.keyboard.press("Enter")
        expect(page.locator(".flash")).to_have_text("La alerta quedó reconocida.")
        expect(page.locator(".timeline")).to_contain_text("La reconoció sofia: la miro yo")
        page.keyboard.press("m")
        page.select_option("#to-mute", "4h")
        page.locator("#to-mute").press("Enter")
        page.locator("details[open] button.main").click()
        expect(page.locator(".timeline")).to_contain_text("La silenció sofia")
        page.keyboard.press("r")
        page.fill("#why-remedy", "ya llegaron bien")
        page.locator("details[open] button.main").click()
        page.wait_for_url("**/bulk/*")
        expect(page.locator("main")).to_contain_text("ya llegaron bien")
        page.goto("/alerts?state=acknowledged")
        expect(page.locator("tbody")).to_contain_text("Archivos en espera")
        expect(page.locator("tbody")).to_contain_text("en silencio hasta")


def test_a_rule_is_tried_on_the_past_made_changed_and_taken_out(
    browser: Browser, stand: Stand
) -> None:
    with visiting(browser, stand.url) as visitor:
        page = visitor.sign_in("sofia", "/alerts/rules")
        page.select_option("#kind", "volume")
        page.click("text=Crear")
        page.fill("#c-high_per_min", "0,1")
        page.fill("#c-low_share", "")
        page.fill("#name", "mucho")
        page.locator("h1").click()
        page.keyboard.press("t")
        expect(page.locator("#past")).to_contain_text("Se habría disparado")
        assert page.locator("#c-high_per_min").input_value() == "0.1"
        assert page.locator("#name").input_value() == "mucho"
        assert not visitor.faults()
        visitor.shot("alert_rule_tried_1440")
        page.fill("#reason", "temporada")
        page.keyboard.press("Control+Enter")
        expect(page.locator(".flash")).to_have_text("La regla «mucho» quedó guardada.")
        page.goto("/alerts/rules/mucho")
        page.select_option("#severity", "critical")
        page.fill("#reason", "más grave")
        page.keyboard.press("Control+Enter")
        expect(page.locator("tr", has_text="mucho")).to_contain_text("Crítica")
        page.goto("/alerts/rules/mucho")
        page.fill("#why-drop", "terminó")
        page.click("text=Eliminar regla")
        expect(page.locator(".flash")).to_have_text("La regla «mucho» quedó eliminada.")
        expect(page.locator("tr", has_text="mucho")).to_have_count(0)


def test_what_cannot_be_understood_is_said_and_nothing_is_kept(
    browser: Browser, stand: Stand
) -> None:
    with visiting(browser, stand.url) as visitor:
        visitor.expected += ["400", "409"]
        page = visitor.sign_in("sofia", "/alerts/rules/new?kind=volume")
        page.fill("#c-window_s", "muchos")
        page.fill("#name", "rara")
        page.fill("#reason", "prueba")
        page.keyboard.press("Control+Enter")
        expect(page.locator("main")).to_contain_text("La dirección no se entiende")
        page.goto("/alerts/rules")
        expect(page.locator("tr", has_text="rara")).to_have_count(0)


def test_who_may_only_work_changes_no_rule_and_sees_their_stores(
    browser: Browser, stand: Stand
) -> None:
    with visiting(browser, stand.url, size=NARROW) as visitor:
        page = visitor.sign_in("ana", "/alerts/rules/exceptions")
        expect(page.locator("#severity")).to_be_disabled()
        assert page.locator("button.main").count() == 0
        page.goto("/alerts")
        assert page.locator("tbody td", has_text="Umbrale").count() == 0
        visitor.expected.append("403")
        answer = page.goto("/alerts/rules/new?kind=volume")
        assert answer is not None and answer.status == 403
