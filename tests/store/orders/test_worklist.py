"""The worklist: the most urgent tasks of the stores that somebody sees, as many as asked for."""

from datetime import UTC, datetime, timedelta

from mtd.store.engine.collecting import collect
from mtd.store.engine.worker import Worker
from mtd.store.orders import worklist
from mtd.store.sessions import Session
from mtd.store.store import Store
from tests.store.making import an_order, begun, written

NOW = datetime(2026, 11, 27, 15, tzinfo=UTC)


async def test_the_most_urgent_are_shown_of_the_stores_that_somebody_sees(
    store: Store, worker: Worker, admin: Session
) -> None:
    orders = [an_order(f"{n}", store=("paris", "carters")[n % 2]) for n in range(8)]
    await store.deliver(orders)
    for incoming in (await collect(worker, 100)).incoming:
        await written(worker, [begun(incoming)])
    for n, order in enumerate(orders):  # the last ones are due first, the very last one never
        due = NOW - timedelta(hours=n) if n < 7 else None
        await admin.fetch(
            "INSERT INTO user_task (tenant_id, instance_id, wait, opened_at, due_at, role, element,"
            " name, fields) VALUES (1, $1, 2, $2, $3, 'agent', 'Task_1', 'Call', '{}')",
            order.id, NOW, due,
        )  # fmt: skip
    async with store.door(1) as connection:
        for stores, limit, told in (
            (None, 3, "654"),
            (("carters",), 3, "531"),
            (("carters",), 200, "5317"),
            (("umbrale",), 200, ""),
        ):
            found = await worklist.urgent(connection, 1, stores, limit=limit)
            assert [one.external_id for one in found] == [*told]
            assert all(one.store == orders[int(one.external_id)].store for one in found)
