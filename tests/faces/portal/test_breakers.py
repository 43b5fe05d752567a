"""Breakers at the desk: who stopped calling whom is seen, and called again by somebody's word."""

from playwright.sync_api import Browser, expect

from tests.faces.portal.browser import NARROW, visiting
from tests.faces.portal.rights import admin
from tests.faces.portal.stand import Stand

TRIES_MAX = 20
CLOSE = "/breakers/eom/close"
OPENED = (
    "INSERT INTO breaker (worker, legacy, state, since, failures)"
    " SELECT id, 'eom', 'open', now() - interval '5 minutes', 12 FROM worker"
    " WHERE lease_until > now() LIMIT 1"
)


def test_an_open_breaker_is_seen_everywhere_and_closed_with_a_reason(
    browser: Browser, stand: Stand
) -> None:
    stand.run(admin(stand, OPENED))
    try:
        with visiting(browser, stand.url, size=NARROW) as visitor:
            page = visitor.sign_in("sofia", "/pauses")
            row = page.locator("#breakers tbody tr").filter(
                has=page.locator(f"form[action='{CLOSE}']")
            )
            row = page.locator("#breakers tbody tr").filter(has_text=row.locator("th").inner_text())
            expect(row).to_contain_text("Abierto (no se llama)")
            expect(row).to_contain_text("12 fallas seguidas")
            assert page.evaluate("document.documentElement.scrollWidth") <= NARROW[0]
            assert not visitor.faults()
            row.get_by_text("Cerrar ahora", exact=True).first.click()
            row.locator("input[name=reason]").fill("la repararon")
            row.locator("button.main").click()
            expect(page.locator(".flash")).to_contain_text("Se vuelve a llamar a")
            expect(row).to_contain_text("sofia: la repararon")
            lamp = page.locator("a[href='/pauses#breakers']").first
            for _ in range(TRIES_MAX):  # figures that others looked at are told once more at first
                page.goto("/statistics/steps?period=week")
                if lamp.count():
                    break
                page.wait_for_timeout(500)
            expect(lamp).to_contain_text("Abierto")
        breakers = stand.run(stand.shop.get("/breakers"))
        [told] = [one for one in breakers if one["counterpart"] == "eom"]
        assert told["state"] == "open" and len(told["opened"]) == 1
        assert told["last_closing"]["reason"] == "la repararon"
    finally:
        stand.run(admin(stand, "DELETE FROM breaker"))
    closed = "SELECT actor FROM audit_entry WHERE action = 'breaker.close' AND reason = $1"
    entries = stand.run(admin(stand, closed, "la repararon"))
    assert [entry["actor"] for entry in entries] == ["sofia"]


def test_it_is_closed_by_who_may_and_sees_every_store(stand: Stand) -> None:
    for actor, counterpart, status in (
        ("ana", "eom", 403),
        ("nobody", "eom", 403),
        ("sofia", "nowhere", 404),
    ):
        body = {"actor": actor, "reason": "x"}
        answered, _ = stand.run(stand.shop.status_of(f"/breakers/{counterpart}/closing", body))
        assert answered == status, (actor, counterpart)
    closed = stand.run(
        stand.shop.accepted("/breakers/eom/closing", {"actor": "sofia", "reason": "by REST"})
    )
    assert closed["last_closing"]["actor"] == "sofia" and closed["waiting"] >= 0
