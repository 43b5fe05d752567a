"""Store scope: what is another store's does not exist, by whatever route or field it is named."""

from collections.abc import AsyncGenerator
from functools import partial
from typing import Any

import pytest

from tests.faces.portal.rights import EVERYTHING, Seat, Way, admin, seated, ways
from tests.faces.portal.stand import Stand, sale
from tests.processes.shop import Shop

OWN, FOREIGN = "paris", "umbrale"
SOMEBODY = {"reason": "x", "words": "x", "to": "x", "incident": "1", "ruling": "ABORTED"}
"""Enough for every form to be carried out, where nobody looked whose it is."""
ABOUT_NOBODY = ("/language/", "/admin/", "/processes/", "/statistics/", "/alerts/", "/breakers/")
"""How routes begin whose parameters name nothing that a store has; alerts are placed in theirs."""


class Placed:
    """The same things twice: in the store that somebody sees, and in one that they do not."""

    def __init__(self) -> None:
        self.parameters: dict[str, dict[str, dict[str, Any]]] = {OWN: {}, FOREIGN: {}}
        self.marks: dict[str, str] = {}
        """What is to be read of nothing of a store's: the number of its order."""


@pytest.fixture(scope="module")
def placed(stand: Stand) -> Placed:
    made = Placed()
    for store in (OWN, FOREIGN):
        order = sale(store=store, amount=90_000)
        made.marks[store] = order.external_id
        made.parameters[store] = stand.run(_filled(stand.shop, order, store))
    return made


async def _filled(shop: Shop, order: Any, store: str) -> dict[str, dict[str, Any]]:
    """By the beginnings of paths: what names these things of `store`."""
    await shop.place(order)
    task = await shop.task(order.key, "Autorizar venta")
    folder = shop.app.home / shop.app.settings.intake.folder / "CL" / store / "kiosk"
    folder.mkdir(parents=True, exist_ok=True)
    name = f"scope-{order.external_id}.xml"
    (folder / name).write_text("<orden>\n<total>12\n</orden>", encoding="utf-8")

    async def waits() -> str | None:
        files = [one["id"] for one in await shop.get("/waiting") if one["path"].endswith(name)]
        return files[0] if files else None

    file = await shop.soon(waits, name, partial(shop.get, "/waiting"))
    wish = {"name": order.external_id, "action": "cancel", "actor": "x", "reason": "x"}
    bulk = await shop.accepted("/bulk", wish | {"orders": [task["instance"]]})
    stands = {"kind": "store", "name": store, "actor": "x", "reason": "x"}
    pause = (await shop.accepted("/pauses", stands))["id"]
    # Over at once, so that nothing waits for it; it is named all the same.
    await shop.accepted(f"/pauses/{pause}/lift", {"actor": "x", "reason": "x"})
    return {
        "pauses": {"id": pause},
        "orders": {"id": task["instance"], "name": "none"},
        "tasks": {"instance": task["instance"], "wait": task["wait"]},
        "files": {"id": file},
        "bulk": {"id": bulk["bulk"]["id"]},
    }


@pytest.fixture
async def clerk(stand: Stand) -> AsyncGenerator[Seat]:
    """Who may do everything, in one store."""
    async with seated(stand, EVERYTHING, (OWN,)) as seat:
        yield seat


def _named() -> list[Way]:
    """Every route whose path names something."""
    return [one for one in ways() if one.parameters and not one.path.startswith(ABOUT_NOBODY)]


@pytest.mark.parametrize("way", _named(), ids=lambda way: f"{way.method} {way.path}")
async def test_what_another_store_has_is_not_there(
    stand: Stand, clerk: Seat, placed: Placed, way: Way
) -> None:
    first = way.path.split("/")[1]
    assert first in placed.parameters[FOREIGN], f"{way.path}: whose is what it names?"
    before = await _state(stand, placed)
    status, text = await clerk.answer(
        way.method, way.at(**placed.parameters[FOREIGN][first]), **SOMEBODY
    )
    assert status == 404 and placed.marks[FOREIGN] not in text
    assert await _state(stand, placed) == before
    if not way.changes and not way.path.endswith("/{name:str}"):
        own, _ = await clerk.answer(way.method, way.at(**placed.parameters[OWN][first]))
        assert own == 200, "else the test sees nothing"


@pytest.mark.parametrize("way", [one for one in ways() if one.path.startswith("/admin")])
async def test_what_is_of_no_store_is_for_who_sees_all(clerk: Seat, way: Way) -> None:
    assert await clerk.status(way.method, way.at(), **SOMEBODY) == 403


@pytest.mark.parametrize(
    "path",
    [
        "/", "/orders", "/orders?store=umbrale", "/orders.csv", "/orders.csv?store=umbrale",
        "/exceptions", "/files", "/tasks", "/bulk", "/audit", "/audit.csv", "/audit?about={mark}",
        "/search?q={mark}", "/search?q={order}",
        "/orders?below=ffffffff-ffff-ffff-ffff-ffffffffffff&store=umbrale",
    ],
)  # fmt: skip
async def test_no_list_shows_another_store(clerk: Seat, placed: Placed, path: str) -> None:
    foreign = placed.parameters[FOREIGN]
    place = path.format(mark=placed.marks[FOREIGN], order=foreign["orders"]["id"])
    status, text = await clerk.answer("GET", place)
    assert status == 200
    if "{mark}" not in path:
        assert placed.marks[FOREIGN] not in text
    for one in ("orders", "files", "bulk"):
        named = foreign[one]["id"]
        assert f'"{named}' not in text and f"/{named}" not in text, (path, one)


@pytest.mark.parametrize(
    ("path", "field", "first"),
    [
        ("/files/push", "file", "files"),
        ("/exceptions/retry", "order", "orders"),
        ("/tasks/assign", "task", "tasks"),
    ],
)
async def test_a_form_cannot_name_another_store_s(
    stand: Stand, clerk: Seat, placed: Placed, path: str, field: str, first: str
) -> None:
    named = ":".join(str(one) for one in placed.parameters[FOREIGN][first].values())
    before = await _state(stand, placed)
    status, _ = await clerk.answer("POST", path, **SOMEBODY, **{field: named})
    assert status in (303, 409), "nothing is chosen"
    assert await _state(stand, placed) == before


async def _state(stand: Stand, placed: Placed) -> list[Any]:
    """How the other store's things stand."""
    foreign = placed.parameters[FOREIGN]
    order = foreign["orders"]["id"]
    found: list[Any] = []
    for sql, value in (
        ("SELECT count(*) FROM journal WHERE instance_id = $1", order),
        ("SELECT count(*) FROM remark WHERE order_id = $1", order),
        ("SELECT state, assignee FROM user_task WHERE instance_id = $1", order),
        ("SELECT state, pushes FROM intake_file WHERE id = $1", foreign["files"]["id"]),
        ("SELECT count(*) FROM discard_request WHERE file_id = $1", foreign["files"]["id"]),
        ("SELECT state FROM bulk WHERE id = $1", foreign["bulk"]["id"]),
        ("SELECT count(*) FROM bulk_item WHERE target IN ($1)", order),
        ("SELECT count(*) FROM bulk_item WHERE target IN ($1)", foreign["files"]["id"]),
    ):
        found.append([tuple(row) for row in await admin(stand, sql, value)])
    return found
