"""The timetable: what begins by itself, as people see, pause and resume it."""

from mtd.runtime.operations.operations import Conflict, NotFound, Operations
from mtd.store.deployed import beginnings
from mtd.store.deployed.beginnings import Schedule


async def schedules(operations: Operations) -> list[Schedule]:
    """The timer starts of every definition's latest version, by name."""
    async with operations.app.store.window(operations.tenant) as connection:
        return await beginnings.listing(connection, operations.tenant)


async def pause(
    operations: Operations, name: str, element: str | None, person: str, reason: str
) -> list[str]:
    """The timer starts of a definition, or one of them, begin nothing; which. Raises NotFound."""
    async with operations.app.store.door(operations.tenant) as connection:
        paused = await beginnings.pause(
            connection, operations.tenant, name, element, person, reason
        )
    if not paused:
        raise NotFound(
            f"there is no timer start of {name!r}" + (f" at {element!r}" if element else "")
        )
    return paused


async def resume(operations: Operations, name: str, element: str | None) -> list[str]:
    """They begin again, with the next due time from now; which. Raises Conflict if none paused."""
    resumed = await operations.app.beginning().resume(name, element)
    if not resumed:
        raise Conflict(f"no timer start of {name!r} is paused")
    return resumed
