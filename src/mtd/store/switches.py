"""Switches of the whole engine: whether anything may be sent to the others' systems."""

from mtd.store.sessions import Asker
from mtd.store.statements import statements

_SQL = statements("engine")


async def pause(asker: Asker, reason: str) -> None:
    """Send nothing to the others' systems, as after a restore, until `release`."""
    await asker.fetch(*_SQL["pause"](paused=True, reason=reason))


async def release(asker: Asker) -> None:
    """Send again."""
    await asker.fetch(*_SQL["pause"](paused=False, reason=""))


async def paused(asker: Asker) -> str | None:
    """Why nothing is sent to the others' systems; None: it is."""
    rows = await asker.fetch(*_SQL["paused"]())
    return rows[0]["reason"]


async def tenants(asker: Asker) -> dict[int, str]:
    """Who is served, by id."""
    rows = await asker.fetch(*_SQL["tenants"]())
    return {row["tenant_id"]: row["name"] for row in rows}
