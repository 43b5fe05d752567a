"""Assigning: what people do with tasks: find them, take, give back, hand over and complete them."""

from typing import Any

from mtd.core.process.trigger import Submitted
from mtd.runtime.definitions import forms
from mtd.runtime.operations.correcting import correct
from mtd.runtime.operations.operations import Conflict, NotFound, Operations
from mtd.store.arriving.arrival import Receipt
from mtd.store.orders import tasks


async def listing(
    operations: Operations, role: str | None, assignee: str | None, limit: int
) -> list[forms.Asked]:
    """Open tasks, oldest first, each with its form's schema."""
    app, tenant = operations.app, operations.tenant
    async with app.store.window(tenant) as connection:
        page = await tasks.page(connection, tenant, role=role, assignee=assignee, limit=limit)
    return [await forms.asked(app.library, tenant, task) for task in page]


async def claim(operations: Operations, instance: str, wait: int, person: str) -> None:
    """`person` takes the task. Raises Conflict."""
    async with operations.app.store.door(operations.tenant) as connection:
        if not await tasks.claim(connection, operations.tenant, instance, wait, person):
            raise Conflict("somebody else has the task, or it is over")


async def unclaim(operations: Operations, instance: str, wait: int, person: str) -> None:
    """`person` gives the task back. Raises Conflict."""
    async with operations.app.store.door(operations.tenant) as connection:
        if not await tasks.unclaim(connection, operations.tenant, instance, wait, person):
            raise Conflict(f"{person} does not have the task")


async def delegate(
    operations: Operations, instance: str, wait: int, person: str, other: str
) -> None:
    """`person` hands the task to `other`. Raises Conflict."""
    async with operations.app.store.door(operations.tenant) as connection:
        if not await tasks.delegate(connection, operations.tenant, instance, wait, person, other):
            raise Conflict(f"{person} does not have the task")


async def complete(
    operations: Operations, instance: str, wait: int, outputs: dict[str, Any], person: str
) -> Receipt:
    """`person` did the task. Raises NotFound, Conflict when another has it, forms.Unfit."""
    app, tenant = operations.app, operations.tenant
    async with app.store.window(tenant) as connection:
        known = await tasks.of(connection, tenant, instance)
    task = next((task for task in known if task.wait == wait), None)
    if task is None:
        raise NotFound(f"there is no task {instance}:{wait}")
    if task.closed_at is not None:
        raise Conflict(f"the task is {task.state.lower()}")
    if task.assignee not in (None, person):
        raise Conflict(f"{task.assignee} has the task")
    if task.paused is not None:
        raise Conflict(f"its step is paused: {task.paused}")
    asked = await forms.asked(app.library, tenant, task)
    forms.check(asked, outputs)
    left = await correct(app, tenant, asked, outputs, person)
    trigger = Submitted(at=app.clock.now(), wait=wait, outputs=left, actor=person)
    return await operations.let(instance, trigger, f"task:{instance}:{wait}")
