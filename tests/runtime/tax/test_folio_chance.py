"""Folios under chance: whatever dies, expires or is lost, none is used twice or unexplained."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mtd.runtime.folio_book import FolioBook
from mtd.store.engine import folio_blocks
from mtd.store.sessions import Connection, Session
from mtd.store.store import Store
from tests.conftest import Server
from tests.runtime.tax.folio_story import ACTIONS, Story

STORIES = 25


async def told(dsn: str, admin_dsn: str, book: Path, actions: Sequence[str], seed: int) -> None:
    """One story, from an empty taxpayer."""
    store, admin = await Store.open(dsn), Session(admin_dsn, {})
    story = Story(store, admin, book, seed)
    try:
        await story.play(actions)
    finally:
        for worker, _ in story.staff:
            await worker.close()
        await admin.fetch("DELETE FROM folio_block")
        await admin.fetch("DELETE FROM worker")
        await admin.close()
        await store.close()


@settings(
    max_examples=STORIES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.sampled_from(ACTIONS), min_size=5, max_size=30), st.integers(0, 2**32))
def test_no_folio_is_used_twice_and_every_gap_has_a_reason(
    server: Server, database: str, tmp_path: Path, actions: Sequence[str], seed: int
) -> None:
    asyncio.run(told(database, server.admin(database), tmp_path, actions, seed))


LOSS = ("backup", "issue", "issue", "send", "restore", "enroll")


@pytest.mark.parametrize(
    ("planted", "actions", "seen"),
    [
        ("marks are not written", (*LOSS, "issue", "issue", "send"), "used twice"),
        ("what is sent is not written", (*LOSS, "come_again", "send"), "a second document"),
        ("a worker's end forgets its blocks", ("issue", "retire"), "gap without a reason"),
    ],
)
def test_a_fault_that_is_planted_is_seen(
    server: Server,
    database: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    planted: str,
    actions: Sequence[str],
    seen: str,
) -> None:
    async def forgetting(connection: Connection, worker: str) -> None:
        await connection.execute("DELETE FROM folio_block WHERE worker = $1", worker)

    def nothing(*_: Any) -> None:
        return None

    match planted.split(maxsplit=1)[0]:
        case "marks":
            monkeypatch.setattr(FolioBook, "mark", nothing)
        case "what":
            monkeypatch.setattr(FolioBook, "sent", nothing)
        case _:
            monkeypatch.setattr(folio_blocks, "leave", forgetting)
    with pytest.raises(AssertionError, match=seen):
        asyncio.run(told(database, server.admin(database), tmp_path, actions, 3))
