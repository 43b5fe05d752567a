"""Spans: each order counts once in each state that it came into, however often it is told."""

from mtd.core.process.facts import Reached
from mtd.store.engine.worker import Worker
from mtd.store.orders.spans import TOTAL, spans
from mtd.store.store import Store
from tests.store.making import moved, parked, written


async def test_an_order_counts_once_in_each_state(store: Store, worker: Worker) -> None:
    for states in (
        ("RECEIVED", "IN_FULFILLMENT", "IN_FULFILLMENT", "DISPATCHED", "CLOSED"),
        ("RECEIVED", "IN_FULFILLMENT", "EXCEPTION", "IN_FULFILLMENT", "CANCELLED", "CANCELLED"),
    ):
        instance = await parked(store, worker)
        for state in states:
            (instance,) = await written(worker, [moved(instance, Reached(state))])
    found = await spans(store, 1)
    assert {state: len(values) for state, values in found.items()} == {
        "RECEIVED": 2,
        "IN_FULFILLMENT": 2,
        "DISPATCHED": 1,
        "EXCEPTION": 1,
        "CANCELLED": 1,
        "CLOSED": 1,
        TOTAL: 2,
    }
    assert all(span_s > 0 for values in found.values() for span_s in values)


async def test_a_state_is_told_again_without_beginning_anew(store: Store, worker: Worker) -> None:
    """What follows lasts since the state was entered, and all spans make up the total."""
    instance = await parked(store, worker)
    for state in ("RECEIVED", "RECEIVED", "CLOSED"):
        (instance,) = await written(worker, [moved(instance, Reached(state))])
    found = await spans(store, 1)
    assert abs(found[TOTAL][0] - found["RECEIVED"][0] - found["CLOSED"][0]) < 1e-9
