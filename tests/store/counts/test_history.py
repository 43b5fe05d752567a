"""A made-up history: as many orders as asked for, in the order of their ids, and counted alike."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec

from mtd.core.process.instance import Instance, Scope, State
from mtd.core.process.journal import Ended, Entered, Entry, Record, encode, fold
from mtd.store.counts import figures, history
from mtd.store.counts.figures import Scope as Span
from mtd.store.counts.history import History
from mtd.store.orders import board
from mtd.store.orders.board import Sought
from mtd.store.sessions import ENGINE, OWNER, Session
from mtd.store.store import Store
from tests.store.making import count, entry

NOW = datetime(2026, 11, 27, 15, tzinfo=UTC)
MADE = History(
    tenant=1,
    total=1_000,
    running=100,
    straggler=333,
    until=NOW,
    every=timedelta(minutes=7),
    definition="p@1",
    elements=("Pay", "Pack"),
    zone="America/Santiago",
)


async def test_a_history_is_as_long_as_asked_for_and_counted(
    store: Store, database: str, admin: Session
) -> None:
    engine = Session(database, ENGINE)
    for first in (1, 501):
        async with store.door(1) as connection:
            await history.orders(connection, MADE, first, first + 499)
        await history.courses(engine, MADE, first, first + 499)
    await history.steps(engine, MADE, MADE.at(1), NOW)
    await history.troubles(engine, MADE, 5)
    async with store.door(1) as connection:
        await history.files(connection, 1, 3)
    await engine.close()
    assert await count(admin, "purchase_order") == await count(admin, "instance") == 1_000
    assert await count(admin, "order_search", "octet_length(digest) = 16") == 4_000
    over = "state IN ('CLOSED', 'CANCELLED')"
    open_ = 1_000 - await count(admin, "purchase_order", over)
    assert open_ == await count(admin, "open_order") == await count(admin, "resting") >= 100
    assert await count(admin, "purchase_order", "received_at > $1", NOW) == 0
    (promises,) = await admin.fetch(
        "SELECT sum(kept), sum(missed) FROM promise_tally WHERE grain = 'day'"
    )
    for became, n in zip(("kept", "missed"), promises, strict=True):
        assert await count(admin, "settled_promise", "became = $1", became) == n > 0
    assert await count(admin, "incident") == await count(admin, "open_order", "state = 'EXCEPTION'")
    everything = Span(grain="day", since=NOW - timedelta(days=30), until=NOW + timedelta(days=1))
    async with store.door(1) as connection:
        sold = await figures.sales(connection, 1, everything, ["RECEIVED"])
        assert sum(one.n for one in sold) == 1_000
        for scope in (everything, msgspec.structs.replace(everything, grain="hour")):
            found = await figures.sales(connection, 1, scope, ["RECEIVED"])
            told = {(one.store, one.channel, one.document): (one.n, one.amount) for one in found}
            assert told == await _received(admin)
        (newest, *_) = await board.page(connection, 1, Sought(), 50)
        assert newest.external_id == "H-1000"
        few = await board.page(connection, 1, Sought(finals=("CLOSED",)), 50, only_open=True)
        assert [row.external_id for row in few] == [f"H-{n}" for n in range(1_000, 950, -1)]
        assert len(await figures.steps(connection, 1, everything, "p@1")) == 2


async def _received(admin: Session) -> dict[tuple[str, str, str], tuple[int, Decimal]]:
    rows = await admin.fetch(
        "SELECT store, channel, buyer_document, count(*), sum(amount) FROM purchase_order"
        " GROUP BY 1, 2, 3"
    )
    return {(row[0], row[1], row[2]): (row[3], row[4]) for row in rows}


async def test_keys_have_their_index_again(database: str, admin: Session) -> None:
    index = "SELECT pg_get_indexdef('order_search_pkey'::regclass) AS said"
    before = await admin.fetch(index)
    owner = Session(database, OWNER)
    async with history.writing(owner):
        assert not await admin.fetch("SELECT FROM pg_class WHERE relname = 'order_search_pkey'")
    assert await admin.fetch(index) == before
    assert not await admin.fetch("SELECT FROM pg_class WHERE reloptions::text LIKE '%autovac%'")
    for what in history.TIDIED:
        await history.tidy(owner, what)
    await owner.close()
    rows = await admin.fetch("SELECT relname FROM pg_stat_user_tables WHERE vacuum_count > 0")
    assert {"purchase_order", "order_search", "journal"} <= {row["relname"] for row in rows}


def test_what_makes_a_journal_long_can_be_read_again_and_again() -> None:
    blank = Instance(id="i", definition="p@1", key="k")
    begun = entry(blank, Entered(Scope(0, "p")))
    over = fold(
        blank, [begun, Entry(2, NOW, "fired", "", encode(Record(2, [], [Ended(State.COMPLETED)])))]
    )
    for before in (fold(blank, [begun]), over):
        rows = [Entry(before.seq + n, NOW, "changed", "", history.SAME) for n in (1, 2)]
        read = fold(before, rows)
        assert read == msgspec.structs.replace(before, seq=before.seq + 2)


async def test_made_up_orders_get_the_journals_of_real_ones(
    store: Store, database: str, admin: Session
) -> None:
    async with store.door(1) as connection:
        await history.orders(connection, MADE, 1, 10)
    real = [
        row[0] for row in await admin.fetch("SELECT id FROM purchase_order ORDER BY id LIMIT 1")
    ]
    await admin.fetch(
        "INSERT INTO journal SELECT 1, n, now(), $1, 'fired', '', '' FROM generate_series(1, 4) n",
        real[0],
    )
    engine = Session(database, ENGINE)
    await history.journals(engine, MADE, [str(real[0])], 2, 10)
    assert await count(admin, "journal") == 4 + 9 * 4
    await history.lengthen(engine, 1, str(real[0]), 100)
    assert await count(admin, "journal", "instance_id = $1", real[0]) == 104
    await engine.close()
