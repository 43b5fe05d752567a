"""Alerts over REST: raised, seen, worked on, and the rules tried, changed and taken out."""

from datetime import timedelta
from typing import Any

import aiohttp

from mtd.runtime.alerts.watching import Watching
from mtd.store.arriving import intake
from tests.faces.api.conftest import Api
from tests.store.making import new_id

WORD = {"actor": "ana", "reason": "it is known"}
MANY = {"condition": {"kind": "workers_missing", "fewer_than": 9, "starting_s": 0}, "calm_s": 0}


async def looked(api: Api, later_s: float = 0.0) -> None:
    watching = Watching(api.app, 1)
    assert await watching.look(api.app.clock.now() + timedelta(seconds=later_s))
    await watching.close()


async def put(api: Api, name: str, rule: Any) -> tuple[int, Any]:
    path = f"/alert-rules/{name}"
    async with api.session.put(path, json={**WORD, "rule": rule}) as answer:
        return answer.status, await answer.json(content_type=None)


async def test_an_alert_is_seen_worked_on_and_closed(api: Api) -> None:
    status, [rule] = await put(api, "workers", MANY)
    assert (status, rule["changed_by"], rule["from_settings"]) == (200, "ana", False)
    await looked(api)
    _, [alert] = await api.get("/alerts")
    assert (alert["rule"], alert["kind"], alert["bound"]) == ("workers", "workers_missing", 9)
    place = f"/alerts/{alert['id']}"
    status, shown = await api.post(f"{place}/acknowledgement", json={"actor": "ana"})
    assert (status, shown["alert"]["state"], shown["alert"]["owner"]) == (
        200,
        "ACKNOWLEDGED",
        "ana",
    )
    assert (await api.post(f"{place}/acknowledgement", json={"actor": "ana"}))[0] == 409
    for verb, more in (
        ("assignment", {"owner": "pedro"}), ("comments", {}), ("mute", {"for_s": 60}),
    ):  # fmt: skip
        assert (await api.post(f"{place}/{verb}", json={**WORD, **more}))[0] == 200, verb
    assert (await api.get("/alerts?state=acknowledged"))[1][0]["owner"] == "pedro"
    assert (await api.post(f"{place}/remedy", json=WORD))[0] == 409
    assert (await api.post(f"{place}/telling", json={"actor": "ana"}))[1] == {"notices": 0}
    for reason in ("", " \t"):
        status, body = await api.post(f"{place}/closing", json={**WORD, "reason": reason})
        assert status == 400 and "reason" in str(body), body
    status, shown = await api.post(f"{place}/closing", json=WORD)
    assert (status, shown["alert"]["closed_by"]) == (200, "ana")
    kinds = ["OPENED", "ACKNOWLEDGED", "ASSIGNED", "COMMENTED", "MUTED", "CLOSED"]
    assert [event["kind"] for event in shown["events"]] == kinds
    assert (await api.get("/alerts"))[1] == []
    assert (await api.get("/alerts?state=closed"))[1][0]["id"] == alert["id"]


async def test_rules_are_tried_refused_and_taken_out(api: Api) -> None:
    status, trial = await api.post("/alert-trials", json={"rule": MANY, "days": 3})
    assert status == 200 and trial["now"][0]["fires"] and trial["past"]["firings"] == 0
    assert trial["past"]["since"] is None
    status, body = await put(api, "odd", {"condition": {"kind": "volume"}})
    assert status == 409 and "bound" in body["detail"]
    assert (await put(api, "odd", {"condition": {"kind": "moon"}}))[0] == 400
    await put(api, "workers", MANY)
    await looked(api)
    params = {"actor": "ana", "reason": "not needed"}
    async with api.session.delete(
        "/alert-rules/workers", params={**params, "reason": " "}
    ) as answer:
        assert answer.status == 400
    async with api.session.delete("/alert-rules/workers", params=params) as answer:
        assert answer.status == 204
    assert (await api.get("/alert-rules"))[1] == []
    await looked(api, 60)
    assert (await api.get("/alerts"))[1] == []
    async with api.session.delete("/alert-rules/workers", params=params) as answer:
        assert answer.status == 404


async def test_the_remedy_is_previewed_for_those_that_it_is_about(api: Api) -> None:
    file = intake.NewFile(
        id=new_id(), source="folder", path="CL/paris/kiosk/a.xml", hash=bytes(32), size_bytes=1,
        archive="a",
    )  # fmt: skip
    async with api.app.store.door(1) as connection:
        await intake.register(connection, 1, [file])
        await connection.execute("UPDATE intake_file SET state = 'WAITING'")
    await put(api, "waiting", {"condition": {"kind": "waiting"}})
    await looked(api)
    _, [alert] = await api.get("/alerts")
    place = f"/alerts/{alert['id']}"
    status, shown = await api.post(f"{place}/remedy", json=WORD)
    assert (status, shown["bulk"]["action"], shown["bulk"]["items"]) == (201, "push", 1)
    _, seen = await api.get(place)
    assert seen["events"][-1]["words"] == f"push: {shown['bulk']['id']}"


async def test_alerts_are_gauges_and_a_customer_s_rules_are_listed(api: Api) -> None:
    await put(api, "workers", {**MANY, "severity": "critical"})
    await looked(api)
    async with api.session.get("/metrics") as answer:
        said = await answer.text()
    assert 'mtd_alerts_now{severity="critical"} 1.0' in said
    assert 'mtd_alert_notices_now{state="FAILED"} 0.0' in said


async def test_without_a_key_nothing_is_told(api: Api) -> None:
    async with aiohttp.ClientSession(api.url) as stranger, stranger.get("/alerts") as answer:
        assert answer.status == 401
