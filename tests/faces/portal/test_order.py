"""An order's page: what it waits for, its attempts compared, and parts of its timeline."""

from html import unescape

import pytest

from tests.faces.portal.browsing_session import signed_in, text
from tests.faces.portal.stand import Stand


async def _page(stand: Stand, name: str, query: str = "") -> str:
    order = stand.run(stand.shop.order(stand.known[name].key))["id"]
    async with signed_in(stand, "sofia") as session:
        return unescape(await text(session, f"/orders/{order}{query}"))


async def test_it_says_what_is_awaited_and_until_when(stand: Stand) -> None:
    shown = await _page(stand, "authorize-3")
    awaited = shown.partition("<h2>Espera ahora</h2>")[2].partition("</section>")[0]
    assert "pide una tarea al rol supervisor (Autorizar venta)" in awaited
    assert "<strong>en " in awaited, "until when"
    assert "<h2>Espera ahora</h2>" not in await _page(stand, "well-0"), "it is over"


async def test_attempts_bear_their_key_and_are_told_apart(stand: Stand) -> None:
    shown = await _page(stand, "unreserved-2")
    order = stand.run(stand.shop.order(stand.known["unreserved-2"].key))["id"]
    keys = {
        part.partition("</code>")[0] for part in shown.split("<code>")[1:] if order in part[:60]
    }
    assert len(keys) == 1 and keys.pop().startswith(f"{order}:reserve:"), "one key, every attempt"
    assert (
        shown.count("Misma respuesta que en el intento anterior.")
        + shown.count("Respuesta distinta a la del intento anterior")
        == shown.count('class="try"') - 1
    )
    assert "curl -X POST 'http://127.0.0.1:" in shown
    assert f"{order}:reserve:" in shown.partition("curl -X POST")[2].partition("</pre>")[0]


@pytest.mark.parametrize(
    ("show", "seen"), [("calls", True), ("people", False), ("messages", False), ("", True)]
)
async def test_the_timeline_shows_what_is_asked_for(stand: Stand, show: str, seen: bool) -> None:
    shown = await _page(stand, "unreserved-2", f"?show={show}")
    assert ('class="try"' in shown) is seen
    assert ("Nada de eso en la cronología" in shown) is (show in ("people", "messages"))
    assert f'{"?show=" + show if show else ""}" aria-current="page"' in shown
