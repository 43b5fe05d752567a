"""Switches of the whole engine: whether anything may be sent to the others' systems."""

from datetime import datetime

import msgspec

from mtd.store.sessions import Asker
from mtd.store.statements import statements

_SQL = statements("engine")


class Switches(msgspec.Struct, frozen=True):
    """How the engine stands towards the others' systems."""

    paused: str | None
    """Why nothing is sent; None: it is."""
    restored_at: datetime | None
    """When the database was last restored; None: never."""


async def pause(asker: Asker, reason: str) -> None:
    """Send nothing to the others' systems until `release`."""
    await asker.fetch(*_SQL["pause"](paused=True, reason=reason))


async def restored(asker: Asker, reason: str) -> None:
    """As `pause`, and remember that what was sent since the backup is not known here."""
    await asker.fetch(*_SQL["restored"](reason=reason))


async def release(asker: Asker) -> None:
    """Send again."""
    await asker.fetch(*_SQL["pause"](paused=False, reason=""))


async def standing(asker: Asker) -> Switches:
    """How they stand."""
    [row] = await asker.fetch(*_SQL["paused"]())
    return Switches(row["reason"], row["restored_at"])


async def tenants(asker: Asker) -> dict[int, str]:
    """Who is served, by id."""
    rows = await asker.fetch(*_SQL["tenants"]())
    return {row["tenant_id"]: row["name"] for row in rows}
