"""The portal's door: nobody gets in without a session, nor acts without a form of ours."""

from collections.abc import AsyncGenerator
from http.cookies import SimpleCookie
from typing import Any

import aiohttp
import asyncpg
import pytest

from mtd.faces.portal.guarding import COOKIE, HEADERS
from mtd.faces.portal.needs import OPEN, SIGNED_IN
from mtd.runtime.desk.people.person import PERMISSIONS
from tests.faces.portal.rights import ways
from tests.faces.portal.stand import PASSWORD, Stand

OF = (
    " WHERE token_hash = (SELECT token_hash FROM portal_session s JOIN account a"
    " ON a.id = s.account_id WHERE a.login = 'pedro' ORDER BY s.began_at DESC LIMIT 1)"
)
"""The session in which Pedro signed in last."""


@pytest.fixture
async def stranger(stand: Stand) -> AsyncGenerator[aiohttp.ClientSession]:
    """A client that follows no redirect and is nobody yet."""
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(stand.url, cookie_jar=jar) as session:
        yield session


async def test_a_stranger_is_led_to_the_door_and_back(stranger: aiohttp.ClientSession) -> None:
    async with stranger.get("/orders?store=paris", allow_redirects=False) as answer:
        assert answer.status == 303
        assert answer.headers["Location"] == "/sign-in?next=%2Forders%3Fstore%3Dparis"
    form = {"login": "sofia", "password": PASSWORD, "next": "/orders?store=paris"}
    async with stranger.post("/sign-in", data=form, allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "/orders?store=paris")


@pytest.mark.parametrize("elsewhere", ["https://evil.example", "//evil.example", "/\\evil", "x"])
async def test_nobody_is_led_elsewhere(stranger: aiohttp.ClientSession, elsewhere: str) -> None:
    form = {"login": "sofia", "password": PASSWORD, "next": elsewhere}
    async with stranger.post("/sign-in", data=form, allow_redirects=False) as answer:
        assert answer.headers["Location"] == "/"


async def test_a_session_known_before_signing_in_opens_nothing(
    stranger: aiohttp.ClientSession,
) -> None:
    stranger.cookie_jar.update_cookies(SimpleCookie(f"{COOKIE}=planted"))
    token = await _signed_in(stranger, "sofia")
    assert token != "planted" and len(token) > 40
    async with stranger.get("/", cookies={COOKIE: "planted"}, allow_redirects=False) as answer:
        assert answer.status == 303


async def test_the_session_s_cookie_is_for_the_server_alone(
    stranger: aiohttp.ClientSession,
) -> None:
    form = {"login": "sofia", "password": PASSWORD}
    async with stranger.post("/sign-in", data=form, allow_redirects=False) as answer:
        cookie = answer.headers["Set-Cookie"].lower()
        assert "httponly" in cookie and "samesite=lax" in cookie


async def test_wrong_passwords_say_nothing_and_wear_out(stranger: aiohttp.ClientSession) -> None:
    statuses: list[int] = []
    for _ in range(6):
        form = {"login": "nadie", "password": "no es esta clave"}
        async with stranger.post("/sign-in", data=form, allow_redirects=False) as answer:
            statuses.append(answer.status)
            assert COOKIE not in answer.headers.get("Set-Cookie", "")
    assert statuses == [401] * 5 + [429]


@pytest.mark.parametrize("path", ["/sign-in", "/", "/nowhere", "/assets/icon.svg"])
async def test_every_answer_has_the_headers(stranger: aiohttp.ClientSession, path: str) -> None:
    async with stranger.get(path, allow_redirects=False) as answer:
        for name, value in HEADERS:
            assert answer.headers[name.decode()] == value.decode(), path
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert "no-store" in answer.headers["cache-control"] or path.startswith("/assets/")


def test_every_route_names_what_it_needs() -> None:
    for way in ways():
        known = way.needed <= set(PERMISSIONS) and (way.needed or way.needs in (OPEN, SIGNED_IN))
        assert known, way


@pytest.mark.parametrize(
    ("path", "used"),
    [("/processes/counter_sale/1/elements", False), ("/processes/counter_sale/1", True)],
)
async def test_what_an_open_page_asks_by_itself_is_no_use(
    stranger: aiohttp.ClientSession, stand: Stand, path: str, used: bool
) -> None:
    await _signed_in(stranger, "pedro")
    admin = stand.shop.app.store.dsn.replace("//mtd@", "//postgres@", 1)
    connection = await asyncpg.connect(admin)
    try:
        await connection.execute(
            f"UPDATE portal_session SET seen_at = now() - interval '10 minutes'{OF}"
        )
        async with stranger.get(path) as answer:
            assert answer.status == 200
        seen = await connection.fetchval(
            f"SELECT seen_at > now() - interval '9 minutes' FROM portal_session{OF}"
        )
        assert seen is used
    finally:
        await connection.close()


async def test_who_may_not_is_told_so(stranger: aiohttp.ClientSession) -> None:
    await _signed_in(stranger, "adan")
    async with stranger.get("/orders") as answer:
        assert answer.status == 403
        assert "No tiene permiso" in await answer.text()


async def _signed_in(session: aiohttp.ClientSession, login: str) -> str:
    form: dict[str, Any] = {"login": login, "password": PASSWORD}
    async with session.post("/sign-in", data=form, allow_redirects=False) as answer:
        assert answer.status == 303, await answer.text()
        return answer.cookies[COOKIE].value
