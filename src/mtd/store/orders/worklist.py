"""The worklist: open tasks as people take them, the most urgent first."""

from collections.abc import Sequence

from mtd.store.orders.tasks import Task
from mtd.store.sessions import Connection, structs
from mtd.store.statements import statements

PAGE_MAX = 200

_SQL = statements("orders/worklist")


class Work(Task, frozen=True, kw_only=True):
    """An open task, and the order that it is for."""

    external_id: str
    """The order's number, or the instance's key."""
    store: str
    """Empty: it is for no order."""


async def urgent(
    connection: Connection,
    tenant: int,
    stores: Sequence[str] | None,
    *,
    assignee: str | None = None,
    role: str | None = None,
    instance: str | None = None,
    limit: int = PAGE_MAX,
) -> list[Work]:
    """Open tasks in these stores (None: all), the most urgent first, at most `limit`."""
    rows = await connection.fetch(
        *_SQL["urgent"](
            tenant=tenant,
            stores=stores,
            assignee=assignee,
            role=role,
            instance=instance,
            page=limit,
        )
    )
    return structs(Work, rows)


async def assign(
    connection: Connection, tenant: int, tasks: Sequence[tuple[str, int]], person: str
) -> int:
    """Open tasks, by instance and wait, are `person`'s from now on; how many were."""
    rows = await connection.fetch(
        *_SQL["assign"](
            tenant=tenant,
            instances=[instance for instance, _ in tasks],
            waits=[wait for _, wait in tasks],
            person=person,
        )
    )
    return len(rows)
