"""The board: few among many are found by what is counted of them, as they are by looking at all."""

from datetime import UTC, datetime, timedelta

from mtd.store.counts.counting import note
from mtd.store.counts.course import Course, Sale
from mtd.store.engine.collecting import collect
from mtd.store.engine.turned import Status
from mtd.store.engine.worker import Worker
from mtd.store.orders import board
from mtd.store.orders.board import Sought, Stuck
from mtd.store.sessions import Session
from mtd.store.store import Store
from tests.store.making import a_start, an_order, begun, new_id, troubled, written

NOW = datetime.now(UTC)
STATES = ("IN_FULFILLMENT", "DISPATCHED", "EXCEPTION", "CLOSED")


async def test_orders_that_are_not_over_are_the_same_ones_either_way(
    store: Store, worker: Worker
) -> None:
    due = {"A": NOW - timedelta(hours=1), "B": NOW + timedelta(hours=1), "C": None}
    orders = [
        an_order(f"{n}-{name}", store=("paris", "carters")[n % 2], promised_at=promised)
        for n in range(8)
        for name, promised in due.items()
    ]
    await store.deliver(orders)
    by_id = {order.id: order for order in orders}
    states: dict[str, str] = {}
    for n, incoming in enumerate((await collect(worker, 100)).incoming):
        state = states[incoming.instance] = STATES[n % 4]
        await written(worker, [begun(incoming, status=Status(state=state, reached=(state,)))])
    courses: list[Course] = []
    for id_, order in by_id.items():
        sale = Sale(
            country=order.country, store=order.store, channel=order.channel, document="RECEIPT",
            currency="CLP", amount=order.amount, received_at=NOW, promised_at=order.promised_at,
        )  # fmt: skip
        course = Course((1, id_), 1, "p@1", sale, states[id_])
        course.awaited = sale.promised_at is not None and states[id_] not in board.MET
        course.awaited &= states[id_] != "CLOSED"
        courses.append(course)
    async with worker.asking.use() as connection:
        await note(connection, courses)
    finals = ("CLOSED", "CANCELLED")
    for sought in (
        Sought(finals=finals),
        Sought(finals=finals, late=NOW),
        Sought(states=("EXCEPTION", "DISPATCHED")),
        Sought(states=("EXCEPTION",), stores=("paris",), channels=("ecommerce",)),
        Sought(finals=finals, below=sorted(by_id)[9]),
    ):
        await _same(store, sought)


async def _same(store: Store, sought: Sought) -> None:
    async with store.door(1) as connection:
        for back in (False, True):
            all_ = await board.page(connection, 1, sought, 5, back=back)
            few = await board.page(connection, 1, sought, 5, back=back, only_open=True)
            assert few == all_ and few
        assert await board.counted(connection, 1, sought, 99, 900) == await board.counted(
            connection, 1, sought, 99, 900, only_open=True
        )


async def test_few_orders_of_a_store_are_found_by_an_index(store: Store, admin: Session) -> None:
    await store.deliver([an_order(f"{n}", store="many") for n in range(400)])
    await store.deliver([an_order("1", store="few")])
    await admin.fetch("ANALYZE purchase_order")
    plan = await admin.fetch(
        "EXPLAIN SELECT * FROM purchase_order WHERE tenant_id = 1 AND store = 'few'"
        " ORDER BY id DESC LIMIT 50"
    )
    assert "purchase_order_store" in "\n".join(row[0] for row in plan)


async def test_causes_are_counted_by_order_whatever_the_version(
    store: Store, worker: Worker, admin: Session
) -> None:
    ids = sorted(new_id() for _ in range(5))
    orders = [
        an_order(f"{n}", id=id_, store=("paris", "carters")[n % 2], definition=f"p@{1 + n % 2}")
        for n, id_ in enumerate(ids)
    ]
    await store.deliver(orders)
    await store.deliver([a_start()])
    by_id = {order.id: order for order in orders}
    for incoming in (await collect(worker, 100)).incoming:
        (instance,) = await written(worker, [begun(incoming)])
        (instance,) = await written(worker, [troubled(instance)])
        if instance.id == orders[0].id:
            await written(worker, [troubled(instance, "once more")])
    async with store.door(1) as connection:
        for sought, numbers in (
            (Sought(), "43210"),
            (Sought(stores=("paris",)), "420"),
            (Sought(stores_out=("paris",)), "31"),
            (Sought(finals=("RECEIVED",)), ""),
            (Sought(channels=("phone",)), ""),
        ):
            causes = await board.causes(connection, 1, sought)
            assert [one.orders for one in causes] == ([len(numbers)] if numbers else [])
            assert sum(one.amount for one in causes) == sum(
                by_id[orders[int(n)].id].amount for n in numbers
            )
            cause = Stuck(code="LEGACY_UNAVAILABLE", element="Task_1")
            listed = await board.troubled(connection, 1, sought, cause, 99)
            assert [one.external_id for one in listed] == [*numbers]
            few = await board.troubled(connection, 1, sought, cause, 2, back=True)
            assert [one.external_id for one in few] == [*numbers[-2:]]
            assert await board.counted_troubled(connection, 1, sought, cause, 99, 900) == len(
                numbers
            )
        counts = await board.counts(connection, 1, None)
        assert counts.exceptions == 5, "as many as the list has: it is one of orders"
