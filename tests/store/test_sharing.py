"""Sessions that are shared: each one user's at a time, and who finds none is told so."""

import asyncio

import pytest

from mtd.store.sessions import ENGINE, Unavailable
from mtd.store.sharing import Sessions


async def test_who_asks_together_is_answered_together(database: str) -> None:
    sessions = Sessions(database, ENGINE, 2)

    async def meets(mine: int, other: int) -> None:
        """Holds a lock that the other asks for: alone on one connection, it would have it."""
        async with sessions.one() as session, session.use() as connection:
            await connection.fetch("SELECT pg_advisory_lock($1)", mine)
            arrived[mine].set()
            await arrived[other].wait()
            rows = await connection.fetch("SELECT pg_try_advisory_lock($1)", other)
            refused.append(not rows[0][0])
            if len(refused) == 2:
                both.set()
            await both.wait()

    arrived = {1: asyncio.Event(), 2: asyncio.Event()}
    refused: list[bool] = []
    both = asyncio.Event()
    async with asyncio.timeout(20):
        await asyncio.gather(meets(1, 2), meets(2, 1))
    assert refused == [True, True]
    await sessions.close()


async def test_who_finds_none_waits_or_is_told(database: str) -> None:
    sessions = Sessions(database, ENGINE, 1)
    async with sessions.one():
        with pytest.raises(Unavailable, match="every connection is in use"):
            async with sessions.one(0.05):
                pass
        waiting = asyncio.create_task(sessions.fetch("SELECT 7"))
        await asyncio.sleep(0)
        assert not waiting.done()
    assert (await waiting)[0][0] == 7
    await sessions.close()
