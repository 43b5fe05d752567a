"""Crashes: killed after any step, nothing is lost and nothing happens twice; two share the work."""

import asyncio
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from mtd.runtime.intake import delivering
from mtd.runtime.rehearsal.orders.generator import generate
from mtd.store.arriving.intake import LAPSED
from mtd.store.sessions import Session
from tests.conftest import Server
from tests.runtime.intake.crashing import LEASE_S, STEPS
from tests.runtime.intake.place import ROOT, UNTIL, Place, an_order, body_of, path_of

COUNTED_TWICE = {"claimed", "read", "placed"}
"""A reader that died in these had claimed the file: that was an attempt."""


@asynccontextmanager
async def process(
    place: Place, dsn: str, step: str | None = None
) -> AsyncGenerator[asyncio.subprocess.Process]:
    """An intake process of its own."""
    running = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.runtime.intake.crashing", dsn, str(place.home)),
        *([step] if step else []),
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
    )
    try:
        yield running
    finally:
        if running.returncode is None:
            running.send_signal(signal.SIGTERM)
        await asyncio.wait_for(running.wait(), 30)


@pytest.mark.parametrize("step", STEPS)
async def test_killed_after_a_step(
    place: Place, database: str, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = an_order()
    place.lay(path_of(order), body_of(order))
    async with process(place, database, step) as doomed:
        assert await asyncio.wait_for(doomed.wait(), 30) == -signal.SIGKILL
    before = await place.files()
    monkeypatch.setattr(delivering, "LEASE_S", LEASE_S)
    async with place.running():
        (file,) = await place.until(lambda files: [one.state for one in files] == ["DONE"])
        await place.put_away(f"done/{path_of(order)}")
    assert (await place.orders(), file.order_id) == (1, file.id)
    assert place.tree() == [f"done/{path_of(order)}"]
    assert before in ([], [file]) or before[0].id == file.id
    assert file.attempts == (2 if step in COUNTED_TWICE else 1)
    told = [(failure.attempt, failure.message) for failure in await place.failures(file)]
    assert told == ([(1, LAPSED)] if step in COUNTED_TWICE else [])


async def test_a_reader_that_dies_ten_times_leaves_the_file_waiting(
    place: Place, database: str
) -> None:
    order = an_order()
    place.lay(path_of(order), body_of(order))
    async with process(place, database, "claimed") as doomed:
        await doomed.wait()
    (file,) = await place.files()
    async with place.app.store.door(1) as connection:
        await connection.execute("UPDATE intake_file SET attempts = 10")
    async with place.running():
        (file,) = await place.until(lambda files: files[0].state == "WAITING")
        await place.put_away(f"waiting/{path_of(order)}")
    assert (file.cause, file.attempts) == ("DELIVERY_FAILED", 10)
    assert [one.message for one in await place.failures(file)] == [LAPSED]


async def test_two_processes_share_a_folder(place: Place, database: str, tmp_path: Path) -> None:
    orders = list(generate(3, 150, UNTIL))
    async with process(place, database), process(place, database):
        for order in orders:
            place.lay(path_of(order), body_of(order))
            await asyncio.sleep(0.002)
        files = await place.settled(len(orders))
        await place.put_away(*(f"done/{path_of(order)}" for order in orders))
    assert [file.state for file in files] == ["DONE"] * len(orders)
    assert await place.orders() == len(orders)
    assert place.tree() == sorted(f"done/{path_of(order)}" for order in orders)


async def test_lost_connections_lose_nothing(
    place: Place, database: str, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "LEASE_S", LEASE_S)
    orders = list(generate(5, 60, UNTIL))
    admin = Session(server.admin(database), {})
    async with place.running():
        for order in orders:
            place.lay(path_of(order), body_of(order))
            await asyncio.sleep(0.01)
            await admin.fetch(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND backend_type = 'client backend'"
            )
        await place.settled(len(orders))
        await place.put_away(*(f"done/{path_of(order)}" for order in orders))
    await admin.close()
    assert {file.state for file in await place.files()} == {"DONE"}
    assert await place.orders() == len(orders)
