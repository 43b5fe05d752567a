"""Failed attempts as a list: the latest first, of a system, an element or some stores, in pages."""

from collections.abc import Callable
from datetime import timedelta

import msgspec

from mtd.store.counts import failed
from mtd.store.counts.failed import FailedAttempt, Wanted
from mtd.store.engine.worker import Worker
from mtd.store.orders.board import FIRST
from mtd.store.store import Store
from tests.store.making import an_order
from tests.store.tallies import HOUR, a_failed, fill_tallies

DAY = Wanted(
    since=HOUR, under=(HOUR + timedelta(hours=5), FIRST, 0), refused=False, system=None,
    definition=None, element=None, stores=None,
)  # fmt: skip
PAGE = 4


async def test_attempts_are_listed_as_they_are_asked_for(store: Store, worker: Worker) -> None:
    made = await _failed(store, worker)
    cases: list[tuple[dict[str, object], Callable[[FailedAttempt], bool]]] = [
        ({}, lambda _: True),
        ({"element": "Task_1"}, lambda one: one.element == "Task_1"),
        ({"definition": "p@2"}, lambda one: one.definition == "p@2"),
        ({"system": "pos"}, lambda one: (one.definition, one.element) == ("p@1", "Task_1")),
        ({"system": "eom"}, lambda _: False),
        ({"stores": ("paris",)}, lambda one: one.store == "paris"),
        ({"since": HOUR + timedelta(hours=1)}, lambda one: one.at > HOUR),
        ({"under": (HOUR + timedelta(hours=1), FIRST, 0)}, lambda one: one.at == HOUR),
    ]
    for asked, holds in cases:
        for refused in (False, True):
            wanted = msgspec.structs.replace(DAY, refused=refused, **asked)
            told = [one for one in made if holds(one) and (one.outcome == "refused") == refused]
            in_order = sorted(((o.at, o.instance, o.seq) for o in told), reverse=True)
            assert await _walked(store, wanted) == in_order, (asked, refused)
            async with store.door(1) as connection:
                n = await failed.counted(connection, 1, wanted, 1_000, 5_000)
                assert n == len(told)
    async with store.door(2) as connection:
        assert not await failed.page(connection, 2, DAY, PAGE), "another tenant's"


async def _failed(store: Store, worker: Worker) -> list[FailedAttempt]:
    """Of six orders: several at the same moment, one of them of another version and element."""
    async with worker.asking.use() as connection:
        await fill_tallies(connection, 1)
        await failed.forget(connection)
    orders = [an_order(f"F-{n}", store=("paris", "carters")[n % 2]) for n in range(6)]
    await store.deliver(orders)
    made = [
        a_failed(
            order.id, seq=seq, store=order.store, at=HOUR + timedelta(hours=n % 3),
            outcome=("failed", "refused", "unknown")[seq % 3], definition=f"p@{1 + n % 2}",
            element=("Task_1", "Task_2")[seq % 2],
        )
        for n, order in enumerate(orders)
        for seq in range(3, 9)
    ]  # fmt: skip
    async with worker.asking.use() as connection:
        await failed.add(connection, made)
    return made


async def _walked(store: Store, wanted: Wanted) -> list[failed.Place]:
    found: list[failed.Place] = []
    for _ in range(60):
        async with store.door(1) as connection:
            rows = await failed.page(connection, 1, wanted, PAGE)
        found += [row.place for row in rows]
        if len(rows) < PAGE:
            return found
        wanted = msgspec.structs.replace(wanted, under=rows[-1].place)
    raise AssertionError("it never comes to the end")
