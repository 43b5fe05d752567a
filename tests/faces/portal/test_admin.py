"""Audit and administration in a browser: found, checked, made, locked; whoever is new chooses."""

import csv
import io
from urllib.parse import parse_qsl, urlencode

import pytest
from playwright.sync_api import Browser, expect

from mtd.runtime.app import TENANT
from mtd.runtime.desk.audit.auditing import anchor_of, seal
from tests.faces.portal.browser import NARROW, WIDE, Visitor, visiting
from tests.faces.portal.rights import admin
from tests.faces.portal.stand import Stand, sale

PAGES = {
    "audit": "/audit",
    "audit_none": "/audit?who=nadie",
    "system": "/admin",
    "people": "/admin/people",
    "account": "/admin/people/ana",
    "roles": "/admin/roles",
    "clients": "/admin/clients",
    "settings": "/admin/settings",
    "password": "/password",
}
SIZES = {"1440": WIDE, "390": NARROW}
CHOSEN = "otra clave bien larga"


@pytest.mark.parametrize("size", SIZES)
def test_pages_show_and_fit(browser: Browser, stand: Stand, size: str) -> None:
    with visiting(browser, stand.url, size=SIZES[size]) as visitor:
        page = visitor.sign_in("adan")
        for name, path in PAGES.items():
            page.goto(path)
            page.locator(".lamp.live").wait_for()
            visitor.shot(f"{name}_{size}")
            assert not visitor.faults(), path
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= SIZES[size][0], f"{path} is {wide} px wide"


def test_pages_speak_english_in_the_dark_and_print(browser: Browser, stand: Stand) -> None:
    with visiting(browser, stand.url, locale="en-US", color_scheme="dark") as visitor:
        page = visitor.sign_in("adan")
        for name, path in PAGES.items():
            page.goto(path)
            assert page.locator("html").get_attribute("lang") == "en"
            assert not visitor.faults(), path
            visitor.shot(f"{name}_dark")
        page.goto("/audit")
        page.emulate_media(media="print")
        assert page.locator("table").is_visible()
        for hidden in (".side", "#check", ".filters"):
            assert not page.locator(hidden).first.is_visible(), hidden


def test_who_is_new_chooses_a_password_before_anything_else(browser: Browser, stand: Stand) -> None:
    with visiting(browser, stand.url) as visitor:
        once = _made(visitor, "nora")
        visitor.shot("once_1440")
        expect(visitor.page.locator("main")).to_contain_text("No se volverá a mostrar")
    with visiting(browser, stand.url) as visitor:
        visitor.expected.append("422")
        page = visitor.sign_in("nora", "/orders", once)
        for path in ("/orders", "/", "/tasks"):
            page.goto(path)
            page.wait_for_url("**/password")
        page.fill("#chosen", CHOSEN)
        page.fill("#again", CHOSEN + "x")
        page.click("main button.main")
        expect(page.locator("[role=alert]")).to_contain_text("no son iguales")
        page.fill("#chosen", CHOSEN)
        page.fill("#again", CHOSEN)
        page.click("main button.main")
        expect(page.locator(".flash")).to_contain_text("quedó cambiada")
        page.goto("/orders")
        expect(page.locator("tbody")).to_contain_text("Paris")
        assert "Umbrale" not in page.locator("tbody").inner_text()
    with visiting(browser, stand.url) as visitor:
        visitor.expected.append("401")
        page = visitor.sign_in("nora", "/", once)
        expect(page.locator("[role=alert]")).to_contain_text("no corresponden")


def test_who_is_locked_is_out_and_it_stands_in_the_audit(browser: Browser, stand: Stand) -> None:
    with visiting(browser, stand.url) as visitor, visiting(browser, stand.url) as other:
        once = _made(visitor, "petra")
        other.sign_in("petra", "/password", once)
        page = visitor.page
        page.goto("/admin/people/petra")
        assert page.locator("text=Cerrar todas").count() == 1, "the session is seen"
        page.fill("#why-lock", "se fue de la empresa")
        page.click("text=Bloquear")
        expect(page.locator(".flash")).to_contain_text("bloqueado y sin sesiones")
        other.page.goto("/password")
        other.page.wait_for_url("**/sign-in**")
        page.click("text=Ver en la auditoría")
        row = page.locator("tbody tr").first
        expect(row).to_contain_text("bloqueó un usuario")
        expect(row).to_contain_text("se fue de la empresa")


def test_the_last_administrator_stays(browser: Browser, stand: Stand) -> None:
    with visiting(browser, stand.url) as visitor:
        visitor.expected.append("409")
        page = visitor.sign_in("adan", "/admin/people/adan")
        page.fill("#why-lock", "por error")
        page.click("text=Bloquear")
        expect(page.locator("main")).to_contain_text("No quedaría nadie")
        page.goto("/admin/people/adan")
        expect(page.locator("main")).to_contain_text("Activo")


def test_what_people_did_is_found_and_exported_as_found(browser: Browser, stand: Stand) -> None:
    order = sale()  # of its own: others, too, remark on those that all share
    stand.run(stand.shop.place(order))
    id_ = stand.run(stand.shop.order(order.key))["id"]
    with visiting(browser, stand.url) as visitor:
        page = visitor.sign_in("sofia", f"/orders/{id_}")
        page.fill("#words", "llamó el cliente")
        page.click("#remarks button")
        page.wait_for_url("**#remarks")
        page.goto("/audit")
        page.fill("#f-about", order.external_id)
        page.select_option("#f-what", "order.remark")
        page.click("text=Filtrar")
        expect(page.locator("tbody tr")).to_have_count(1)
        expect(page.locator("tbody tr")).to_contain_text(order.key)
        asked = dict(parse_qsl(page.url.partition("?")[2]))
        query = urlencode(asked)
        text = page.request.get(f"/audit.csv?{query}").text()
        rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))
        assert len(rows) == 2 and rows[1][2:6] == ["sofia", "127.0.0.1", "order.remark", order.key]
        for name, value in (
            ("who", "pedro"), ("word", "nada de eso"), ("origin", "10.9.9.9"), ("to", "2020-01-01"),
            ("from", "2999-01-01"), ("what", "order.retry"), ("about", "PW-0"),
        ):  # fmt: skip
            page.goto(f"/audit?{urlencode(asked | {name: value})}")
            assert page.locator("tbody tr").count() == 0, name


def test_the_chain_is_checked_from_the_page(browser: Browser, stand: Stand) -> None:
    app = stand.shop.app
    with visiting(browser, stand.url) as visitor:
        page = visitor.sign_in("sofia", "/audit")
        page.click("text=Verificar ahora")
        expect(page.locator("#check")).to_contain_text("está íntegro", timeout=15_000)
        stand.run(seal(app, TENANT, anchor_of(app)))
        (altered,) = stand.run(
            admin(
                stand, "UPDATE audit_entry SET reason = reason || '!' WHERE tenant_id = $1"
                " AND position = (SELECT max(position) FROM audit_entry WHERE tenant_id = $1)"
                " RETURNING position", TENANT,
            )
        )  # fmt: skip
        page.click("text=Verificar ahora")
        place = str(altered["position"])
        expect(page.locator("#check [role=alert]")).to_contain_text("1 alter", timeout=15_000)
        expect(page.locator("#check li")).to_contain_text(f"entry {place} was altered")
        visitor.shot("audit_broken")
        stand.run(
            admin(
                stand, "UPDATE audit_entry SET reason = trim(trailing '!' FROM reason)"
                " WHERE tenant_id = $1 AND position = $2", TENANT, altered["position"],
            )
        )  # fmt: skip
        page.click("text=Verificar ahora")
        expect(page.locator("#check")).to_contain_text("está íntegro", timeout=15_000)


def test_a_key_is_shown_once_and_rotated(browser: Browser, stand: Stand) -> None:
    with visiting(browser, stand.url) as visitor:
        page = visitor.sign_in("adan", "/admin/clients")
        page.fill("#client-name", "bodega")
        page.fill("#why-add", "integración nueva")
        page.click("main button.main")
        key = page.locator("#once").inner_text()
        assert key.startswith("mtd_") and _opens(stand, key)
        page.goto("/admin/clients")
        assert key not in page.content()
        row = page.locator("tr", has_text="bodega")
        row.locator("summary").click()
        row.locator("[name=reason]").last.fill("ya no se usa")
        row.locator("button.danger").click()
        expect(page.locator(".flash")).to_contain_text("«bodega» quedó revocada")
        expect(page.locator("tr", has_text="bodega")).to_contain_text("Revocada")


def _made(visitor: Visitor, login: str) -> str:
    """A new agent of Paris, made at the page; the word that opens the account."""
    page = visitor.sign_in("adan", "/admin/people")
    page.fill("#login", login)
    page.fill("#name", f"{login} nueva")
    page.check("[name=role][value=agent]")
    page.uncheck("[name=everywhere]")
    page.check("[name=store][value=paris]")
    page.fill("#why-add", "llega hoy")
    page.click("form >> text=Crear usuario")
    return page.locator("#once").inner_text()


def _opens(stand: Stand, key: str) -> bool:
    async def asked() -> bool:
        headers = {"Authorization": f"Bearer {key}"}
        async with stand.shop.session.get("/counts", headers=headers) as answer:
            return answer.status == 200

    return stand.run(asked())
