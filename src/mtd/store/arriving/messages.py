"""Messages, as the doors look into them: what became of one, and who awaits its name."""

from datetime import datetime

import msgspec

from mtd.store.sessions import Connection, structs
from mtd.store.statements import statements

PAGE_MAX = 200
TRIED_MAX = 10
"""Candidates looked at on either side of a key that nobody awaits."""

_SQL = statements("arriving/messages")


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A message that no instance has taken, or the instance that it began."""

    id: str
    state: str
    """WAITING, EXPIRED, NOBODY_AWAITS (it was not to wait), or BEGAN an instance."""
    at: datetime | None
    expires_at: datetime | None
    """Of one that waits."""
    given_up_at: datetime | None
    name: str
    key: str
    source: str | None
    """None: an instance sent it."""
    message_id: str | None
    """The sender's own."""
    tried: str | None
    """JSON, a list of `Candidate`: who awaited the name when it was given up."""


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who awaits, or awaited, a message of that name."""

    instance: str
    wait: int
    key: str
    since: datetime
    definition: str | None = None
    business_key: str | None = None


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """A sender's message that came in once."""

    id: str
    at: datetime


async def one(connection: Connection, tenant: int, id_: str) -> Message | None:
    """The message with this id; None when it was taken, or never was."""
    found = structs(Message, await connection.fetch(*_SQL["one"](tenant=tenant, id=id_)))
    return next(iter(found), None)


async def seen(connection: Connection, tenant: int, source: str, message_id: str) -> Seen | None:
    """What the message that its sender calls so became; None when it never came in."""
    asked = _SQL["seen"](tenant=tenant, source=source, message_id=message_id)
    return next(iter(structs(Seen, await connection.fetch(*asked))), None)


async def page(
    connection: Connection, tenant: int, *, waiting: bool, below: str | None, limit: int
) -> list[Message]:
    """Messages that wait, or that nobody took, newest first, with ids below `below`."""
    asked = _SQL["waiting" if waiting else "given_up"](
        tenant=tenant, below=below, page=max(1, min(limit, PAGE_MAX))
    )
    return structs(Message, await connection.fetch(*asked))


async def candidates(connection: Connection, tenant: int, name: str, key: str) -> list[Candidate]:
    """Who awaits `name` now, under this key or one next to it in the alphabet."""
    asked = _SQL["candidates"](tenant=tenant, name=name, key=key, tried_max=TRIED_MAX)
    return structs(Candidate, await connection.fetch(*asked))


async def names(connection: Connection, tenant: int) -> list[str]:
    """Names of messages that are awaited, or that start something."""
    return [row["name"] for row in await connection.fetch(*_SQL["names"](tenant=tenant))]
