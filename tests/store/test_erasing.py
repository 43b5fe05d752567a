"""Erasing a person's keys: at once, or by themselves when what they open need be kept no longer."""

from datetime import UTC, datetime, timedelta

from mtd.store.engine.housekeeping import forget_erased
from mtd.store.engine.worker import Worker
from mtd.store.orders import persons
from mtd.store.orders.persons import Key
from mtd.store.sessions import Session
from mtd.store.store import Store
from tests.store.making import an_order, count, new_id

MANY = 5_000
LEFT = "wrapped IS NOT NULL"


async def test_what_was_left_goes_by_itself_when_it_is_due(
    store: Store, worker: Worker, admin: Session
) -> None:
    now = datetime.now(UTC)
    await store.deliver([an_order("A-1")])
    async with store.door(1) as connection:
        for days in (-1, 1):
            key = Key(key_id=new_id(), wrapped=b"k", due_at=now + timedelta(days=days))
            await persons.keep_key(connection, 1, b"person", key)
    assert await forget_erased(worker) == 1
    assert await count(admin, "person_key", f"{LEFT} AND due_at > now()") == 1
    assert await count(admin, "person_key", f"{LEFT} AND due_at IS NULL") == 1
    assert await forget_erased(worker) == 0


async def test_what_is_due_is_found_by_an_index(admin: Session) -> None:
    await admin.fetch(
        "INSERT INTO person_key (tenant_id, person, key_id, wrapped, due_at)"
        " SELECT 1, 'p', gen_random_uuid(), 'k', CASE WHEN n < 5 THEN now() END"
        " FROM generate_series(1, $1) AS n",
        MANY,
    )
    await admin.fetch("ANALYZE person_key")
    plan = await admin.fetch(
        "EXPLAIN UPDATE person_key SET wrapped = NULL, erased_at = now()"
        " WHERE due_at <= now() AND wrapped IS NOT NULL"
    )
    assert "person_key_due" in "\n".join(row[0] for row in plan)


async def test_a_key_that_was_left_may_have_to_stay_longer(store: Store, admin: Session) -> None:
    now = datetime.now(UTC)
    key_id = new_id()
    async with store.door(1) as connection:
        for days in (1, 30):
            key = Key(key_id=key_id, wrapped=b"k", due_at=now + timedelta(days=days))
            await persons.keep_key(connection, 1, b"person", key)
        (kept,) = await persons.keys(connection, 1, b"person")
        assert kept.due_at == now + timedelta(days=30)
        assert await persons.erase(connection, 1, b"person", [key_id]) == 1
        assert await persons.keys(connection, 1, b"person") == []
    assert await count(admin, "person_key", LEFT) == 0
