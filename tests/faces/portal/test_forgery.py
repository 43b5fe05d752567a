"""Forgery: nothing is done for a request that no page of this session made; sessions are one's own.

Every route that changes something is tried, as the routes themselves say which those are.
"""

from typing import Any

import aiohttp
import pytest

from mtd.faces.portal.guarding import COOKIE, csrf_of
from tests.faces.portal.rights import EVERYTHING, Seat, Way, admin, seated, ways
from tests.faces.portal.stand import PASSWORD, Stand

CHANGING = [one for one in ways() if one.changes]
DOOR = "/sign-in"
HEADERS: dict[str, dict[str, str]] = {
    "another site": {"Sec-Fetch-Site": "cross-site"},
    "a neighbour of the site": {"Sec-Fetch-Site": "same-site"},
    "another origin": {"Origin": "https://evil.example"},
    "an origin that is hidden": {"Origin": "null"},
    "another port": {"Origin": "http://127.0.0.1:1"},
}
IDLE_OR_LONG = {
    "idle": "seen_at = now() - interval '31 minutes'",
    "long": "began_at = now() - interval '12 hours 1 minute'",
    "ended": "ended_at = now()",
}


@pytest.mark.parametrize("way", CHANGING, ids=lambda way: way.path)
async def test_no_action_is_done_that_no_page_of_this_session_asks_for(
    stand: Stand, way: Way
) -> None:
    async with seated(stand, EVERYTHING) as seat, seated(stand, EVERYTHING) as other:
        before = await _recorded(stand, seat)
        for name, headers in HEADERS.items():
            assert await _tried(seat, way, seat.csrf, headers) == 403, name
        if way.path != DOOR:
            for name, word in {
                "no word": None, "an empty one": "", "a wrong one": "0" * 64,
                "another session's": other.csrf, "not ASCII": "ñ" * 64,
            }.items():  # fmt: skip
                assert await _tried(seat, way, word, {}) == 403, name
        assert await _recorded(stand, seat) == before
        assert await seat.status("GET", "/") == 200, "nor is the session over"


async def _tried(seat: Seat, way: Way, word: str | None, headers: dict[str, str]) -> int:
    form = {"reason": "x", "words": "x", "to": "x", **({} if word is None else {"csrf": word})}
    asked = seat.session.post(way.at(), data=form, headers=headers, allow_redirects=False)
    async with asked as answer:
        return answer.status


async def _recorded(stand: Stand, seat: Seat) -> Any:
    (row,) = await admin(stand, "SELECT count(*) FROM audit_entry WHERE actor = $1", seat.login)
    return row["count"]


async def test_signing_in_begins_another_session_and_ends_the_one_before(stand: Stand) -> None:
    async with aiohttp.ClientSession(
        stand.url, cookie_jar=aiohttp.CookieJar(unsafe=True)
    ) as session:
        tokens = [await _signed_in(session), await _signed_in(session)]
        assert tokens[0] != tokens[1]
    assert [await _opens(stand, token) for token in tokens] == [False, True]


async def test_signing_out_kills_the_session_on_the_server(stand: Stand) -> None:
    async with aiohttp.ClientSession(
        stand.url, cookie_jar=aiohttp.CookieJar(unsafe=True)
    ) as session:
        token = await _signed_in(session)
        form = {"csrf": csrf_of(token)}
        async with session.post("/sign-out", data=form, allow_redirects=False) as answer:
            assert answer.status == 303
            assert f'{COOKIE}=""' in answer.headers["Set-Cookie"]
    assert not await _opens(stand, token)


@pytest.mark.parametrize("how", IDLE_OR_LONG)
async def test_a_session_that_is_over_opens_nothing(stand: Stand, how: str) -> None:
    async with seated(stand, EVERYTHING) as seat:
        assert await _opens(stand, seat.token)
        await admin(
            stand, f"UPDATE portal_session SET {IDLE_OR_LONG[how]} FROM account a"
            " WHERE a.id = account_id AND a.login = $1", seat.login,
        )  # fmt: skip
        assert not await _opens(stand, seat.token)
        status, where = await seat.answer("POST", "/orders/views", name="x", query="")
        assert status == 303 and where.startswith(DOOR)


async def test_what_comes_into_an_address_is_no_header(stand: Stand) -> None:
    async with seated(stand, EVERYTHING) as seat:
        query = "store=x\r\nSet-Cookie: planted=1"
        form = {"csrf": seat.csrf, "name": "x", "query": query}
        asked = seat.session.post("/orders/views", data=form, allow_redirects=False)
        async with asked as answer:
            assert answer.status == 303 and "planted" not in answer.cookies
            assert "%0D%0A" in answer.headers["Location"]
        place = "/language/es?next=/search%3Fq=%E2%82%AC"
        status, where = await seat.answer("GET", place)
        assert (status, where) == (303, "/search?q=%E2%82%AC")


@pytest.mark.parametrize(
    "path",
    [
        "/orders?below=0zz", "/orders?above=%00", "/orders?store=%00", "/search?q=%00",
        "/orders/x?below=²", "/tasks/00000000-0000-0000-0000-000000000000/99999999999999999999",
        "/live?top=0zz&watch=x", "/exceptions?code=%00&element=x", "/files?cause=%00",
    ],
)  # fmt: skip
async def test_what_means_nothing_is_refused_and_no_fault_of_ours(stand: Stand, path: str) -> None:
    async with seated(stand, EVERYTHING) as seat:
        assert await seat.status("GET", path) in (200, 400, 404), path


async def test_a_planted_word_of_ours_says_nothing(stand: Stand) -> None:
    async with seated(stand, EVERYTHING) as seat:
        for said in ("%7B%22key%22:%22no.such%22%7D", "%7B%22key%22:%22order.retried%22%7D", "x"):
            cookies = {"mtd_said": said}
            async with seat.session.get("/", cookies=cookies) as answer:
                assert answer.status == 200, said


async def _signed_in(session: aiohttp.ClientSession) -> str:
    form = {"login": "sofia", "password": PASSWORD}
    async with session.post(DOOR, data=form, allow_redirects=False) as answer:
        assert answer.status == 303
        return answer.cookies[COOKIE].value


async def _opens(stand: Stand, token: str) -> bool:
    async with (
        aiohttp.ClientSession(stand.url, cookies={COOKIE: token}) as session,
        session.get("/", allow_redirects=False) as answer,
    ):
        return answer.status == 200
