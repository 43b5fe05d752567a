"""Keys of the API: made, rotated with an overlap, revoked; and what the meters say of each."""

from datetime import timedelta
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, Histogram

from mtd.faces.api.guarding import Counting
from mtd.runtime.app import TENANT, App
from mtd.runtime.desk.people.accounts import By
from mtd.runtime.desk.people.keys import LATENCY, Keys, usage
from mtd.runtime.operations.operations import Conflict, NotFound, key_hash
from mtd.runtime.telemetry import BUCKETS_S
from mtd.store.people import audit, clients

BY = By(actor="adan", origin="10.0.0.1", reason="porque sí")


async def _opens(app: App, key: str) -> bool:
    async with app.store.door(TENANT) as connection:
        return await clients.by_key(connection, TENANT, key_hash(key)) is not None


async def test_a_key_opens_until_it_is_revoked(app: App) -> None:
    keys = Keys(app, TENANT)
    made = await keys.add("tienda", BY)
    assert await _opens(app, made.key)
    (client,) = await keys.listing()
    assert await keys.revoke(client.id, BY) == "tienda"
    assert not await _opens(app, made.key)
    with pytest.raises(NotFound):
        await keys.revoke(client.id, BY)
    async with app.store.door(TENANT) as connection:
        entries = await audit.page(connection, TENANT)
    assert [one.action for one in entries] == ["client.revoke", "client.add"]
    assert made.key not in str(entries)


async def test_a_rotated_key_goes_on_beside_the_new_one_for_a_while(app: App) -> None:
    keys = Keys(app, TENANT)
    old = await keys.add("tienda", BY)
    (client,) = await keys.listing()
    new = await keys.rotate(client.id, timedelta(hours=1), BY)
    assert new.name == "tienda" and new.key != old.key
    assert await _opens(app, old.key) and await _opens(app, new.key)
    await keys.rotate(client.id, timedelta(0), BY)
    assert not await _opens(app, old.key) and await _opens(app, new.key)
    with pytest.raises(Conflict):
        await keys.rotate(client.id, timedelta(days=31), BY)


async def test_a_key_takes_a_name_and_a_reason(app: App) -> None:
    keys = Keys(app, TENANT)
    for name, reason in ((" ", "x"), ("tienda", " ")):
        with pytest.raises(Conflict):
            await keys.add(name, By(actor="adan", reason=reason))
    assert not await keys.listing()


async def test_usage_is_what_the_api_s_own_meters_counted() -> None:
    registry = CollectorRegistry()
    counting = Counting(registry)

    async def answers(status: int) -> None:
        async def app(scope: Any, receive: Any, send: Any) -> None:
            scope["mtd_client"] = "tienda"
            await send({"type": "http.response.start", "status": status})

        scope: Any = {"type": "http", "method": "GET", "path_template": f"/{status}"}
        await counting.handle(scope, _nothing, _nothing, app)

    for n in range(100):
        await answers(404 if n < 7 else 500 if n == 99 else 200)
    found = usage(registry.collect())["tienda"]
    assert (found.calls, found.refused, found.failed) == (100, 7, 1)
    assert found.p95_s is not None


@pytest.mark.parametrize(("slow", "p95_s"), [(5, 0.005), (6, 1.0), (100, 1.0)])
def test_p95_is_the_bound_below_which_95_in_100_lie(slow: int, p95_s: float) -> None:
    registry = CollectorRegistry()
    took_s = Histogram(LATENCY, "x", ["route", "client"], buckets=BUCKETS_S, registry=registry)
    for n in range(100):
        took_s.labels(f"/{n % 3}", "tienda").observe(0.7 if n < slow else 0.004)
    assert usage(registry.collect())["tienda"].p95_s == p95_s


async def _nothing(*_: Any) -> Any:
    return None
