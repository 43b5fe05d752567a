"""Tallying: a reader of the journal counts attempts and messages by the minute."""

from collections.abc import Sequence
from datetime import datetime

from mtd.store.sessions import ENGINE, Session
from mtd.store.statements import statements

TURNS_MAX = 2_000
"""Of each worker, in one go."""

_SQL = statements("counts/tallying")


def reader(dsn: str) -> Session:
    """A session that may read the turns of all tenants."""
    return Session(dsn, {**ENGINE, "application_name": "mtd tallies"})


async def count(session: Session, messages: Sequence[str], since: datetime) -> int:
    """Count what turns brought that were not counted yet, of since then; how many turns.

    Each turn is counted once, whoever counts and whenever one is killed: what was counted, and
    that it was, is one transaction. `messages`: names of those that are counted.
    """
    async with session.use() as connection, connection.transaction():
        await connection.fetch(*_SQL["hold"]())
        rows = await connection.fetch(
            *_SQL["count"](messages=messages, since=since, turns_max=TURNS_MAX)
        )
    return rows[0]["turns"]


async def forget(session: Session, before: datetime) -> None:
    """Forget counts older than that."""
    await session.fetch(*_SQL["forget"](before=before))
