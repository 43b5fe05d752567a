"""Soundness: whether the database is set up so that our promises can be kept."""

from mtd.store.sessions import Connection
from mtd.store.statements import statements

_SQL = statements("server/soundness")


async def doubts(connection: Connection) -> list[str]:
    """What would break a promise, in words, asked as a door; empty when all is well."""
    return [row["doubt"] for row in await connection.fetch(*_SQL["doubts"]())]
