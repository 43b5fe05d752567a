"""Definitions over REST: deployed all or none, listed, read, and taken by the next order."""

from typing import Any

import aiohttp
import msgspec

from mtd.core.orders.json import write_json
from mtd.core.orders.purchase_order import Channel
from tests.core.orders.examples import plain_order
from tests.faces.api.conftest import HERE, Api
from tests.runtime.files import File, flow, table, toml

PERSON = '[user."review"]\nrole = "agent"\n'
RULED = f'{PERSON}[rule."decide"]\ntable = "discount.dmn"\n'
FILES = [
    flow("priced", "userTask:review", "businessRuleTask:decide"),
    toml("priced", RULED),
    table("discount", "ten"),
]


def as_json(files: list[File], **more: Any) -> dict[str, Any]:
    return {
        "json": {
            "files": [{"name": f.name, "content": f.content.decode()} for f in files],
            **more,
        }
    }


def as_form(files: list[File], **words: str) -> dict[str, Any]:
    form = aiohttp.FormData()
    for file in files:
        form.add_field("file", file.content, filename=file.name)
    for name, word in words.items():
        form.add_field(name, word)
    return {"data": form}


async def test_files_are_deployed_together_and_can_be_read_again(api: Api) -> None:
    status, done = await api.post("/definitions", **as_json(FILES, tag="spring", actor="ana"))
    assert status == 201, done
    assert done["processes"] == [{"name": "priced", "version": 1, "fresh": True}]
    assert done["tables"] == [{"name": "discount.dmn", "version": 1, "fresh": True}]
    status, done = await api.post("/definitions", **as_form(FILES, tag="spring"))
    assert (status, done["processes"][0]["fresh"]) == (200, False)
    _, listed = await api.get("/definitions?name=priced")
    assert [(one["version"], one["tag"], one["deployed_by"]) for one in listed] == [
        (1, "spring", "ana")
    ]
    for version in ("1", "latest"):
        status, shown = await api.get(f"/definitions/priced/{version}")
        assert (status, shown["source"]) == (200, FILES[0].content.decode())
        assert shown["bindings"] == RULED
        assert shown["versions"] == {"discount.dmn": 1}
    async with api.session.get("/definitions/priced/1/drawing") as answer:
        assert await answer.read() == FILES[0].content
    _, shown = await api.get("/definitions/discount.dmn/1")
    assert (shown["kind"], shown["source"]) == ("table", FILES[2].content.decode())
    status, _ = await api.get("/definitions/priced/2")
    assert status == 404


async def test_one_bad_file_and_nothing_is_deployed(api: Api) -> None:
    bad = [flow("bad", "serviceTask:pay", "serviceTask:ship"), toml("bad", "[servicio]\n")]
    status, problem = await api.post("/definitions", **as_form([*FILES, *bad]))
    assert status == 422 and problem["title"] == "nothing was deployed"
    assert any(f["file"] == "bad.toml" and "servicio" in f["message"] for f in problem["flaws"])
    bad[1] = toml("bad", "")
    status, problem = await api.post("/definitions", **as_json([*FILES, *bad]))
    wrong = [f for f in problem["flaws"] if not f["warning"]]
    assert [(f["element"], f["name"]) for f in wrong] == [("pay", "pay"), ("ship", "ship")]
    assert all(f["line"] > 0 for f in wrong)
    _, listed = await api.get("/definitions")
    assert [one["name"] for one in listed] == ["short"]
    bodies: list[dict[str, Any]] = [as_json([]), {"data": b"{"}, as_form([], tag="x")]
    for body in bodies:
        status, _ = await api.post("/definitions", **body)
        assert status == 400


async def test_the_next_order_takes_the_new_version(api: Api) -> None:
    changed = (HERE / "short.bpmn").read_bytes().replace(b'id="check"', b'id="checked"')
    changed = changed.replace(b'"check"', b'"checked"')
    files = [File("short.bpmn", changed), File("short.toml", (HERE / "short.toml").read_bytes())]
    status, done = await api.post("/definitions", **as_form(files))
    assert (status, done["processes"][0]["version"]) == (201, 2)
    body = write_json(plain_order())
    headers = {"Content-Type": "application/json", "Prefer": "wait=10"}
    status, order = await api.post("/orders", data=body, headers=headers)
    assert (status, order["definition"]) == (200, "short@2")


async def test_instances_are_changed_and_migrated_by_rest(api: Api) -> None:
    order = msgspec.structs.replace(plain_order(), channel=Channel.PHONE)
    headers = {"Content-Type": "application/json"}
    _, placed = await api.post("/orders", data=write_json(order), headers=headers)
    await api.some("/tasks")
    files = [File(f"short.{end}", (HERE / f"short.{end}").read_bytes()) for end in ("bpmn", "toml")]
    files[0] = File("short.bpmn", files[0].content.replace(b"Cerrada", b"Terminada"))
    await api.post("/definitions", **as_form(files))
    asked = {"old": 1, "new": 2, "actor": "ana", "reason": "better"}
    status, plan = await api.post("/definitions/short/migration", json=asked)
    assert (status, plan["asked"]) == (200, 0)
    assert [one["refused"] for one in plan["instances"]] == [None]
    _, done = await api.post("/definitions/short/migration", json={**asked, "plan": False})
    assert done["asked"] == 1
    change = {"actor": "ana", "reason": "stuck", "moves": [{"source": "review", "target": "paid"}]}
    path = f"/orders/{placed['id']}/modification"
    status, shown = await api.post(path, json={**change, "preview": True})
    assert status == 200 and len(shown["closes"]) == 2 and len(shown["opens"]) == 1
    assert (await api.post(path, json=change))[0] == 202
    await api.some("/tasks", none=True)
    status, problem = await api.post(path, json=change)
    assert status == 409 and "no token rests" in problem["detail"]
    status, _ = await api.post("/definitions/short/migration", json={**asked, "new": 9})
    assert status == 404
