"""What is counted of each route and client (REQ-68): exact counts in a scripted run."""

import os
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from mtd.faces.api import guarding
from mtd.runtime.app import TENANT
from mtd.runtime.operations.operations import key_hash
from mtd.store.ids import uuid7
from mtd.store.people import clients
from mtd.store.tax import folios
from tests.core.orders.examples import plain_order
from tests.faces.api.conftest import Api
from tests.faces.api.test_orders import json_of
from tests.store.papers import ISSUER, a_range

FIVE = (
    "mtd_api_requests_total",
    "mtd_api_latency_seconds_count",
    "mtd_api_integration_latency_seconds_count",
    "mtd_api_4xx_total",
    "mtd_api_5xx_total",
)
FIRST = "first start"


async def with_key(api: Api, name: str) -> dict[str, str]:
    """The headers of a new client."""
    key, id_ = f"key of {name}", uuid7(api.app.clock.now(), os.urandom(10))
    async with api.app.store.door(TENANT) as connection:
        await clients.add(connection, TENANT, id_, name, key_hash(key))
    return {"Authorization": f"Bearer {key}"}


async def counted(api: Api, route: str) -> dict[str, list[float]]:
    """The five figures of a route, by client."""
    async with api.session.get("/metrics") as answer:
        text = await answer.text()
    found: dict[str, list[float]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name in FIVE and sample.labels["route"].startswith(route):
                figures = found.setdefault(sample.labels["client"], [0.0] * len(FIVE))
                figures[FIVE.index(sample.name)] += sample.value
    return found


async def test_each_route_and_client_has_its_five_figures(api: Api) -> None:
    shop = await with_key(api, "web shop")
    order: dict[str, Any] = json_of(plain_order())
    other: dict[str, Any] = json_of(plain_order(external_id="PW-2"))
    await api.post("/orders", **order)
    await api.post("/orders", **{**other, "headers": {**other["headers"], **shop}})
    await api.post("/orders", json={}, headers=shop)
    await api.post("/orders", **{**other, "headers": {"Authorization": "Bearer wrong"}})
    assert await counted(api, "/orders") == {
        FIRST: [1, 1, 1, 0, 0],
        "web shop": [2, 2, 2, 1, 0],
        "none": [1, 1, 1, 1, 0],
    }


async def test_a_failure_of_ours_is_counted_as_one(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr(type(api.app.library), "latest", broken)
    status, _ = await api.post("/orders", **json_of(plain_order()))
    assert status == 500
    assert await counted(api, "/orders") == {FIRST: [1, 1, 1, 0, 1]}


async def test_clients_beyond_those_told_apart_are_counted_together(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guarding, "CLIENTS_MAX", 4)  # of which two are `none` and `other`
    for name in ("a", "b", "c", "d"):
        await api.get("/counts", headers=await with_key(api, name))
    assert await counted(api, "/counts") == {
        "a": [1, 1, 1, 0, 0],
        "b": [1, 1, 1, 0, 0],
        "other": [2, 2, 2, 0, 0],
    }


async def test_what_is_left_of_folios_is_a_gauge(api: Api) -> None:
    async with api.app.store.door(TENANT) as connection:
        assert await folios.open_range(connection, TENANT, a_range(1, 100), "me")
    async with api.session.get("/metrics") as answer:
        text = await answer.text()
    found = {
        sample.name: (sample.labels, sample.value)
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name.startswith("mtd_folios")
    }
    of = {"issuer": ISSUER, "type": "39"}
    assert found == {"mtd_folios_left": (of, 100.0), "mtd_folios_left_ratio": (of, 1.0)}
