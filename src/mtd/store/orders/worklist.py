"""The worklist: open tasks as people take them, the most urgent first."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from mtd.store.orders.tasks import Task
from mtd.store.sessions import Connection, structs
from mtd.store.statements import statements

PAGE_MAX = 200
STANDINGS = ("overdue", "at_risk", "on_time", "never_due")
"""How a task stands: past its due time, near it, not near it; or it has none."""

_SQL = statements("orders/worklist")
Place = tuple[str, int]
"""A task's instance and wait."""


class Work(Task, frozen=True, kw_only=True):
    """An open task, and the order that it is for."""

    external_id: str
    """The order's number, or the instance's key."""
    store: str
    """Empty: it is for no order."""
    standing: str
    """One of STANDINGS."""

    @property
    def place(self) -> Place:
        """What identifies it."""
        return self.instance, self.wait


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which open tasks are looked for; None: whatever it is."""

    now: datetime
    risk: datetime
    """What is due until then is at risk."""
    stores: tuple[str, ...] | None
    assignee: str | None = None
    role: str | None = None
    standing: str | None = None
    """One of STANDINGS."""


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """How many open tasks stand alike."""

    mine: bool
    """The person's whose counts are asked for."""
    standing: str
    tasks: int


async def urgent(
    connection: Connection,
    tenant: int,
    wanted: Wanted,
    *,
    among: Sequence[Place] | None = None,
    after: Place | None = None,
    before: Place | None = None,
    limit: int = PAGE_MAX,
) -> list[Work]:
    """Open tasks, the most urgent first, at most `limit`, from after the task at `after` on.

    `before`: the last ones before the task there instead. `among`: those at these places alone.
    Beside a task that never was there are none.
    """
    beside = before or after
    rows = await connection.fetch(
        *_SQL["urgent"](
            tenant=tenant,
            instances=None if among is None else [instance for instance, _ in among],
            waits=None if among is None else [wait for _, wait in among],
            beside_instance=beside[0] if beside else None,
            beside_wait=beside[1] if beside else None,
            back=before is not None,
            page=limit,
            **msgspec.structs.asdict(wanted),
        )
    )
    return structs(Work, rows)


async def standings(
    connection: Connection, tenant: int, wanted: Wanted, person: str
) -> list[Tally]:
    """How many open tasks stand how, `person`'s and the others'; whoever has them is counted."""
    rows = await connection.fetch(
        *_SQL["standings"](
            tenant=tenant,
            person=person,
            now=wanted.now,
            risk=wanted.risk,
            stores=wanted.stores,
            role=wanted.role,
        )
    )
    return structs(Tally, rows)


async def assign(connection: Connection, tenant: int, tasks: Sequence[Place], person: str) -> int:
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
