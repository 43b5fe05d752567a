"""Pauses over REST: what stands still is shown, with who waits; a paused task is not completed."""

import asyncio
from typing import Any

from mtd.core.orders.json import write_json
from mtd.core.orders.purchase_order import Channel
from tests.core.orders.examples import plain_order
from tests.faces.api.conftest import Api

WORD = {"actor": "ana", "reason": "inventory"}


async def placed(api: Api, channel: Channel, number: int) -> Any:
    order = plain_order(external_id=f"PW-{number}", channel=channel)
    headers = {"Content-Type": "application/json"}
    status, body = await api.post("/orders", data=write_json(order), headers=headers)
    assert status == 202
    return body


async def waits(api: Api, pause: str, count: int) -> None:
    async with asyncio.timeout(10):
        while (await api.get(f"/pauses/{pause}"))[1]["held"] != count:  # noqa: ASYNC110 it waits
            await asyncio.sleep(0.05)


async def test_a_paused_channel_holds_its_orders_until_it_is_lifted(api: Api) -> None:
    asked = {**WORD, "kind": "channel", "name": "kiosk"}
    status, pause = await api.post("/pauses", json=asked)
    assert (status, pause["held"], pause["lifted_at"]) == (201, 0, None)
    status, body = await api.post("/pauses", json=asked)
    assert status == 409 and "paused already" in body["detail"]
    await asyncio.sleep(1.5)
    order = await placed(api, Channel.KIOSK, 1)
    await placed(api, Channel.ECOMMERCE, 2)
    await waits(api, pause["id"], 1)
    _, shown = await api.get(f"/orders/{order['id']}")
    assert shown["held_by"] == pause["id"]
    _, held = await api.get(f"/pauses/{pause['id']}/held")
    assert [one["key"] for one in held] == [order["key"]]
    _, trace = await api.get(f"/orders/{order['id']}/trace")
    assert [row["told"] for row in trace if row["kind"] == "held"] == [
        [f"waits for the end of pause {pause['id']}"]
    ]
    status, lifted = await api.post(f"/pauses/{pause['id']}/lift", json=WORD)
    assert (status, lifted["lifted_by"]) == (200, "ana")
    await waits(api, pause["id"], 0)
    assert (await api.post(f"/pauses/{pause['id']}/lift", json=WORD))[0] == 409
    assert (await api.get("/pauses"))[1] == []
    _, every = await api.get("/pauses?open=false")
    assert [one["id"] for one in every] == [pause["id"]]


async def test_a_task_of_a_paused_step_is_shown_and_not_completed(api: Api) -> None:
    await placed(api, Channel.PHONE, 3)
    [task] = await api.some("/tasks")
    step = {**WORD, "kind": "step", "process": "short", "name": "Revisar orden"}
    status, pause = await api.post("/pauses", json=step)
    assert (status, pause["name"], pause["label"]) == (201, "review", "Revisar orden")
    [shown] = await api.some("/tasks")
    assert shown["paused"] == "inventory"
    place = f"/tasks/{task['instance']}/{task['wait']}/complete"
    done = {"person": "ana", "outputs": {"decision": "Aprobada"}}
    status, body = await api.post(place, json=done)
    assert status == 409 and "its step is paused: inventory" in body["detail"]
    await api.post(f"/pauses/{pause['id']}/lift", json=WORD)
    assert (await api.post(place, json=done))[0] == 202


async def test_what_cannot_be_paused_is_refused_with_what_is_near(api: Api) -> None:
    for asked, status, words in (
        ({"kind": "step", "process": "shrt", "name": "x"}, 404, "there is short"),
        ({"kind": "step", "process": "short", "name": "Revisar la orden"}, 404, "Revisar orden"),
        ({"kind": "step", "process": "short", "name": "Pagada"}, 409, "pause what follows"),
        ({"kind": "channel", "name": "kiosco"}, 404, "there is kiosk"),
        ({"kind": "counterpart", "name": "nobody"}, 404, "no counterpart"),
    ):
        found, body = await api.post("/pauses", json={**WORD, **asked})
        assert found == status and words in body["detail"], body
    assert (await api.post("/pauses", json={**WORD, "kind": "moon", "name": "x"}))[0] == 400
    for reason in ("", " \t"):
        asked = {**WORD, "kind": "channel", "name": "kiosk", "reason": reason}
        status, body = await api.post("/pauses", json=asked)
        assert status == 400 and "reason" in str(body), body
