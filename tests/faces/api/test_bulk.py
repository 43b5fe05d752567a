"""Bulk actions over REST: previewed, carried out, told item by item; cancelled and migrated."""

import asyncio
from typing import Any

from mtd.core.orders.json import write_json
from mtd.core.orders.purchase_order import Channel
from tests.core.orders.examples import plain_order
from tests.faces.api.conftest import HERE, Api

WORD = {"actor": "ana", "reason": "they asked"}


async def waiting(api: Api, count: int) -> list[str]:
    """Ids of so many orders that wait to be reviewed."""
    for number in range(count):
        order = plain_order(external_id=f"PW-{number}", channel=Channel.PHONE)
        headers = {"Content-Type": "application/json"}
        assert (await api.post("/orders", data=write_json(order), headers=headers))[0] == 202
    async with asyncio.timeout(10):
        while len(tasks := (await api.get("/tasks"))[1]) < count:  # noqa: ASYNC110 others work
            await asyncio.sleep(0.05)
    return [task["instance"] for task in tasks]


async def carried_out(api: Api, wish: dict[str, Any]) -> Any:
    """The bulk action, previewed, started and through."""
    status, shown = await api.post("/bulk", json={**WORD, "rate_per_s": 100, **wish})
    assert status == 201, shown
    assert (shown["bulk"]["state"], shown["bulk"]["sent"]) == ("PREVIEWED", 0)
    place = f"/bulk/{shown['bulk']['id']}"
    assert (await api.post(f"{place}/start", json=WORD))[0] == 200
    assert (await api.post(f"{place}/start", json=WORD))[0] == 409
    async with asyncio.timeout(15):
        while not (shown := (await api.get(place))[1])["bulk"]["ended_at"]:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    return shown


async def test_variables_are_set_for_all_that_the_filter_fits(api: Api) -> None:
    ids = await waiting(api, 4)
    wish = {
        "name": "a note",
        "action": "set",
        "filter": {"channel": "phone"},
        "arguments": {"variables": {"note": "gift"}},
    }
    shown = await carried_out(api, wish)
    assert (shown["bulk"]["state"], shown["bulk"]["succeeded"]) == ("DONE", 4)
    assert [one["ruling"] for one in shown["rulings"]] == ["PREVIEWED", "STARTED"]
    assert shown["samples"][0]["would"] == ["stands at Revisar orden"]
    place = f"/bulk/{shown['bulk']['id']}"
    _, items = await api.get(f"{place}/items?state=SUCCEEDED&limit=3")
    assert [one["n"] for one in items] == [0, 1, 2]
    assert {one["target"] for one in items} <= set(ids)
    async with api.session.get(f"{place}/items.csv") as answer:
        assert answer.content_type == "text/csv"
        assert len((await answer.text()).splitlines()) == 5
    _, trace = await api.get(f"/orders/{ids[0]}/trace")
    [row] = [row for row in trace if row["kind"] == "changed"]
    assert row["what"][1] == ["ana", f"they asked (bulk {shown['bulk']['id']})"]
    assert [one["id"] for one in (await api.get("/bulk"))[1]] == [shown["bulk"]["id"]]


async def test_a_selection_is_cancelled_and_who_does_not_listen_is_skipped(api: Api) -> None:
    ids = await waiting(api, 3)
    cancel = {"actor": "ana", "reason": "alone"}
    assert (await api.post(f"/orders/{ids[0]}/cancel", json=cancel))[0] == 202
    async with asyncio.timeout(10):
        while len((await api.get("/tasks"))[1]) > 2:  # noqa: ASYNC110 it is cancelled
            await asyncio.sleep(0.05)
    wish = {"name": "recall", "action": "cancel", "orders": ids[:2]}
    _, shown = await api.post("/bulk", json={**WORD, **wish})
    assert (shown["bulk"]["pending"], shown["bulk"]["skipped"]) == (1, 1)
    assert "its process is over" in shown["skipped"][0]["said"]
    await api.post(f"/bulk/{shown['bulk']['id']}/start", json=WORD)
    async with asyncio.timeout(10):
        while len((await api.get("/tasks"))[1]) > 1:  # noqa: ASYNC110 it is cancelled
            await asyncio.sleep(0.05)
    assert [task["instance"] for task in (await api.get("/tasks"))[1]] == [ids[2]]


async def test_instances_are_migrated_and_one_that_cannot_follow_says_why(api: Api) -> None:
    ids = await waiting(api, 3)
    task = next(one for one in (await api.get("/tasks"))[1] if one["instance"] == ids[0])
    done = {"person": "ana", "outputs": {"decision": "Aprobada"}}
    place = f"/tasks/{task['instance']}/{task['wait']}/complete"
    assert (await api.post(place, json=done))[0] == 202
    async with asyncio.timeout(10):
        while len((await api.get("/tasks"))[1]) > 2:  # noqa: ASYNC110 it is done
            await asyncio.sleep(0.05)
    drawing = (HERE / "short.bpmn").read_text().replace('"paid"', '"paid_at_last"')
    bindings = (HERE / "short.toml").read_text()
    files = [
        {"name": "short.bpmn", "content": drawing},
        {"name": "short.toml", "content": bindings},
        {"name": "review_order.json", "content": "{}"},
    ]
    status, body = await api.post("/definitions", json={"files": files})
    assert status == 201, body
    wish = {
        "name": "on",
        "action": "migrate",
        "filter": {"definition": "short@1"},
        "arguments": {"to": "short@2"},
    }
    shown = await carried_out(api, wish)
    assert (shown["bulk"]["succeeded"], shown["bulk"]["skipped"]) == (2, 1)
    assert shown["skipped"][0]["target"] == ids[0]
    assert "is not in short@2" in shown["skipped"][0]["said"]
    versions = [(await api.get(f"/orders/{id_}"))[1]["definition"] for id_ in ids]
    assert versions == ["short@1", "short@2", "short@2"]


async def test_what_makes_no_sense_is_refused_with_words(api: Api) -> None:
    for wish, status in (
        ({"action": "retry"}, 409),
        ({"action": "cancel", "orders": ["nothing"]}, 404),
        ({"action": "retry", "rate_per_s": 0}, 400),
        ({"action": "dance"}, 400),
    ):
        found, body = await api.post("/bulk", json={**WORD, "name": "x", **wish})
        assert found == status, body
    nobody = "00000000-0000-7000-8000-000000000000"
    assert (await api.get(f"/bulk/{nobody}"))[0] == 404
    assert (await api.get(f"/bulk/{nobody}/items"))[0] == 404
    assert (await api.post(f"/bulk/{nobody}/start", json=WORD))[0] == 404
    assert (await api.post(f"/bulk/{nobody}/dance", json=WORD))[0] in (400, 404)
