"""Patience: how long a transaction waits for what it asks, where nobody waits for the answer."""

from mtd.store.sessions import Connection
from mtd.store.statements import statements

_SQL = statements("patience")


async def hurry(connection: Connection, limit_ms: int) -> None:
    """From now on in this transaction, whatever takes longer than that is cancelled."""
    await connection.execute(*_SQL["hurry"](limit_ms=str(limit_ms)))
