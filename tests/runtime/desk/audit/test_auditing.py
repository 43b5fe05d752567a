"""The audit's chain: sealed in batches, and each way of tampering with it is named."""

from pathlib import Path

import asyncpg
import pytest

from mtd.runtime.app import TENANT, App
from mtd.runtime.desk.audit.auditing import Verdict, anchor_of, digest, linked, seal, verify
from mtd.store.people import audit
from mtd.store.people.audit import NewEntry
from tests.store.making import new_id

ENTRIES = 9


async def _written(app: App, count: int = ENTRIES) -> None:
    async with app.store.door(TENANT) as connection:
        for n in range(count):
            entry = NewEntry(
                id=new_id(), actor="ana", origin="127.0.0.1", action="order.retry",
                subject=f"PW-{n}", reason="porque sí", after='{"n": 1}',
            )  # fmt: skip
            await audit.add(connection, TENANT, entry)


async def _sealed(app: App) -> Verdict:
    """Two batches, and what a check says of them."""
    await _written(app, 4)
    assert await seal(app, TENANT, anchor_of(app)) == 4
    await _written(app, ENTRIES - 4)
    assert await seal(app, TENANT, anchor_of(app)) == ENTRIES - 4
    return await verify(app, TENANT, anchor_of(app))


async def test_what_nobody_touched_is_whole(app: App) -> None:
    found = await _sealed(app)
    assert (found.entries, found.anchors, found.findings) == (ENTRIES, 2, ())
    assert await seal(app, TENANT, anchor_of(app)) == 0


HEAD_TOO = """
DELETE FROM audit_entry WHERE position > 7;
UPDATE audit_head
SET position = 7, chain = (SELECT chain FROM audit_entry WHERE position = 7)"""
PLACES = """
UPDATE audit_entry SET position = NULL WHERE position = 3;
UPDATE audit_entry SET position = 3 WHERE position = 6;
UPDATE audit_entry SET position = 6 WHERE position IS NULL"""
CONTENTS = """
UPDATE audit_entry a
SET (at, subject) = (SELECT at, subject FROM audit_entry b WHERE b.position = 9 - a.position)
WHERE position IN (3, 6)"""
LATER = "UPDATE audit_entry SET at = at - interval '1 day' WHERE position = 9"
TAMPERED: dict[str, tuple[str, str, int]] = {
    "a reason": ("UPDATE audit_entry SET reason = 'otra' WHERE position = 5", "altered", 5),
    "an actor": ("UPDATE audit_entry SET actor = 'eva' WHERE position = 1", "altered", 1),
    "a time": (LATER, "altered", 9),
    "one taken out": ("DELETE FROM audit_entry WHERE position = 5", "missing", 5),
    "the tail": ("DELETE FROM audit_entry WHERE position > 7", "cut", 8),
    "the tail and the head": (HEAD_TOO, "cut", 8),
    "places swapped": (PLACES, "swapped", 3),
    "contents swapped": (CONTENTS, "swapped", 3),
}
"""How, what is found, and where."""


@pytest.mark.parametrize("what", TAMPERED)
async def test_tampering_is_found_and_named(app: App, what: str) -> None:
    how, kind, position = TAMPERED[what]
    await _sealed(app)
    await _admin(app, how)
    found = await verify(app, TENANT, anchor_of(app))
    assert [(one.kind, one.position) for one in found.findings] == [(kind, position)]
    assert str(position) in found.findings[0].message


async def test_a_chain_made_anew_is_not_the_one_that_the_anchor_knew(app: App) -> None:
    await _sealed(app)
    await _admin(app, "UPDATE audit_entry SET reason = 'otra' WHERE position = 5")
    async with app.store.door(TENANT) as connection:
        entries = await audit.chained(connection, TENANT, 0)
    chain = b""
    for one in entries:
        own = digest(one)
        chain = linked(chain, one.position, own)
        await _admin(
            app,
            f"UPDATE audit_entry SET digest = '\\x{own.hex()}', chain = '\\x{chain.hex()}'"
            f" WHERE position = {one.position}",
        )
    found = await verify(app, TENANT, anchor_of(app))
    assert [(one.kind, one.position) for one in found.findings] == [("replaced", 9)]


async def test_without_an_anchor_a_cut_tail_shows_by_the_head_alone(
    app: App, tmp_path: Path
) -> None:
    await _sealed(app)
    found = await verify(app, TENANT, tmp_path / "nowhere")
    assert (found.anchors, found.findings) == (0, ())


async def test_an_entry_cannot_be_altered_by_the_door(app: App) -> None:
    await _sealed(app)
    for sql in ("UPDATE audit_entry SET reason = ''", "DELETE FROM audit_entry"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with app.store.door(TENANT) as connection:
                await connection.execute(sql)


async def _admin(app: App, sql: str) -> None:
    connection = await asyncpg.connect(app.store.dsn.replace("//mtd@", "//postgres@", 1))
    try:
        await connection.execute(sql)
    finally:
        await connection.close()
