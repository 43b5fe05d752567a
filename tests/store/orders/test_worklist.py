"""The worklist: the most urgent tasks of the stores that somebody sees, paged and counted."""

from datetime import UTC, datetime, timedelta

from mtd.store.engine.collecting import collect
from mtd.store.engine.worker import Worker
from mtd.store.orders import worklist
from mtd.store.orders.worklist import Place, Wanted
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
            wanted = _wanted(stores)
            found = await worklist.urgent(connection, 1, wanted, limit=limit)
            assert [one.external_id for one in found] == [*told]
            assert all(one.store == orders[int(one.external_id)].store for one in found)
        read = ""
        after: Place | None = None
        while found := await worklist.urgent(connection, 1, _wanted(None), after=after, limit=3):
            read += "".join(one.external_id for one in found)
            after = found[-1].place
        assert read == "65432107", "page after page, the one without a due time last"
        assert after is not None
        read = ""
        before: Place | None = after
        while found := await worklist.urgent(connection, 1, _wanted(None), before=before, limit=3):
            read = "".join(one.external_id for one in found) + read
            before = found[0].place
        assert read == "6543210", "and page before page"
        nobody = await worklist.urgent(connection, 1, _wanted(None), after=(orders[0].id, 3))
        assert not nobody, "nothing is after what is not there"
        nobody = await worklist.urgent(connection, 1, _wanted(None), before=(orders[0].id, 3))
        assert not nobody, "nor before it"
        among = [(orders[n].id, wait) for n, wait in ((0, 2), (1, 2), (2, 3))]
        seen = await worklist.urgent(connection, 1, _wanted(("paris",)), among=among)
        assert [one.place for one in seen] == among[:1]


async def test_what_stands_how_is_counted_as_it_is_listed(
    store: Store, worker: Worker, admin: Session
) -> None:
    orders = [an_order(f"{n}", store=("paris", "carters")[n % 2]) for n in range(6)]
    await store.deliver(orders)
    for incoming in (await collect(worker, 100)).incoming:
        await written(worker, [begun(incoming)])
    dues = (-60, 0, 1, 30, 31, None)  # minutes from now; at risk is what is due in half an hour
    for order, minutes, who in zip(orders, dues, "ababab", strict=True):
        due = None if minutes is None else NOW + timedelta(minutes=minutes)
        await admin.fetch(
            "INSERT INTO user_task (tenant_id, instance_id, wait, opened_at, due_at, role, element,"
            " name, fields, assignee) VALUES (1, $1, 2, $2, $3, 'agent', 'Task_1', 'Call', '{}',"
            " $4)",
            order.id, NOW, due, who,
        )  # fmt: skip
    expected = {"overdue": "01", "at_risk": "23", "on_time": "4", "never_due": "5"}
    async with store.door(1) as connection:
        for stores in (None, ("paris",)):
            tallies = await worklist.standings(connection, 1, _wanted(stores), "a")
            for standing, numbers in expected.items():
                listed = await worklist.urgent(connection, 1, _wanted(stores, standing))
                told = [n for n in numbers if stores is None or orders[int(n)].store in stores]
                assert [one.external_id for one in listed] == told
                assert {one.standing for one in listed} <= {standing}
                for mine in (True, False):
                    among = [one for one in listed if (one.assignee == "a") is mine]
                    counted = [
                        one.tasks for one in tallies if (one.standing, one.mine) == (standing, mine)
                    ]
                    assert sum(counted) == len(among)


def _wanted(stores: tuple[str, ...] | None, standing: str | None = None) -> Wanted:
    return Wanted(now=NOW, risk=NOW + timedelta(minutes=30), stores=stores, standing=standing)
