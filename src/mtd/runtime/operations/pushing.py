"""Pushing: files that wait for a person: why they do, tried again, given up."""

from mtd.runtime.operations.operations import Operations
from mtd.store.arriving import discards, intake, waitlist
from mtd.store.arriving.discards import Request
from mtd.store.arriving.intake import Failure, File

WAITING_MAX = 100_000
"""Files that are pushed at once where none is named."""


async def listing(
    operations: Operations, cause: str | None, limit: int
) -> list[tuple[File, list[Failure], Request | None]]:
    """Files that wait, oldest first, with why their attempts failed and whether to be given up."""
    tenant = operations.tenant
    async with operations.app.store.window(tenant) as connection:
        files = await intake.waiting(connection, tenant, cause=cause, limit=limit)
        asked = await discards.open_of(connection, tenant, [file.id for file in files])
        return [
            (file, await intake.failures(connection, tenant, file.id), asked.get(file.id))
            for file in files
        ]


async def all_waiting(operations: Operations) -> list[str]:
    """The ids of the files that wait, oldest first, at most `WAITING_MAX`."""
    async with operations.app.store.window(operations.tenant) as connection:
        everything = waitlist.Wanted(sees=None)
        return await waitlist.ids(connection, operations.tenant, everything, limit=WAITING_MAX)


async def push(operations: Operations, ids: list[str], actor: str, reason: str) -> list[str]:
    """Have waiting files tried again; the ids of those that waited."""
    async with operations.app.store.door(operations.tenant) as connection:
        return await intake.push(connection, operations.tenant, ids, actor=actor, reason=reason)


async def reject(operations: Operations, ids: list[str], actor: str, reason: str) -> list[str]:
    """Give waiting files up; the ids of those that waited."""
    async with operations.app.store.door(operations.tenant) as connection:
        return await intake.reject(connection, operations.tenant, ids, actor=actor, reason=reason)
