"""An order's page: what it waits for, its attempts compared and hastened, and its timeline."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial
from html import unescape

import pytest

from mtd.core.orders.purchase_order import Channel
from tests.faces.portal.browsing_session import signed_in, text
from tests.faces.portal.rights import admin, seated
from tests.faces.portal.stand import Stand
from tests.processes.shop import an_order


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


async def test_at_an_exception_a_person_is_awaited_and_no_answer(stand: Stand) -> None:
    shown = await _page(stand, "unreserved-2")
    awaited = shown.partition("<h2>Espera ahora</h2>")[2].partition("</section>")[0]
    assert awaited.count("espera que una persona resuelva la excepción en «") == 1
    assert awaited.count("<li>") == 1 and "vencida" not in awaited


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


async def test_an_attempt_that_is_put_off_is_counted_down_and_made_at_once(stand: Stand) -> None:
    shop, order = stand.shop, an_order(channel=Channel.KIOSK, store="umbrale")
    shop.script("eom", "error", order.key, "reserve", times=1)
    stand.run(shop.place(order))
    stand.known["patient"] = order

    async def failed() -> bool:
        trace = await shop.get(f"/orders/{order.key}/trace")
        return any(
            line.startswith("asks eom.reserve again") for row in trace for line in row["told"]
        )

    stand.run(shop.soon(failed, "its attempt failed", partial(shop.told, order.key)))
    shown = await _page(stand, "patient")
    card = shown.partition('id="put-off"')[2].partition("</section>")[0]
    assert "Intento 2 de «Reservar stock»" in card and "Intentar ahora" in card
    due = datetime.fromisoformat(card.partition('datetime="')[2].partition('"')[0])
    assert due > datetime.now(UTC) + timedelta(minutes=4), "it would be long"
    wait = card.partition('name="wait" value="')[2].partition('"')[0]
    id_ = stand.run(shop.order(order.key))["id"]
    asked = {"wait": wait, "reason": "la bodega volvió"}
    async with seated(stand, {"orders.see"}) as seat:
        assert await seat.status("POST", f"/orders/{id_}/hasten", **asked) == 403
        assert "Intentar ahora" not in (await seat.answer("GET", f"/orders/{id_}"))[1]
    async with seated(stand, {"orders.see", "orders.retry"}) as seat:
        assert await seat.status("POST", f"/orders/{id_}/hasten", **{**asked, "reason": " "}) == 409
        assert await seat.status("POST", f"/orders/{id_}/hasten", **asked) == 303
        await asyncio.to_thread(_done, stand, order.key)
        assert await seat.status("POST", f"/orders/{id_}/hasten", **asked) == 409
        login = seat.login
    trace = stand.run(shop.get(f"/orders/{order.key}/trace"))
    [row] = [one for one in trace if one["kind"] == "hastened"]
    assert login in str(row["what"]) and "la bodega volvió" in str(row["what"])
    tries = [one for one in trace for one in one["attempts"]]
    assert [one["attempt"] for one in tries] == [1, 2] and len({one["wait"] for one in tries}) == 1
    assert len(shop.effects("eom", order.key, "reserve")) == 1
    [entry] = await admin(
        stand, "SELECT actor, reason, after FROM audit_entry WHERE action = 'order.hasten'"
        " AND subject = $1", order.key,
    )  # fmt: skip
    assert (entry["actor"], entry["reason"]) == (login, "la bodega volvió")
    assert "Reservar stock" in entry["after"]


def test_rest_makes_every_attempt_now_that_is_put_off(stand: Stand) -> None:
    shop, order = stand.shop, an_order(channel=Channel.KIOSK, store="umbrale")
    shop.script("eom", "error", order.key, "reserve", times=1)
    stand.run(shop.place(order))
    body = {"actor": "sofia", "reason": "la bodega volvió"}

    async def hastened() -> bool:
        return (await shop.status_of(f"/orders/{order.key}/hasten", body))[0] == 202

    stand.run(shop.soon(hastened, "its attempt failed", partial(shop.told, order.key)))
    _done(stand, order.key)


def _done(stand: Stand, key: str) -> None:
    shop = stand.shop

    async def over() -> bool:
        trace = await shop.get(f"/orders/{key}/trace")
        return "ends COMPLETED" in trace[-1]["told"]

    stand.run(shop.soon(over, "it goes on", partial(shop.told, key)))
