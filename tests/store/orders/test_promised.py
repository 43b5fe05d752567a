"""Settled promises as a list: the latest due first, walked on and back, whatever is asked."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import msgspec

from mtd.store.counts import settled
from mtd.store.counts.settled import DROPPED, KEPT, MISSED, SettledPromise
from mtd.store.engine.worker import Worker
from mtd.store.orders import promised
from mtd.store.orders.board import FIRST, Sought, Stuck
from mtd.store.orders.promised import Place, Settled
from mtd.store.store import Store
from tests.store.making import an_order
from tests.store.tallies import a_settled

DAY = datetime(2026, 11, 20, tzinfo=UTC)
EVER = Settled(
    became=KEPT, over=(DAY - timedelta(days=9), FIRST), under=(DAY + timedelta(days=9), FIRST),
    carriers=None, system=None, of_cause=False, cause=Stuck(),
)  # fmt: skip
PAGE = 7


async def test_promises_are_listed_by_when_they_were_due_on_and_back(
    store: Store, worker: Worker
) -> None:
    made = await _settled(store, worker)
    asked: list[tuple[Sought, Settled, Callable[[SettledPromise], bool]]] = [
        (Sought(), EVER, lambda one: one.became == KEPT),
        (Sought(), msgspec.structs.replace(EVER, became=MISSED), lambda one: one.became == MISSED),
        (Sought(), _carried("STARKEN"), lambda one: (one.became, one.carrier) == (KEPT, "STARKEN")),
        (Sought(), _carried(""), lambda one: (one.became, one.carrier) == (KEPT, "")),
        (Sought(stores=("paris",)), EVER, lambda one: (one.became, one.store) == (KEPT, "paris")),
        (Sought(stores_out=("paris",)), EVER, lambda o: o.became == KEPT and o.store != "paris"),
        (Sought(late=DAY), EVER, lambda _: False),
        (Sought(states=("CLOSED",)), EVER, lambda _: False),
        (
            Sought(), msgspec.structs.replace(
                EVER, over=(DAY, FIRST), under=(DAY + timedelta(hours=1), FIRST)
            ), lambda o: o.became == KEPT and o.due_at == DAY,
        ),
    ]  # fmt: skip
    for sought, settled_, holds in asked:
        wanted = sorted(((one.due_at, one.instance) for one in made if holds(one)), reverse=True)
        assert await _walked(store, sought, settled_) == [id_ for _, id_ in wanted]
        assert await _walked(store, sought, settled_, back=True) == [id_ for _, id_ in wanted]
        async with store.door(1) as connection:
            n = await promised.counted(connection, 1, sought, settled_, 1_000, 5_000)
            assert n == len(wanted)


async def test_a_place_is_that_of_a_settled_promise_of_ones_tenant(
    store: Store, worker: Worker
) -> None:
    made = await _settled(store, worker)
    for tenant, due in ((1, made[0].due_at), (2, None)):
        async with store.door(tenant) as connection:
            assert await promised.due(connection, tenant, made[0].instance) == due
            assert await promised.due(connection, tenant, FIRST) is None


async def _settled(store: Store, worker: Worker) -> list[SettledPromise]:
    """Of sixty orders, due in four hours: many at the same moment."""
    dues = [DAY + timedelta(hours=n % 4) for n in range(60)]
    orders = [
        an_order(f"P-{n}", store=("paris", "carters")[n % 2], promised_at=due)
        for n, due in enumerate(dues)
    ]
    await store.deliver(orders)
    made = [
        a_settled(
            order.id, due_at=dues[n], store=order.store, channel=order.channel,
            became=(KEPT, KEPT, KEPT, MISSED, DROPPED)[n % 5], carrier=("STARKEN", "")[n // 4 % 2],
        )
        for n, order in enumerate(orders)
    ]  # fmt: skip
    async with worker.asking.use() as connection:
        await settled.add(connection, made)
    return made


def _carried(carrier: str) -> Settled:
    return msgspec.structs.replace(EVER, carriers=(carrier,))


async def _walked(store: Store, sought: Sought, asked: Settled, *, back: bool = False) -> list[str]:
    """The list, a page at a time: from its beginning, or from its end."""
    found: list[str] = []
    for _ in range(60):
        async with store.door(1) as connection:
            rows = await promised.page(connection, 1, sought, asked, PAGE, back=back)
        places = list(_places(rows))
        found = [*(id_ for _, id_ in places), *found] if back else [
            *found, *(id_ for _, id_ in places)
        ]  # fmt: skip
        if len(rows) < PAGE:
            return found
        edge = {"over": places[0]} if back else {"under": places[-1]}
        asked = msgspec.structs.replace(asked, **edge)
    raise AssertionError("it never comes to the end")


def _places(rows: list[promised.Row]) -> Iterator[Place]:
    for row in rows:
        assert row.promised_at is not None
        yield row.promised_at, row.id
