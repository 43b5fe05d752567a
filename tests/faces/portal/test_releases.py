"""Releases and versions in a browser: looked over, agreed to, compared, and orders led on."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.faces.portal.browser import visiting
from tests.faces.portal.stand import WORLD, Stand

DRAWING = WORLD / "processes" / "counter_sale.bpmn"
TOML = DRAWING.with_suffix(".toml")
EXTRA = '<userTask id="wrap" name="Envolver"/>'


def test_a_drawing_is_looked_over_agreed_to_and_compared(browser: Browser, stand: Stand) -> None:
    with visiting(browser, stand.url) as visitor:
        page = visitor.sign_in("olga", "/processes")
        _send(page, [_changed('name="Cerrada"', 'name="Cerrada y pagada"'), _toml()])
        expect(page.locator("main")).to_contain_text("Se puede publicar")
        page.locator(".drawing[data-ready]").wait_for(timeout=15_000)
        assert not visitor.faults()
        visitor.shot("release_1440")
        listed = [one["version"] for one in _versions(stand)]
        page.fill("#why", "según lo acordado")
        page.click("text=Aprobar y publicar")
        expect(page.locator(".flash")).to_contain_text("Publicado: counter_sale@")
        new = max(one["version"] for one in _versions(stand))
        assert new == max(listed) + 1
        page.goto(f"/processes/counter_sale/{new}")
        page.click("text=Comparar versiones")
        page.locator("#drawing-after[data-ready]").wait_for(timeout=15_000)
        assert _marked(page, "changed") == {"closed"}
        expect(page.locator("[data-element=closed]")).to_contain_text("nombre")
        assert not visitor.faults()
        visitor.shot("changes_1440")
        page.goto(f"/processes/counter_sale/{new}/changes?from=1")
        page.fill("#why", "nueva versión")
        page.click("text=Ver el plan")
        page.wait_for_url("**/bulk/*")
        expect(page.locator("main")).to_contain_text(f"counter_sale@1 → counter_sale@{new}")
        expect(page.locator("main")).to_contain_text("Por confirmar")


def test_what_would_not_run_says_where_and_is_not_deployed(browser: Browser, stand: Stand) -> None:
    with visiting(browser, stand.url, locale="en-US", color_scheme="dark") as visitor:
        page = visitor.sign_in("olga", "/processes")
        before = _versions(stand)
        drawing = _changed("</process>", f"{EXTRA}</process>")
        _send(page, [drawing])
        expect(page.locator("main")).to_contain_text("It cannot be deployed")
        expect(page.locator("#findings")).to_contain_text("Envolver")
        expect(page.locator("main")).to_contain_text("counter_sale.toml")  # it came along
        assert page.get_by_role("button", name="Agree and deploy").count() == 0
        assert not visitor.faults()
        visitor.shot("release_dark")
        page.fill("#why", "not yet")
        page.click("text=Refuse")
        expect(page.locator(".flash")).to_contain_text("The release was refused")
        assert _versions(stand) == before


@pytest.mark.parametrize("login", ["sofia", "ana", "ines"])
def test_who_may_not_release_is_not_offered_it(browser: Browser, stand: Stand, login: str) -> None:
    with visiting(browser, stand.url) as visitor:
        page = visitor.sign_in(login, "/processes")
        assert page.locator("#file").count() == 0
        assert page.locator("tbody tr").count() >= 2


def _send(page: Page, files: list[FilePayload]) -> None:
    page.set_input_files("#file", files)
    page.fill("#why", "cambio de nombre")
    page.get_by_role("button", name="Revisar").or_(
        page.get_by_role("button", name="Look over")
    ).click()
    page.wait_for_url("**/processes/releases/*")


def _changed(old: str, new: str) -> FilePayload:
    text = DRAWING.read_text(encoding="utf-8")
    assert old in text
    return {
        "name": DRAWING.name,
        "mimeType": "application/xml",
        "buffer": text.replace(old, new).encode(),
    }


def _toml() -> FilePayload:
    return {"name": TOML.name, "mimeType": "text/plain", "buffer": _bytes(TOML)}


def _bytes(path: Path) -> bytes:
    return path.read_bytes()


def _versions(stand: Stand) -> list[dict[str, int]]:
    return stand.run(stand.shop.get("/definitions?name=counter_sale"))


def _marked(page: Page, name: str) -> set[str]:
    found = page.locator(f"#drawing-after .djs-element.{name}").evaluate_all(
        "all => all.map(one => one.dataset.elementId)"
    )
    return {id_ for id_ in found if not id_.endswith("_label")}
