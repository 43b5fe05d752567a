"""Looking: a list that finds few among many is walked to its end, a bounded look at a time."""

import asyncio
import time
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta

import pytest

from mtd.faces.cli.starting import operations_of
from mtd.runtime.app import TENANT, App
from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.orders import board, looking
from mtd.runtime.desk.orders.filters import Filter
from mtd.store.counts import settled
from mtd.store.counts.settled import KEPT, MISSED
from mtd.store.orders.board import FIRST
from mtd.store.sessions import Connection, Session
from tests.conftest import Server
from tests.runtime.desk.seats import somebody
from tests.store.making import a_worker, an_order
from tests.store.tallies import a_settled

SOFIA = somebody("sofia")
DAY = datetime(2026, 11, 20, tzinfo=UTC)
ORDERS, LOOKED, LIMIT = 90, 7, 3
PATIENCE_S = 30.0
RARE = Filter(stores=("rare",))
KEPT_RARE = Filter(stores=("rare",), promise=KEPT)


@pytest.fixture
async def desk(app: App) -> Desk:
    """Ninety orders, each ninth of a rare store; their promises settled, many at one moment."""
    dues = [DAY + timedelta(hours=n % 4) for n in range(ORDERS)]
    orders = [
        an_order(f"{n}", store="rare" if n % 9 == 4 else "paris", promised_at=due)
        for n, due in enumerate(dues)
    ]
    await app.store.deliver(orders)
    async with a_worker(app.store) as worker, worker.asking.use() as connection:
        made = [
            a_settled(
                order.id, due_at=due, store=order.store, channel=order.channel,
                became=MISSED if n % 5 == 0 else KEPT,
            )
            for n, (order, due) in enumerate(zip(orders, dues, strict=True))
        ]  # fmt: skip
        await settled.add(connection, made)
    return Desk(await operations_of(app))


@pytest.fixture
async def admin(server: Server, database: str) -> AsyncGenerator[Session]:
    session = Session(server.admin(database), {})
    yield session
    await session.close()


@pytest.mark.parametrize(("asked", "n"), [(RARE, 10), (KEPT_RARE, 8), (Filter(), ORDERS)])
async def test_every_order_is_found_once_on_and_back(desk: Desk, asked: Filter, n: int) -> None:
    whole = [line.row.id async for lines in board.every(desk, SOFIA, asked) for line in lines]
    assert len(whole) == n
    assert await _walked(desk, asked, back=False) == whole
    assert await _walked(desk, asked, back=True) == whole


async def test_where_all_takes_too_long_it_is_said_how_far_was_looked(
    desk: Desk, admin: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "LOOKED_MAX", LOOKED)
    async with admin.use() as connection, connection.transaction():
        await connection.execute("LOCK TABLE purchase_order IN ACCESS EXCLUSIVE MODE")
        page = asyncio.create_task(board.page(desk, SOFIA, RARE))
        await _given_up(connection)
    found = await page
    assert found.looked_to is not None and found.after is not None and found.before is None
    assert all(line.row.store == "rare" for line in found.lines) and len(found.lines) <= 1
    everything = [one async for lines in board.every(desk, SOFIA, Filter()) for one in lines]
    assert found.after == everything[LOOKED - 1].row.id
    rest = await board.page(desk, SOFIA, RARE, below=found.after)
    assert len(found.lines) + len(rest.lines) == 10 and rest.looked_to is None


async def _walked(desk: Desk, asked: Filter, *, back: bool) -> list[str]:
    """The ids that are found by looks at a few, from either end."""
    ids: list[str] = []
    bound = {"above": FIRST} if back and not asked.promise else {}
    if back and asked.promise:
        last = [one async for lines in board.every(desk, SOFIA, Filter(promise=KEPT))
                for one in lines][-1]  # fmt: skip
        bound = {"above": last.row.id}
        ids = [last.row.id] if last.row.store == "rare" else []
    for _ in range(ORDERS):
        async with desk.app.store.window(TENANT) as connection:
            look = await looking.read(desk, connection, SOFIA, asked, **bound)
            found = await looking.among(connection, TENANT, look, LIMIT, LOOKED)
        rows = [row.id for row in found.rows]
        ids = [*rows, *ids] if back else [*ids, *rows]
        if found.edge is None and len(rows) < LIMIT:
            return ids
        edge = found.edge or (rows[0] if back else rows[-1])
        bound = {"above" if back else "below": edge}
    raise AssertionError("it never comes to the end")


async def _given_up(connection: Connection) -> None:
    """Until the look through everything was given up, and the one at a few waits instead."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE"
    until_s = time.monotonic() + PATIENCE_S
    while not (await connection.fetch(f"{waiting} '%OFFSET%'"))[0]["count"]:
        assert time.monotonic() < until_s, "never"
        await asyncio.sleep(0.01)
        await connection.fetch("SELECT pg_stat_clear_snapshot()")
