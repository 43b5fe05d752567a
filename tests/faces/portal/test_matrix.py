"""Role × page × action: who may is let in, who may not is not, and pages offer what may be done.

Made from the routes and the permissions themselves: a new route is tried without being named here.
"""

from functools import cache
from typing import Any

import pytest

from mtd.faces.portal.needs import OPEN
from mtd.runtime.desk.people.person import PERMISSIONS
from tests.faces.portal.rights import EVERYTHING, Seat, Way, admin, offered, seated, sitting, ways
from tests.faces.portal.stand import Stand

NOT_TRIED = {"/sign-out", "/live"}
"""What ends the session, and what has no end."""
BY_CASE = {"/bulk/{id:uuid}/rule", "/bulk/{id:uuid}/again", "/orders/views/drop"}
"""Offered or not by what it is about, too: an action's own permission, one's own view."""


@cache
def _ways() -> tuple[Way, ...]:
    return tuple(one for one in ways() if one.needs != OPEN and one.path not in NOT_TRIED)


def _told(permissions: frozenset[str]) -> str:
    return "everything" if permissions == EVERYTHING else " ".join(sorted(permissions)) or "nothing"


def _sets() -> dict[str, frozenset[str]]:
    """Nothing, all, each permission alone, exactly what each route needs, and that less one."""
    needed = {one.needed for one in _ways()}
    less = {some - {one} for some in needed for one in some}
    alone = {frozenset({name}) for name in PERMISSIONS}
    return {_told(one): one for one in {frozenset[str](), EVERYTHING} | needed | less | alone}


@pytest.fixture(scope="module")
def places(stand: Stand) -> dict[str, dict[str, Any]]:
    """What is there, as parameters of the ways that begin so."""
    shop = stand.shop
    order = stand.run(shop.order(stand.known["unreserved-2"].key))["id"]
    wish = {"name": "x", "action": "retry", "actor": "x", "reason": "x", "orders": [order]}
    bulk = stand.run(shop.accepted("/bulk", wish))["bulk"]["id"]
    file = stand.run(shop.get("/waiting"))[0]["id"]
    task = next(one for one in stand.run(shop.get("/tasks")) if one["name"] == "Autorizar venta")
    return {
        "orders": {"id": order, "name": "none"},
        "bulk": {"id": bulk},
        "files": {"id": file},
        "tasks": {"instance": task["instance"], "wait": task["wait"]},
    }


def test_the_matrix_is_no_small_one() -> None:
    assert len(_sets()) > len(PERMISSIONS) and len(_ways()) > 30


@pytest.mark.parametrize("name", sorted(_sets()))
async def test_each_permission_opens_what_needs_it_and_nothing_else(
    stand: Stand, places: dict[str, dict[str, Any]], name: str
) -> None:
    permissions = _sets()[name]
    async with seated(stand, permissions) as seat:
        for way in _ways():
            status = await seat.status(way.method, way.at())
            assert (status != 403) == (way.needed <= permissions), (way, status)
            assert status not in (401, 500), (way, status)
            if way.needed == permissions and not way.path.startswith(("/tasks/{", *BY_CASE)):
                # What is behind the route asks for no more than the route says that it needs.
                real = places.get(way.path.split("/")[1], {})
                assert await seat.status(way.method, way.at(**real)) not in (401, 403, 500), way


async def test_a_stranger_is_let_in_nowhere(stand: Stand) -> None:
    async with seated(stand, EVERYTHING) as seat:
        await admin(stand, "UPDATE portal_session SET ended_at = now() WHERE origin = 'test'")
        for way in ways():
            if way.needs != OPEN:
                status, where = await seat.answer(way.method, way.at())
                assert status == 303 and where.startswith("/sign-in"), (way, status)


async def test_pages_offer_what_may_be_done_and_nothing_else(
    stand: Stand, places: dict[str, dict[str, Any]]
) -> None:
    roles = await admin(stand, "SELECT name, permissions FROM role ORDER BY name")
    assert len(roles) >= 8
    async with seated(stand, EVERYTHING) as most:
        everything = {page: await _offered(most, page) for page in _pages(places)}
    tried = 0
    for role in roles:
        permissions = frozenset(role["permissions"].split())
        async with sitting(stand, role["name"]) as seat:
            for page in _pages(places):
                if (await seat.status("GET", page)) != 200:
                    continue
                tried += 1
                forms, links = await _offered(seat, page)
                where = (role["name"], page)
                for place in forms | links:
                    assert _way(place, place in forms).needed <= permissions, (where, place)
                for place in everything[page][0] - forms:
                    way = _way(place, True)
                    assert way.path in BY_CASE or not way.needed <= permissions, (where, place)
    assert tried > 30


def _pages(places: dict[str, dict[str, Any]]) -> list[str]:
    shown = [one for one in _ways() if not one.changes and "html" in one.media_type.lower()]
    return [one.at(**places.get(one.path.split("/")[1], {})) for one in shown]


async def _offered(seat: Seat, page: str) -> tuple[set[str], set[str]]:
    status, text = await seat.answer("GET", page)
    return offered(text) if status == 200 else (set[str](), set[str]())


def _way(place: str, changes: bool) -> Way:
    path = place.partition("?")[0].partition("#")[0]
    found = [one for one in ways() if one.changes == changes and one.fits(path)]
    exact = [one for one in found if one.path == path]
    assert found, f"{place} leads nowhere"
    return (exact or found)[0]
