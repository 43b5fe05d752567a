"""Forwarding: proxies are believed that the settings name, and nobody else."""

from collections.abc import Generator

import aiohttp
import pytest

from mtd.faces.portal.forwarding import networks, whence
from mtd.runtime.desk.people.accounts import FAILURES_OF_ORIGIN_MAX
from mtd.runtime.settings.portal import PortalSettings, portal_faults
from tests.faces.portal.rights import admin
from tests.faces.portal.stand import PASSWORD, Stand, free_port, portal_beside

PROXIES = networks(["10.0.0.0/8", "127.0.0.1", "fd00::/8"])


@pytest.mark.parametrize(
    ("peer", "headers", "origin", "secure", "host"),
    [
        ("192.0.2.9", {"forwarded": "for=203.0.113.5;proto=https"}, "192.0.2.9", False, None),
        ("10.0.0.1", {}, "10.0.0.1", False, None),
        ("10.0.0.1", {"forwarded": "for=203.0.113.5;proto=https;host=portal.example"},
         "203.0.113.5", True, "portal.example"),
        ("10.0.0.1", {"forwarded": "for=6.6.6.6, for=203.0.113.5;proto=http, for=10.0.0.2"},
         "203.0.113.5", False, None),
        ("10.0.0.1", {"forwarded": 'For="[2001:db8::1]:4711"; Proto=HTTPS'},
         "2001:db8::1", True, None),
        ("10.0.0.1", {"forwarded": 'for="203.0.113.5:99";by="a,b;for=6.6.6.6"'},
         "203.0.113.5", False, None),
        ("10.0.0.1", {"forwarded": "for=6.6.6.6, for=_hidden"}, "10.0.0.1", False, None),
        ("10.0.0.1", {"forwarded": "for=unknown"}, "10.0.0.1", False, None),
        ("10.0.0.1", {"forwarded": ",,;;=x"}, "10.0.0.1", False, None),
        ("10.0.0.1", {"x-forwarded-for": "6.6.6.6, 203.0.113.5, 10.9.9.9",
                      "x-forwarded-proto": "https"}, "203.0.113.5", True, None),
        ("fd00::1", {"x-forwarded-for": "203.0.113.5"}, "203.0.113.5", False, None),
        ("not an address", {"forwarded": "for=203.0.113.5"}, "not an address", False, None),
    ],
)  # fmt: skip
def test_the_last_that_is_no_proxy_of_ours_is_where_it_came_from(
    peer: str, headers: dict[str, str], origin: str, secure: bool, host: str | None
) -> None:
    found = whence(peer, headers, PROXIES, secure=False)
    assert (found.origin, found.secure, found.host) == (origin, secure, host)


def test_a_proxy_that_is_no_address_is_told_at_start() -> None:
    assert [key for key, _ in portal_faults(PortalSettings(proxies=["proxy.example"]))] == [
        "portal.proxies"
    ]
    assert not list(portal_faults(PortalSettings(proxies=["10.0.0.0/8", "::1"])))


@pytest.fixture(scope="module")
def behind(stand: Stand, tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    """A portal that has a proxy in front, on this machine."""
    customer = 'extends = "counter"\ncustomer = "beside"\n[portal]\nproxies = ["127.0.0.1"]\n'
    folder = tmp_path_factory.mktemp("behind")
    with portal_beside(stand, folder, customer, free_port(), {}) as url:
        yield url


async def test_where_somebody_is_counts_as_the_proxy_says(stand: Stand, behind: str) -> None:
    """Whoever wears one address out is kept out there, and nowhere else."""
    async with aiohttp.ClientSession(behind) as session:
        worn = [await _refused(session, f"nadie-{n}", "198.51.100.7") for n in range(31)]
        assert worn == [401] * FAILURES_OF_ORIGIN_MAX + [429]
        assert await _refused(session, "nadie-de-lejos", "198.51.100.8") == 401
        form = {"login": "ines", "password": PASSWORD}
        headers = {"Forwarded": "for=198.51.100.8;proto=https;host=portal.example"}
        headers |= {"Origin": "https://portal.example"}
        asked = session.post("/sign-in", data=form, headers=headers, allow_redirects=False)
        async with asked as answer:
            assert answer.status == 303 and "secure" in answer.headers["Set-Cookie"].lower()
    assert await _origins(stand, "ines", "session.begin") == ["198.51.100.8"]


async def test_whom_nobody_trusts_may_say_what_they_like(stand: Stand) -> None:
    async with aiohttp.ClientSession(stand.url) as session:
        assert await _refused(session, "mentirosa", "198.51.100.9") == 401
    assert await _origins(stand, "mentirosa", "session.refused") == ["127.0.0.1"]


async def _refused(session: aiohttp.ClientSession, login: str, said: str) -> int:
    form = {"login": login, "password": "no es esta clave"}
    headers = {"Forwarded": f"for={said}", "X-Forwarded-For": said}
    async with session.post("/sign-in", data=form, headers=headers) as answer:
        return answer.status


async def _origins(stand: Stand, login: str, action: str) -> list[str]:
    sql = "SELECT origin FROM audit_entry WHERE actor = $1 AND action = $2 ORDER BY id DESC LIMIT 1"
    return [row["origin"] for row in await admin(stand, sql, login, action)]
