"""Figures: sums and histograms add up in the tables, and are read by span, store and definition."""

from datetime import timedelta

from mtd.store.counts import figures
from mtd.store.counts.figures import Scope, Usual
from mtd.store.counts.tallied import add_orders, add_steps, read_whole
from mtd.store.engine.worker import Worker
from mtd.store.store import Store
from tests.store.tallies import HOUR, a_step_row, an_order_row, fill_tallies

SCOPE = Scope(grain="hour", since=HOUR, until=HOUR + timedelta(hours=1))


async def test_what_is_added_twice_is_there_twice(worker: Worker) -> None:
    async with worker.asking.use() as connection:
        await add_orders(connection, [an_order_row(), an_order_row(state="CLOSED")])
        await add_orders(connection, [an_order_row(buckets=[9, 12], counts=[4, 1])])
        await add_steps(connection, [a_step_row()])
        await add_steps(connection, [a_step_row(took_buckets=[7], took_counts=[2])])
        whole = await read_whole(connection)
    (received,) = [one for one in whole.orders if one.state == "RECEIVED"]
    assert (received.n, received.amount) == (4, 10_000)
    assert (received.buckets, received.counts) == ([0, 9, 12], [1, 5, 1])
    (step,) = whole.steps
    assert (step.visits, step.failures) == (4, 2)
    assert (step.rest_buckets, step.rest_counts) == ([3], [2])
    assert (step.took_buckets, step.took_counts) == ([7], [2])


async def test_figures_are_of_a_span_and_of_some_stores(store: Store, worker: Worker) -> None:
    async with worker.asking.use() as connection:
        await fill_tallies(connection, 1)
        later = HOUR + timedelta(hours=1)
        await add_orders(connection, [an_order_row(since=later), an_order_row(store="carters")])
        await add_steps(connection, [a_step_row(since=later), a_step_row(definition="p@2")])
    spans = [(HOUR, later)]
    paris, nobody = ("paris",), ("umbrale",)
    async with store.door(1) as connection:
        found = await figures.orders(connection, 1, "hour", spans, ["RECEIVED"], None)
        assert sum(one.n for one in found) == 4
        found = await figures.orders(connection, 1, "hour", spans, ["RECEIVED"], paris)
        assert [(one.n, one.store) for one in found] == [(2, "paris")]
        (counted,) = await figures.steps(connection, 1, SCOPE, "p@1")
        assert (counted.visits, counted.failures) == (2, 1)
        assert len(await figures.steps(connection, 1, SCOPE)) == 2
        (lasting,) = await figures.durations(connection, 1, SCOPE, "p@1")
        assert (lasting.kind, lasting.bucket, lasting.n) == ("rest", 3, 1)
        (standing,) = await figures.waiting(connection, 1, later, None, "p@1")
        assert (standing.waiting, standing.overdue_now) == (1, 0)
        assert not await figures.waiting(connection, 1, later, nobody)
        (service,) = await figures.services(connection, 1)
        assert service.service == "pos.sell"
        (promised,) = await figures.promises(connection, 1, SCOPE)
        assert (promised.kept, promised.day) == (1, "")
        (promised,) = await figures.promises(connection, 1, SCOPE, "Pacific/Kiritimati")
        assert promised.day == (HOUR + timedelta(hours=14)).date().isoformat()
        assert await figures.read_at(connection) is None


async def test_open_promises_stand_as_the_clock_says(store: Store, worker: Worker) -> None:
    async with worker.asking.use() as connection:
        await fill_tallies(connection, 1)
    minute = timedelta(minutes=1)
    slow = [Usual(store="paris", channel="phone", usual_s=60.0)]
    cases = {
        (HOUR + minute, HOUR + 2 * minute, ()): (1, 0, 0, 0),
        (HOUR - minute, HOUR + minute, ()): (0, 1, 0, 0),
        (HOUR - 3 * minute, HOUR - minute, ()): (0, 0, 1, 0),
        (HOUR - 3 * minute, HOUR - minute, ("slow",)): (0, 0, 1, 1),
    }
    async with store.door(1) as connection:
        for (now, risk, usual), told in cases.items():
            (one,) = await figures.open_promises(
                connection, 1, SCOPE, now, risk, slow if usual else []
            )
            assert (one.overdue, one.at_risk, one.on_time, one.doomed) == told
            (one,) = await figures.open_promises(
                connection, 1, SCOPE, now, risk, slow if usual else [], "Pacific/Kiritimati"
            )
            assert one.day == (HOUR + timedelta(hours=14)).date().isoformat()
