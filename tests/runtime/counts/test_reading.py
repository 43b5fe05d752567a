"""Counts follow the journal: equal to a recount, whatever history, crash, or number of readers."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from random import Random
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest

from mtd.runtime.counts.reading import Reader
from mtd.runtime.counts.rebuilding import Verdict, rebuild, verify
from mtd.store.counts import settled
from mtd.store.sessions import COUNTER, Session
from mtd.store.store import Store
from tests.conftest import Server
from tests.runtime.counts.histories import Teller
from tests.store.making import Cutter, a_worker

ZONE = ZoneInfo("America/Santiago")
ROWS = 40
"""Counted in one go: so few that there are many."""


@asynccontextmanager
async def cut(dsn: str) -> AsyncGenerator[tuple[Cutter, str]]:
    """A proxy that loses replies, and the DSN that goes through it."""
    parts = urlsplit(dsn)
    query = parse_qs(parts.query)
    proxy = Cutter(f"{query['host'][0]}/.s.PGSQL.{query.get('port', ['5432'])[0]}")
    port = await proxy.start()
    user = parts.username or query["user"][0]
    try:
        yield proxy, f"postgresql://{user}@127.0.0.1:{port}{parts.path}?sslmode=disable"
    finally:
        await proxy.stop()


async def verified(dsn: str) -> Verdict:
    session = Session(dsn, COUNTER)
    try:
        async with session.use() as connection:
            return await verify(connection, ZONE)
    finally:
        await session.close()


async def go(reader: Reader) -> bool:
    """One go, whatever becomes of it."""
    try:
        return await reader.go()
    except Exception:  # noqa: BLE001 it was cut, or another one counted
        return False


async def some_more(teller: Teller) -> None:
    for _ in range(6):
        await teller.act()


async def caught_up(reader: Reader) -> None:
    for _ in range(1_000):
        if await reader.go():
            return
    raise AssertionError("it never comes to the end")


@pytest.mark.parametrize("seed", range(4))
async def test_counts_equal_a_recount_past_crashes_and_with_two_readers(
    database: str, server: Server, seed: int
) -> None:
    chance = Random(seed)
    store = await Store.open(database, notify=False)
    admin = Session(server.admin(database), {})
    async with a_worker(store, "one") as one, a_worker(store, "two") as two, cut(database) as (
        proxy, through,
    ):  # fmt: skip
        teller = Teller(store, (one, two), chance)
        readers = [Reader(database, ZONE, ROWS), Reader(through, ZONE, ROWS)]
        for round_ in range(12):
            await teller.begin(4)
            match round_ % 4:
                case 1:
                    proxy.arm(b"COMMIT")  # it was counted, and the reader does not know
                case 2:
                    proxy.arm(b"UPDATE 1")  # it was not, and is rolled back
                case 3:
                    await admin.fetch(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                        " WHERE application_name = 'mtd statistics'"
                    )
                case _:
                    pass
            for _ in range(4):
                await asyncio.gather(some_more(teller), *map(go, readers))
        assert proxy.cut >= 4
        await caught_up(readers[0])
        found = await verified(database)
        assert not found.findings, found.findings[:3]
        assert found.rows > 100
        await _as_told(admin, teller)
        for reader in readers:
            await reader.close()
    await admin.close()
    await store.close()


async def _as_told(admin: Session, teller: Teller) -> None:
    """What is counted is what happened, by a count of its own."""
    visits: Counter[str] = Counter()
    attempts: Counter[str] = Counter()
    incidents: Counter[str] = Counter()
    for row in await admin.fetch("SELECT * FROM step_tally WHERE grain = 'hour'"):
        visits[row["element"]] += row["visits"]
        attempts[row["element"]] += row["attempts"]
        incidents[row["element"]] += row["incidents"]
    told = teller.told
    bare = {element: n for element, n in visits.items() if element != "Moved"}
    assert bare == _drawn(told.visits)
    assert sum(attempts.values()) == sum(told.attempts.values())
    assert +incidents == _drawn(told.incidents)
    states: Counter[str] = Counter()
    for row in await admin.fetch("SELECT state, n FROM order_tally WHERE grain = 'day'"):
        states[row["state"]] += row["n"]
    del states["EXCEPTION"]
    assert states == told.states
    standing = await admin.fetch("SELECT count(*) FROM resting")
    assert standing[0][0] == sum(len(one.tokens) for one in teller.running.values())
    became = await admin.fetch("SELECT became, count(*) AS n FROM settled_promise GROUP BY 1")
    (sums,) = await admin.fetch(
        "SELECT sum(kept) AS kept, sum(missed) AS missed, sum(dropped) AS dropped"
        " FROM promise_tally WHERE grain = 'hour'"
    )
    sums_told = {name: sums[name] for name in settled.BECAME if sums[name]}
    assert {row["became"]: row["n"] for row in became} == sums_told
    (sums,) = await admin.fetch(
        "SELECT sum(refusals) AS refused, sum(failures) AS failed FROM step_tally"
        " WHERE grain = 'day'"
    )
    (rows,) = await admin.fetch(
        "SELECT count(*) FILTER (WHERE outcome = 'refused') AS refused,"
        " count(*) FILTER (WHERE outcome <> 'refused') AS failed FROM failed_attempt"
    )
    assert tuple(rows) == tuple(sums) and all(rows)
    services = await admin.fetch("SELECT DISTINCT service FROM element_service")
    assert [row[0] for row in services] == ["pos.sell"]


def _drawn(counts: Counter[str]) -> Counter[str]:
    """By the elements' own ids."""
    found: Counter[str] = Counter()
    for element, n in counts.items():
        found[element.rpartition(":")[2]] += n
    return found


async def test_a_rebuild_goes_on_where_it_ends_and_a_wrong_count_is_named(
    database: str, server: Server
) -> None:
    store = await Store.open(database, notify=False)
    admin = Session(server.admin(database), {})
    reader = Reader(database, ZONE, ROWS)
    async with a_worker(store) as worker:
        teller = Teller(store, (worker,), Random(7))
        await teller.begin(9)
        for _ in range(60):
            await teller.act()
        await caught_up(reader)  # nothing was counted: it begins by counting all
        for _ in range(60):
            await teller.act()
        await caught_up(reader)
        before = await _counts(admin)
        session = Session(database, COUNTER)
        async with session.use() as connection:
            assert await rebuild(connection, ZONE) == 9
        await session.close()
        assert await _counts(admin) == before
        await teller.act()
        await caught_up(reader)
        assert not (await verified(database)).findings
        await admin.fetch(
            "UPDATE step_tally SET visits = visits + 1 WHERE element = 'Pay'"
            " AND since = (SELECT min(since) FROM step_tally WHERE element = 'Pay')"
        )
        await admin.fetch("DELETE FROM open_order")
        await admin.fetch(
            "UPDATE settled_promise SET became = 'kept', carrier = 'NOBODY' WHERE order_id ="
            " (SELECT order_id FROM settled_promise ORDER BY order_id LIMIT 1)"
        )
        found = await verified(database)
        assert {one.table for one in found.findings} == {"steps", "open", "settled"}
        (wrong,) = [one for one in found.findings if one.table == "settled"]
        assert "NOBODY" in wrong.counted and "NOBODY" not in wrong.journal
        await admin.fetch(
            "UPDATE failed_attempt SET element = 'Nowhere' WHERE (instance_id, seq) ="
            " (SELECT instance_id, seq FROM failed_attempt ORDER BY 1, 2 LIMIT 1)"
        )
        (wrong,) = [one for one in (await verified(database)).findings if one.table == "failed"]
        assert "Nowhere" in wrong.counted and "Nowhere" not in wrong.journal
        await admin.fetch("DELETE FROM settled_promise WHERE carrier = 'NOBODY'")
        (wrong,) = [one for one in (await verified(database)).findings if one.table == "settled"]
        assert wrong.counted == "nothing"
        await admin.fetch(
            "INSERT INTO settled_promise SELECT tenant_id, now(), gen_random_uuid(), 'kept', '',"
            " '', '' FROM counted LIMIT 2"
        )
        session = Session(database, COUNTER)
        async with session.use() as connection:
            await rebuild(connection, ZONE)
        await session.close()
        assert not (await verified(database)).findings
        await admin.fetch(
            "INSERT INTO settled_promise VALUES (1, now(), gen_random_uuid(), 'kept', '', '', '')"
        )
        (wrong,) = (await verified(database)).findings
        assert (wrong.table, wrong.key) == ("settled", "rows")
    await reader.close()
    await admin.close()
    await store.close()


async def _counts(admin: Session) -> list[object]:
    tables = (
        "order_tally",
        "step_tally",
        "promise_tally",
        "settled_promise",
        "open_order",
        "resting",
    )
    return [
        sorted(str(tuple(row)) for row in await admin.fetch(f"SELECT * FROM {table}"))
        for table in tables
    ]
