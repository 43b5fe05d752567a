"""What is counted, a row in each of its tables."""

from datetime import UTC, datetime
from decimal import Decimal

from mtd.store.counts import counting, failed, settled
from mtd.store.counts.course import Course, Sale, Standing
from mtd.store.counts.failed import FailedAttempt
from mtd.store.counts.settled import KEPT, SettledPromise
from mtd.store.counts.tallied import (
    OrderRow,
    PromiseRow,
    StepRow,
    add_orders,
    add_promises,
    add_steps,
)
from mtd.store.sessions import Connection
from tests.store.making import new_id

HOUR = datetime(2026, 11, 27, 12, tzinfo=UTC)
SALE = Sale(
    country="CL", store="paris", channel="phone", document="RECEIPT", currency="CLP",
    amount=Decimal(1_000), received_at=HOUR, promised_at=HOUR,
)  # fmt: skip


async def fill_tallies(connection: Connection, tenant: int) -> None:
    """An instance that is counted, and what it adds; the connection is the engine's."""
    course = Course((tenant, new_id()), 1, "p@1", SALE, "VALIDATED")
    course.awaited = True
    course.stand(1, Standing("p@1", "Task_1", HOUR, None))
    course.services["p@1", "Task_1"] = "pos.sell"
    await counting.note(connection, [course])
    await add_orders(connection, [an_order_row(tenant)])
    await add_steps(connection, [a_step_row(tenant)])
    promised = PromiseRow(
        tenant=tenant, grain="hour", since=HOUR, country="CL", store="paris", channel="phone",
        carrier="", kept=1, missed=0, dropped=0,
    )  # fmt: skip
    await add_promises(connection, [promised])
    await settled.add(connection, [a_settled(new_id(), tenant)])
    await failed.add(connection, [a_failed(new_id(), tenant)])


def a_failed(instance: str, tenant: int = 1, **other: object) -> FailedAttempt:
    """An attempt at an element of that instance, which failed."""
    usual: dict[str, object] = {
        "tenant": tenant, "instance": instance, "seq": 3, "at": HOUR, "outcome": "failed",
        "definition": "p@1", "element": "Task_1", "store": "paris",
    }  # fmt: skip
    return FailedAttempt(**(usual | other))  # pyright: ignore[reportArgumentType]


def a_settled(order: str, tenant: int = 1, **other: object) -> SettledPromise:
    """A promise of that order, which was kept."""
    usual: dict[str, object] = {
        "tenant": tenant, "instance": order, "due_at": HOUR, "became": KEPT, "store": "paris",
        "channel": "phone", "carrier": "",
    }  # fmt: skip
    return SettledPromise(**(usual | other))  # pyright: ignore[reportArgumentType]


def an_order_row(tenant: int = 1, **other: object) -> OrderRow:
    """Two entries into a state."""
    usual: dict[str, object] = {
        "tenant": tenant, "grain": "hour", "since": HOUR, "country": "CL", "store": "paris",
        "channel": "phone", "document": "RECEIPT", "currency": "CLP", "state": "RECEIVED",
        "definition": "p@1", "n": 2, "amount": Decimal(5_000), "buckets": [0, 9], "counts": [1, 1],
    }  # fmt: skip
    return OrderRow(**(usual | other))  # pyright: ignore[reportArgumentType]


def a_step_row(tenant: int = 1, **other: object) -> StepRow:
    """Two visits of an element."""
    usual: dict[str, object] = {
        "tenant": tenant, "grain": "hour", "since": HOUR, "definition": "p@1",
        "element": "Task_1", "store": "paris", "visits": 2, "leaves": 1, "attempts": 1,
        "refusals": 0, "failures": 1, "incidents": 0, "overdue": 0, "rest_buckets": [3],
        "rest_counts": [1], "took_buckets": [], "took_counts": [],
    }  # fmt: skip
    return StepRow(**(usual | other))  # pyright: ignore[reportArgumentType]
