"""Doors and windows: who changes something and who only looks, each before one tenant's rows."""

import asyncio
from typing import Any

import asyncpg
import pytest

from mtd.store.sessions import Connection
from mtd.store.store import Store
from tests.store.making import an_order, new_id


async def test_a_window_shows_one_tenant_and_lets_nothing_be_changed(database: str) -> None:
    store = await Store.open(database, door_connections_max=1)
    await store.deliver([an_order("A-1")])
    for tenant, other in ((1, 2), (2, 1), (2, 2), (1, 1)):
        async with store.window(tenant) as connection:
            assert await _seen(connection) == (tenant == 1)
        async with store.door(other) as connection:
            assert await _seen(connection) == (other == 1)
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        async with store.window(1) as connection:
            await connection.execute("DELETE FROM purchase_order")
    async with store.window(1) as connection:
        connection.terminate()
    async with store.window(1) as connection:
        assert await _seen(connection) == 1, "a new connection is told whose rows to show, too"
    await store.close()


async def test_a_window_costs_nothing_beside_what_is_asked_and_a_door_two_messages(
    database: str,
) -> None:
    store = await Store.open(database, door_connections_max=1)
    asked: list[str] = []

    def noted(one: Any) -> None:
        asked.append(one.query)

    async with store.window(1) as connection:
        logged: Any = connection
        logged.add_query_logger(noted)
        await _seen(connection)
    await asyncio.sleep(0)  # whoever logs is told by the loop
    assert len(asked) == 1
    async with store.door(1) as connection:
        await _seen(connection)
    await asyncio.sleep(0)
    assert len(asked) == 4
    await store.close()


async def test_what_fails_in_a_door_is_undone_and_the_next_one_opens(database: str) -> None:
    store = await Store.open(database, door_connections_max=1)
    for fails in (ValueError, asyncpg.DivisionByZeroError):
        with pytest.raises(fails):
            async with store.door(1) as connection:
                await _spoil(connection, fails)
    with pytest.raises(asyncpg.UndefinedTableError):
        async with store.door(1) as connection:
            await connection.fetch("SELECT FROM nowhere")
    async with store.window(1) as connection:
        assert not await connection.fetch("SELECT FROM seen")
    await store.close()


async def _spoil(connection: Connection, fails: type[Exception]) -> None:
    """Change something, and fail: here, or there."""
    await connection.execute(
        "INSERT INTO seen (tenant_id, source, message_id, id, hash) VALUES (1, 'x', 'y', $1, '')",
        new_id(),
    )
    if fails is ValueError:
        raise ValueError("no")
    await connection.execute("SELECT 1 / 0")


async def _seen(connection: Connection) -> int:
    """How many orders of whatever tenant it shows."""
    return (await connection.fetch("SELECT count(*) FROM purchase_order"))[0][0]
