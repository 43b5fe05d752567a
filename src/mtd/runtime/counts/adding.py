"""Adding: a tally as the rows by which it is added to the tables."""

from typing import Any

from mtd.runtime.counts.tally import OrderKey, PromiseKey, StepKey, Tally
from mtd.store.counts import failed, settled
from mtd.store.counts.tallied import (
    OrderRow,
    PromiseRow,
    StepRow,
    add_orders,
    add_promises,
    add_steps,
    sorted_sketch,
)
from mtd.store.sessions import Connection


async def add(connection: Connection, tally: Tally) -> None:
    """Add all of it; what it counted stays in it."""
    await add_orders(connection, order_rows(tally))
    await add_steps(connection, step_rows(tally))
    await add_promises(connection, promise_rows(tally))
    await settled.add(connection, tally.settlements)
    await failed.add(connection, tally.failed)


def order_rows(tally: Tally) -> list[OrderRow]:
    """Its entries into states, in the order of their keys."""
    rows: list[OrderRow] = []
    for key in sorted(tally.orders):
        one = tally.orders[key]
        buckets, counts = sorted_sketch(one.spans)
        rows.append(
            OrderRow(**_named(key), n=one.n, amount=one.amount, buckets=buckets, counts=counts)
        )
    return rows


def step_rows(tally: Tally) -> list[StepRow]:
    """What happened at elements, in the order of their keys."""
    rows: list[StepRow] = []
    for key in sorted(tally.steps):
        one = tally.steps[key]
        rest_buckets, rest_counts = sorted_sketch(one.rests)
        took_buckets, took_counts = sorted_sketch(one.tooks)
        rows.append(
            StepRow(
                **_named(key),
                visits=one.visits,
                leaves=one.leaves,
                attempts=one.attempts,
                refusals=one.refusals,
                failures=one.failures,
                incidents=one.incidents,
                overdue=one.overdue,
                rest_buckets=rest_buckets,
                rest_counts=rest_counts,
                took_buckets=took_buckets,
                took_counts=took_counts,
            )
        )
    return rows


def promise_rows(tally: Tally) -> list[PromiseRow]:
    """What became of promises, in the order of their keys."""
    return [
        PromiseRow(**_named(key), kept=one.kept, missed=one.missed, dropped=one.dropped)
        for key, one in sorted(tally.promises.items(), key=lambda item: item[0])
    ]


def _named(key: OrderKey | StepKey | PromiseKey) -> dict[str, Any]:
    return key._asdict()
