"""Sessions: one connection, kept through what does it no harm and made again after the rest."""

import pytest

from mtd.store.sessions import Session, fault, sqlstate
from tests.conftest import Server

IMPATIENT = {"statement_timeout": "50ms", "lock_timeout": "25ms"}


async def test_what_took_too_long_leaves_the_connection_as_it_was(database: str) -> None:
    session = Session(database, IMPATIENT)
    before = await _backend(session)
    with pytest.raises(Exception, match="statement timeout") as told:
        await session.fetch("SELECT pg_sleep(10)")
    assert sqlstate(told.value) == "57014"
    assert await _backend(session) == before
    await session.close()


async def test_what_waited_too_long_leaves_the_connection_as_it_was(
    database: str, server: Server
) -> None:
    session, blocker = Session(database, IMPATIENT), Session(server.admin(database), {})
    before = await _backend(session)
    async with blocker.use() as blocking, blocking.transaction():
        await blocking.execute("LOCK TABLE inbox")
        with pytest.raises(Exception, match="lock timeout"):
            await session.fetch("SELECT FROM inbox")
    assert await _backend(session) == before
    await blocker.close()
    await session.close()


async def test_a_connection_that_the_server_ended_is_made_again(database: str) -> None:
    session = Session(database, {})
    before = await _backend(session)
    with pytest.raises(Exception, match=r"terminat|closed") as told:
        await session.fetch("SELECT pg_terminate_backend(pg_backend_pid())")
    assert fault(told.value).value == "again"
    assert await _backend(session) != before
    await session.close()


async def _backend(session: Session) -> int:
    return (await session.fetch("SELECT pg_backend_pid() AS pid"))[0]["pid"]
