"""Housekeeping: what is old is found by an index; the engine's role reads only what it needs."""

import asyncpg
import pytest

from mtd.store.engine.housekeeping import expire_messages
from mtd.store.engine.worker import Worker
from mtd.store.sessions import Session

MANY = 5_000


async def test_messages_that_are_given_up_are_found_by_an_index(
    worker: Worker, admin: Session
) -> None:
    await admin.fetch(
        "INSERT INTO message (tenant_id, id, expires_at, name, key, payload)"
        " SELECT 1, gen_random_uuid(), now() + make_interval(days => 1 + n), 'Paid', n::text, ''"
        " FROM generate_series(1, $1) AS n",
        MANY,
    )
    await admin.fetch("ANALYZE message")
    plan = await admin.fetch("EXPLAIN DELETE FROM message WHERE expires_at <= now()")
    assert "message_expiry" in "\n".join(row[0] for row in plan)
    await admin.fetch("UPDATE message SET expires_at = now() WHERE key = '7'")
    assert await expire_messages(worker) == 1


async def test_the_engine_does_not_read_who_sent_what(admin: Session) -> None:
    await admin.fetch("SET ROLE mtd_engine")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await admin.fetch("SELECT 1 FROM seen")
    await admin.fetch("RESET ROLE")
