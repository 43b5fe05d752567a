"""Whatever may be done at a page may be done over REST: the same rules, rights and record."""

from collections.abc import Generator
from functools import partial
from typing import Any

import pytest

from mtd.faces.cli.starting import operations_of
from mtd.runtime.app import TENANT
from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.people.accounts import By
from tests.faces.portal.rights import EVERYTHING, NOWHERE, admin, ways
from tests.faces.portal.stand import PASSWORD, Stand, sale
from tests.processes.shop import Shop

ORDER = "/orders/{name}"
TWINS: dict[str, tuple[str, ...]] = {
    "/orders/{id:str}/retry": (f"{ORDER}/retry",),
    "/orders/{id:str}/hasten": (f"{ORDER}/hasten",),
    "/orders/{id:str}/cancel": (f"{ORDER}/cancel",),
    "/orders/{id:str}/remarks": (f"{ORDER}/remarks",),
    "/orders/{id:str}/erase": (f"{ORDER}/erasure",),
    "/orders/{id:str}/correct": (f"{ORDER}/correction",),
    "/orders/{id:str}/correct/difference": (f"{ORDER}/correction",),
    "/orders/{id:str}/move": (f"{ORDER}/modification",),
    "/orders/views": ("/views",),
    "/orders/views/drop": ("DELETE /views/{view}",),
    "/exceptions/retry": ("/bulk",),
    "/bulk/{id:uuid}/rule": ("/bulk/{bulk}/{act}",),
    "/bulk/{id:uuid}/again": ("/bulk/{bulk}/again",),
    "/files/push": ("/waiting/push", "/bulk"),
    "/files/{id:uuid}/return": ("/waiting/{file}/return",),
    "/files/{id:uuid}/discard": ("/waiting/{file}/discard",),
    "/files/{id:uuid}/decide": ("/waiting/{file}/discard/decision",),
    "/tasks/{instance:uuid}/{wait:int}/claim": ("/tasks/{instance}/{wait}/claim",),
    "/tasks/{instance:uuid}/{wait:int}/unclaim": ("/tasks/{instance}/{wait}/unclaim",),
    "/tasks/{instance:uuid}/{wait:int}/delegate": ("/tasks/{instance}/{wait}/delegate",),
    "/tasks/{instance:uuid}/{wait:int}/complete": ("/tasks/{instance}/{wait}/complete",),
    "/tasks/assign": ("/tasks/assignment",),
    "/pauses": ("/pauses",),
    "/pauses/{id:uuid}/lift": ("/pauses/{pause}/lift",),
    "/breakers/{name:str}/close": ("/breakers/{counterpart}/closing",),
    "/alerts/{id:uuid}/act": tuple(
        f"/alerts/{{alert}}/{act}"
        for act in ("acknowledgement", "assignment", "comments", "mute", "closing", "telling")
    ),
    "/alerts/{id:uuid}/remedy": ("/alerts/{alert}/remedy",),
    "/alerts/rules/{name:str}/keep": ("PUT /alert-rules/{name}", "/alert-trials"),
    "/alerts/rules/{name:str}/drop": ("DELETE /alert-rules/{name}",),
    "/processes/releases": ("/releases",),
    "/processes/releases/{id:uuid}/settle": ("/releases/{release}/decision",),
    "/processes/{name:str}/{version:int}/migrate": ("/definitions/{name}/migration",),
    "/audit/check": ("/audit/check",),
}
"""What answers over REST to each thing that is done at a page; a POST unless it says otherwise."""
AT_A_PAGE_ALONE = {
    "/sign-in": "a session is the portal's own: the API knows keys",
    "/sign-out": "as above",
    "/password": "as above",
    "/admin/": "who makes credentials signs in, or sits at the machine: a key makes no other keys",
}
"""What has no twin, by how its path begins, and why."""
WORD = {"actor": "tester", "reason": "x"}
ASKED: dict[str, dict[str, Any]] = {
    f"{ORDER}/remarks": {"actor": "tester", "words": "x"},
    f"{ORDER}/correction": {**WORD, "incident": 0, "seen": {}, "variables": {"a": 1}},
    f"{ORDER}/hasten": WORD,
    f"{ORDER}/erasure": {"actor": "tester", "reason": "Ana Peña lo pide"},
    "/views": {"actor": "tester", "name": "x", "query": "state=RECEIVED"},
    "/waiting/{file}/return": WORD,
    "/waiting/{file}/discard": WORD,
    "/waiting/{file}/discard/decision": {"actor": "tester", "agreed": False},
    "/tasks/assignment": {
        "actor": "tester", "to": "x", "tasks": [{"instance": NOWHERE, "wait": 0}],
    },
    "/releases": {**WORD, "files": [{"name": "a.bpmn", "content": ""}]},
    "/releases/{release}/decision": {**WORD, "agreed": False},
    "/audit/check": {"actor": "tester"},
    "/breakers/{counterpart}/closing": WORD,
}  # fmt: skip
"""A body for each of what an account must be named for."""


@pytest.fixture(scope="module")
def tester(stand: Stand) -> Generator[Desk]:
    """An account whose one role is of the same name, and allows what a test says."""
    desk = Desk(stand.run(operations_of(stand.shop.app)))
    stand.run(_allow(stand, frozenset()))
    stand.run(desk.accounts.add("tester", "T", PASSWORD, ("tester",), None, By(actor="test")))
    yield desk
    stand.run(admin(stand, "DELETE FROM account WHERE login = 'tester'"))
    stand.run(admin(stand, "DELETE FROM role WHERE name = 'tester'"))


def test_every_verb_of_the_portal_has_a_twin(stand: Stand) -> None:
    served = _served(stand)
    verbs = {one.path for one in ways() if one.changes}
    alone = {one for one in verbs if one.startswith(tuple(AT_A_PAGE_ALONE))}
    assert verbs - alone == set(TWINS)
    for verb, twins in TWINS.items():
        for twin in twins:
            assert _route(twin) in served, f"{verb} has no twin {twin}"
    for beginning in AT_A_PAGE_ALONE:
        assert any(one.startswith(beginning) for one in alone), beginning


def test_what_acts_for_an_account_is_told_so_by_the_description(stand: Stand) -> None:
    told = {path for (method, path), said in _served(stand).items() if "403" in said["responses"]
            and method == "POST" and "{country}" not in path}  # fmt: skip
    assert told == set(ASKED)


@pytest.mark.parametrize("path", sorted(ASKED))
def test_a_twin_takes_what_the_page_takes(stand: Stand, tester: Desk, path: str) -> None:
    del tester
    (needed,) = {one.needed for one in ways() if one.changes and path in TWINS.get(one.path, ())
                 and not one.path.endswith("/difference")}  # fmt: skip
    place, body = _place(stand, path), ASKED[path]
    for less in needed:
        stand.run(_allow(stand, EVERYTHING - {less}))
        status, said = stand.run(stand.shop.status_of(place, body))
        assert (status, said["detail"]) == (403, f"it takes {less}")
    stand.run(_allow(stand, needed))
    status, said = stand.run(stand.shop.status_of(place, body))
    assert status in (200, 201, 202, 404, 409), said
    assert stand.run(stand.shop.status_of(place, {**body, "actor": "nobody"}))[0] == 403


def test_a_locked_account_does_nothing(stand: Stand, tester: Desk) -> None:
    stand.run(_allow(stand, EVERYTHING))
    place, body = _place(stand, f"{ORDER}/remarks"), ASKED[f"{ORDER}/remarks"]
    stand.run(tester.people.lock("tester", By(actor="test", reason="x")))
    assert stand.run(stand.shop.status_of(place, body))[0] == 403
    stand.run(tester.people.unlock("tester", By(actor="test", reason="x")))
    assert stand.run(stand.shop.status_of(place, body))[0] == 201


def test_what_is_said_of_an_order_is_recorded_with_the_client(stand: Stand) -> None:
    shop, order = stand.shop, stand.known["well-0"]
    place = f"/orders/{order.key}/remarks"
    said = stand.run(shop.accepted(place, {"actor": "Ana", "words": "llamó la clienta"}))
    assert (said[0]["author"], said[0]["words"]) == ("Ana Araya", "llamó la clienta")
    assert stand.run(shop.get(f"{place}?actor=pedro"))[0] == said[0]
    [entry] = stand.run(admin(
        stand, "SELECT actor, origin FROM audit_entry WHERE action = 'order.remark'"
        " AND actor = 'ana' AND subject = $1", order.key,
    ))  # fmt: skip
    assert (entry["actor"], entry["origin"]) == ("ana", "api:first start")
    foreign = stand.known["well-1"]
    status, _ = stand.run(shop.status_of(
        f"/orders/{foreign.key}/remarks", {"actor": "ana", "words": "x"}
    ))  # fmt: skip
    assert (foreign.store, status) == ("umbrale", 404)


def test_a_file_is_given_up_by_two_and_given_back_by_one(stand: Stand) -> None:
    shop = stand.shop
    first, second = stand.run(_file(shop, "twin-1")), stand.run(_file(shop, "twin-2"))
    asked = stand.run(shop.accepted(f"/waiting/{first}/discard", _by("sofia")))
    assert asked["asked_by"] == "sofia"
    listed = {one["id"]: one["discard"] for one in stand.run(shop.get("/waiting?limit=200"))}
    assert listed[first] == asked and listed[second] is None
    decision = f"/waiting/{first}/discard/decision"
    status, said = stand.run(shop.status_of(decision, {"actor": "sofia", "agreed": True}))
    assert status == 409 and "another supervisor" in said["detail"]
    assert first in listed, "nothing was done"
    stand.run(shop.accepted(decision, {"actor": "pedro", "agreed": True}))
    given = stand.run(shop.accepted(f"/waiting/{second}/return", _by("sofia")))
    assert (shop.app.home / "returned" / given["path"]).exists()
    left = [one["id"] for one in stand.run(shop.get("/waiting?limit=200"))]
    assert first not in left and second not in left


def test_many_tasks_are_given_to_somebody_at_once(stand: Stand) -> None:
    shop = stand.shop
    places: list[dict[str, Any]] = []
    for _ in range(2):
        order = sale(amount=90_000)
        stand.run(shop.place(order))
        task = stand.run(shop.task(order.key, "Autorizar venta"))
        places.append({"instance": task["instance"], "wait": task["wait"]})
    body = {"actor": "sofia", "to": "ines", "tasks": [*places, {"instance": NOWHERE, "wait": 1}]}
    assert stand.run(shop.accepted("/tasks/assignment", body)) == {"tasks": 2}
    mine = stand.run(shop.get("/tasks?assignee=ines"))
    assert [{"instance": one["instance"], "wait": one["wait"]} for one in mine] == places


def test_a_correction_overwrites_nothing_that_changed_meanwhile(stand: Stand) -> None:
    shop, order = stand.shop, sale()
    shop.script("eom", "error", order.key, "reserve", times=20)
    stand.run(shop.place(order))
    stand.run(shop.soon(partial(_open, shop, order.key), "trouble", partial(shop.told, order.key)))
    [incident] = stand.run(_open(shop, order.key))
    place = f"/orders/{order.key}"
    seen = stand.run(shop.get(f"{place}/variables?actor=sofia"))
    body = {**_by("sofia"), "incident": incident["id"], "seen": seen, "variables": {"note": "a"}}
    preview = stand.run(shop.accepted(f"{place}/correction", {**body, "preview": True}))
    assert preview["changed"] == [{"name": "note", "before": "—", "after": '"a"'}]
    assert stand.run(shop.get(f"{place}/variables?actor=sofia")) == seen
    stale = {**body, "seen": {**seen, "note": "older"}, "variables": {"note": "b"}}
    status, said = stand.run(shop.status_of(f"{place}/correction", stale))
    assert status == 409
    assert said["flaws"] == [{"name": "note", "seen": '"older"', "now": "—", "wanted": '"b"'}]
    assert stand.run(shop.accepted(f"{place}/correction", body)) == preview


def test_a_view_is_kept_for_an_account_and_dropped_by_it_alone(stand: Stand) -> None:
    shop = stand.shop
    asked = {"actor": "ana", "name": "twin", "query": "state=RECEIVED"}
    id_ = stand.run(shop.accepted("/views", asked))["id"]
    assert id_ in [one["id"] for one in stand.run(shop.get("/views?actor=ana"))]
    assert id_ not in [one["id"] for one in stand.run(shop.get("/views?actor=sofia"))]
    assert stand.run(_deleted(shop, f"/views/{id_}?actor=sofia")) == 404
    assert stand.run(_deleted(shop, f"/views/{id_}?actor=ana")) == 204
    status, _ = stand.run(shop.status_of("/views", {**asked, "query": "from=never"}))
    assert status == 422


def test_the_record_is_checked(stand: Stand) -> None:
    shop = stand.shop
    stand.run(shop.accepted("/audit/check", {"actor": "ines"}))

    async def over() -> Any:
        check = await shop.get("/audit/check?actor=ines")
        return check if check["ended_at"] else None

    check = stand.run(shop.soon(over, "it is checked", partial(shop.get, "/counts")))
    assert check["verdict"]["entries"] > 0 and check["by"] == "ines"


def _by(actor: str) -> dict[str, Any]:
    return {"actor": actor, "reason": "x"}


def _route(twin: str) -> tuple[str, str]:
    method, space, path = twin.partition(" ")
    return (method, path) if space else ("POST", twin)


def _served(stand: Stand) -> dict[tuple[str, str], dict[str, Any]]:
    document = stand.run(stand.shop.get("/openapi.json"))
    return {
        (method.upper(), path): said
        for path, operations in document["paths"].items()
        for method, said in operations.items()
    }


def _place(stand: Stand, path: str) -> str:
    filled = path.replace("{name}", stand.known["well-0"].key)
    return filled.replace("{file}", NOWHERE).replace("{release}", NOWHERE)


async def _allow(stand: Stand, permissions: frozenset[str]) -> None:
    sql = (
        "INSERT INTO role VALUES ($1, 'tester', $2)"
        " ON CONFLICT (tenant_id, name) DO UPDATE SET permissions = excluded.permissions"
    )
    await admin(stand, sql, TENANT, " ".join(sorted(permissions)))


async def _file(shop: Shop, name: str) -> str:
    """A file that waits; its id."""
    folder = shop.app.home / shop.app.settings.intake.folder / "CL" / "paris" / "kiosk"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.xml").write_text("<orden>\n<total>12\n</orden>", encoding="utf-8")

    async def waits() -> str | None:
        found = await shop.get("/waiting?limit=200")
        return next((one["id"] for one in found if name in one["path"]), None)

    return await shop.soon(waits, name, partial(shop.get, "/waiting"))


async def _open(shop: Shop, key: str) -> list[dict[str, Any]]:
    found = await shop.get(f"/orders/{key}/incidents")
    return [one for one in found if one["settled_at"] is None]


async def _deleted(shop: Shop, path: str) -> int:
    async with shop.session.delete(path) as answer:
        return answer.status
