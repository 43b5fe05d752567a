"""Orders over REST."""

import asyncio
import io
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest

from mtd.core.orders.json import write_json
from mtd.core.orders.purchase_order import Channel, PurchaseOrder
from mtd.core.orders.writing import write_xml
from tests.core.orders.examples import plain_order
from tests.faces.api.conftest import Api


def json_of(order: PurchaseOrder) -> dict[str, Any]:
    return {"data": write_json(order), "headers": {"Content-Type": "application/json"}}


def by_phone(external_id: str) -> PurchaseOrder:
    return msgspec.structs.replace(plain_order(), external_id=external_id, channel=Channel.PHONE)


async def test_an_order_is_taken_in_and_runs(api: Api) -> None:
    order = plain_order()
    status, body = await api.post("/orders", **json_of(order))
    assert (status, body["key"], body["outcome"]) == (202, order.key, "accepted")
    for name in (body["id"], order.key, order.external_id):
        status, shown = await api.get(f"/orders/{name}")
        assert (status, shown["key"]) == (200, order.key)
    steps = await api.some(f"/orders/{body['id']}/trace")
    assert steps[0]["kind"] == "start"


async def test_the_same_order_twice_is_one(api: Api) -> None:
    order = plain_order()
    outcomes = await asyncio.gather(*(api.post("/orders", **json_of(order)) for _ in range(20)))
    assert sorted(status for status, _ in outcomes) == [200] * 19 + [202]
    assert len({body["id"] for _, body in outcomes}) == 1


async def test_the_same_key_with_other_content_is_refused_with_both_hashes(api: Api) -> None:
    order = plain_order()
    await api.post("/orders", **json_of(order))
    other = msgspec.structs.replace(order, branch="other-branch")
    status, body = await api.post("/orders", **json_of(other))
    assert (status, body["code"]) == (409, "DUPLICATE_CHANGED")


async def test_order_xml_is_read_too(api: Api) -> None:
    status, body = await api.post(
        "/orders", data=write_xml(plain_order()), headers={"Content-Type": "application/xml"}
    )
    assert (status, body["key"]) == (202, plain_order().key)


async def test_a_short_flow_answers_at_once(api: Api) -> None:
    more = json_of(plain_order())
    more["headers"]["Prefer"] = "wait=10"
    status, body = await api.post("/orders", **more)
    assert (status, body["key"]) == (200, plain_order().key)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", ""),
        (b"{", ""),
        (b'{"external_id": 1}', ""),
        (b'{"a": NaN}', "a"),
        (b"[" * 100_000, ""),
        (b"\xff\xfe\x00", ""),
    ],
    ids=["empty", "half", "wrong", "nan", "deep", "no text"],
)
async def test_bad_json_is_told_and_never_our_fault(api: Api, body: bytes, field: str) -> None:
    status, problem = await api.post(
        "/orders", data=body, headers={"Content-Type": "application/json"}
    )
    assert status == 422 and problem["flaws"]
    assert field in [flaw.get("field", "") for flaw in problem["flaws"]] or not field


async def test_a_body_too_large_is_refused(api: Api) -> None:
    status, _ = await api.post(
        "/orders", data=io.BytesIO(b" " * 6_000_000), headers={"Content-Type": "application/json"}
    )
    assert status == 413


@pytest.mark.parametrize("authorized", [True, False])
async def test_a_client_that_sends_on_hears_why_it_is_refused(api: Api, authorized: bool) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(api.url).port)
    key = api.session.headers["Authorization"] if authorized else "Bearer wrong"
    writer.write(
        b"POST /orders HTTP/1.1\r\nHost: mtd\r\nContent-Type: application/json\r\n"
        b"Authorization: %b\r\nContent-Length: 20000000\r\n\r\n" % key.encode()
    )
    async with asyncio.timeout(30):
        for _ in range(20):
            writer.write(b" " * 1_000_000)
            await writer.drain()
            await asyncio.sleep(0.02)
        line = await reader.readline()
    writer.close()
    assert line.split()[1] == (b"413" if authorized else b"401")


async def test_a_client_that_asks_before_it_sends_is_refused_at_once(api: Api) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(api.url).port)
    writer.write(
        b"POST /orders HTTP/1.1\r\nHost: mtd\r\nContent-Type: application/json\r\n"
        b"Authorization: Bearer wrong\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n"
    )
    async with asyncio.timeout(10):
        line = await reader.readline()
    writer.close()
    assert line.split()[1] == b"401"


async def test_nobody_comes_in_without_a_key(api: Api) -> None:
    for headers in ({"Authorization": ""}, {"Authorization": "Bearer wrong"}):
        status, body = await api.get("/orders", headers=headers)
        assert status == 401 and body["detail"]
    assert (await api.get("/health", headers={"Authorization": ""}))[0] == 200


async def test_a_task_is_claimed_by_one_and_completed_once(api: Api) -> None:
    order = by_phone("PHONE-1")
    _, placed = await api.post("/orders", **json_of(order))
    (task,) = await api.some("/tasks?role=agent")
    place = f"/tasks/{task['instance']}/{task['wait']}"
    claims = await asyncio.gather(
        *(api.post(f"{place}/claim", json={"person": name}) for name in ("ana", "eva"))
    )
    assert sorted(status for status, _ in claims) == [200, 409]
    holder = next(body["person"] for status, body in claims if status == 200)
    other = "eva" if holder == "ana" else "ana"
    assert (await api.post(f"{place}/complete", json={"person": other}))[0] == 409
    done = {"person": holder, "outputs": {"approved": True}}
    assert (await api.post(f"{place}/complete", json=done))[0] == 202
    message = {"name": "Paid", "key": order.key, "message_id": "p-1"}
    assert (await api.post("/messages", json=message))[0] == 202
    assert (await api.post("/messages", json=message))[0] == 200
    async with asyncio.timeout(10):
        while True:
            _, steps = await api.get(f"/orders/{placed['id']}/trace")
            if steps[-1]["kind"] == "received":
                break
            await asyncio.sleep(0.02)


async def test_cancelling_is_refused_once_nobody_listens(api: Api) -> None:
    _, placed = await api.post("/orders", **json_of(by_phone("PHONE-2")))
    await api.some("/tasks")
    repair = {"actor": "ana", "reason": "the customer asks"}
    assert (await api.post(f"/orders/{placed['id']}/cancel", json=repair))[0] == 202
    await api.some("/tasks", none=True)
    status, body = await api.post(f"/orders/{placed['id']}/cancel", json=repair)
    assert status == 409 and body["title"]


async def test_what_is_not_there_is_404(api: Api) -> None:
    for path in ("/orders/nothing", "/orders/CL/paris/ecommerce/none", "/orders/x/trace"):
        assert (await api.get(path))[0] == 404


async def test_a_page_of_orders_is_filtered_and_bounded(api: Api) -> None:
    await api.post("/orders", **json_of(plain_order()))
    status, found = await api.get("/orders?store=paris&limit=1")
    assert status == 200 and len(found) <= 1
    assert (await api.get("/orders?limit=100000"))[0] == 400
    assert (await api.get("/orders?state=NONSENSE"))[0] == 400
    assert (await api.get("/orders?below=x"))[0] == 400


async def test_metrics_tell_what_lies_in_the_intake(api: Api) -> None:
    async with api.session.get("/metrics") as answer:
        text = await answer.text()
    for state in ("NEW", "WAITING", "REJECTED"):
        assert f'mtd_intake_files_now{{state="{state}"}} 0.0' in text
    assert 'mtd_intake_oldest_seconds{state="WAITING"} 0.0' in text


async def test_the_description_is_openapi_31_and_loads_nothing(api: Api) -> None:
    _, schema = await api.get("/openapi.json", headers={"Authorization": ""})
    assert schema["openapi"].startswith("3.1")
    assert "/orders" in schema["paths"] and "/messages" in schema["paths"]
    async with api.session.get("/docs") as answer:
        page = await answer.text()
    assert "/orders" in page
    assert "http://" not in page and "https://" not in page and "<script" not in page
