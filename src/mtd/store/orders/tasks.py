"""User tasks, as the doors read and assign them; completing one is a trigger (`Submitted`)."""

from datetime import datetime

import msgspec

from mtd.store.sessions import Connection, structs
from mtd.store.statements import statements

PAGE_MAX = 200

_SQL = statements("orders/tasks")


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """Work for a person; `instance` and `wait` identify it."""

    instance: str
    definition: str
    """`name@version`, in which the form's schema is."""
    wait: int
    state: str
    """CREATED, CLAIMED, COMPLETED or CANCELLED; ESCALATED while it is open, whoever has it."""
    role: str
    element: str
    name: str
    form: str | None
    """Name of the JSON Schema that the answer must satisfy."""
    fields: bytes
    """What the person is shown: a JSON object."""
    assignee: str | None
    opened_at: datetime
    due_at: datetime | None
    claimed_at: datetime | None
    closed_at: datetime | None
    paused: str | None
    """Why its step is paused; None: it is not."""


async def page(
    connection: Connection,
    tenant: int,
    *,
    role: str | None = None,
    assignee: str | None = None,
    after: Task | None = None,
    limit: int = PAGE_MAX,
) -> list[Task]:
    """At most `limit` (and PAGE_MAX) open tasks, oldest first, from after the task `after` on."""
    rows = await connection.fetch(
        *_SQL["page"](
            tenant=tenant,
            role=role,
            assignee=assignee,
            after_at=after.opened_at if after else None,
            after_instance=after.instance if after else None,
            after_wait=after.wait if after else None,
            page=max(1, min(limit, PAGE_MAX)),
        )
    )
    return structs(Task, rows)


async def of(connection: Connection, tenant: int, instance: str) -> list[Task]:
    """All tasks that an instance ever opened, in that order."""
    return structs(Task, await connection.fetch(*_SQL["of"](tenant=tenant, instance=instance)))


async def claim(connection: Connection, tenant: int, instance: str, wait: int, person: str) -> bool:
    """`person` takes an open task; False: another has it, or it is over."""
    return bool(
        await connection.fetch(
            *_SQL["claim"](tenant=tenant, instance=instance, wait=wait, person=person)
        )
    )


async def unclaim(
    connection: Connection, tenant: int, instance: str, wait: int, person: str
) -> bool:
    """`person` gives an open task back; False: they do not have it."""
    return bool(
        await connection.fetch(
            *_SQL["unclaim"](tenant=tenant, instance=instance, wait=wait, person=person)
        )
    )


async def delegate(
    connection: Connection, tenant: int, instance: str, wait: int, person: str, other: str
) -> bool:
    """`person` hands an open task to `other`; False: they do not have it."""
    return bool(
        await connection.fetch(
            *_SQL["delegate"](
                tenant=tenant, instance=instance, wait=wait, person=person, other=other
            )
        )
    )
