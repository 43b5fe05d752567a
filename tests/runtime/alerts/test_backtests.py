"""Back-tests: how often a rule would have fired, told from history and equal to what is there."""

from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from mtd.runtime.alerts import backtesting
from mtd.runtime.alerts.backtesting import backtest, spells, tried
from mtd.runtime.alerts.measuring import Point
from mtd.runtime.operations.operations import Conflict
from mtd.runtime.settings.alerts import (
    Bounced,
    ErrorRate,
    Price,
    Volume,
    Waiting,
    WorkersMissing,
)
from tests.core.orders.examples import plain_line, plain_order
from tests.runtime.alerts.conftest import Set
from tests.runtime.alerts.scene import a_rule
from tests.store.making import a_worker, new_id

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


async def test_of_a_volume(scene: Set) -> None:
    one = await scene()
    for day in (3, 3, 5):
        await one.came(one.now - DAY * day - HOUR * (day == 5), count=7)
    rule = a_rule(Volume(window_s=600, high_per_min=0.6))
    found = await backtest(one.app, 1, rule, days=10)
    assert (found.firings, found.complete) == (2, True)
    assert found.since is not None and found.since > one.now - DAY * 6
    assert all(spell.observed == 0.7 for spell in found.spells)
    assert (await backtest(one.app, 1, rule, days=4)).firings == 1
    assert (await backtest(one.app, 1, a_rule(Volume(window_s=600, high_per_min=0.8)))).firings == 0


async def test_of_files_that_waited(scene: Set) -> None:
    one = await scene()
    for day, hours in ((2, 3), (6, 1)):
        id_ = new_id()
        await one.rows(
            "INSERT INTO intake_file (tenant_id, id, source, path, hash, size_bytes, archive)"
            " VALUES (1, $1, 'folder', $2, '', 1, 'a')",
            id_,
            f"CL/paris/kiosk/{id_}.xml",
        )
        failed = one.now - DAY * day
        await one.rows("INSERT INTO intake_failure VALUES (1, 0, $2, 10, $1, 'no')", id_, failed)
        await one.rows(
            "INSERT INTO intake_ruling VALUES (1, 1, $2, $1, 'PUSHED', 'ana', 'try')",
            id_, failed + HOUR * hours,
        )  # fmt: skip
    found = await backtest(one.app, 1, a_rule(Waiting(by="store")), days=10)
    assert [(s.scope, s.ended_at - s.began_at) for s in found.spells] == [
        ("paris", 3 * HOUR), ("paris", HOUR),
    ]  # fmt: skip
    assert (await backtest(one.app, 1, a_rule(Waiting(more_than=1)), days=10)).firings == 0


async def test_of_attempts_and_letters_since_they_are_counted(scene: Set) -> None:
    one = await scene()
    none = await backtest(one.app, 1, a_rule(ErrorRate()))
    assert (none.firings, none.since) == (0, None)
    for day in (1, 4):
        await one.tried(one.now - DAY * day, "eom.reserve", "failed", 3)
        await one.heard(one.now - DAY * day, "MailBounced")
    await one.tried(one.now - DAY * 2, "eom.reserve", "done", 3)
    await one.look()
    rule = a_rule(ErrorRate(share=0.5, attempts_min=3))
    found = await backtest(one.app, 1, rule)
    assert found.firings == 2 and found.since is not None
    assert abs(found.since - (one.now - DAY * 4)) < timedelta(minutes=2)
    assert (await backtest(one.app, 1, a_rule(Bounced()))).firings == 2


async def test_of_prices_in_orders_that_are_opened_again(scene: Set) -> None:
    one = await scene()
    line = replace(plain_line(), unit_price=Decimal(500))
    await one.bought(plain_order(external_id="P-1", lines=(line,)))
    await one.bought(plain_order(external_id="P-2"))
    found = await backtest(one.app, 1, a_rule(Price(discount_share_max=0.05)))
    assert (found.firings, found.complete) == (1, True)


async def test_of_what_was_measured_while_a_rule_was_looked_after(scene: Set) -> None:
    one = await scene(workers=a_rule(WorkersMissing(fewer_than=1), enabled=True))
    await one.look()
    await one.look(3_600)
    one.app.clock.set(one.now + timedelta(minutes=10))
    assert (await backtest(one.app, 1, a_rule(WorkersMissing(fewer_than=1)))).firings == 2
    assert (await tried(one.app, 1, a_rule(WorkersMissing(fewer_than=1))))[0].fires


async def test_of_workers_that_were_only_just_starting(scene: Set) -> None:
    rule = a_rule(WorkersMissing(fewer_than=2, starting_s=60), enabled=True)
    one = await scene(workers=rule)
    async with a_worker(one.app.store):
        await one.rows("UPDATE worker SET lease_until = lease_until + interval '1 hour'")
        await one.look(1)
        await one.look(30)
        assert (await backtest(one.app, 1, rule)).firings == 0
        hasty = a_rule(WorkersMissing(fewer_than=2, starting_s=10))
        assert (await backtest(one.app, 1, hasty)).firings == 1
        await one.look(60)
        found = await backtest(one.app, 1, rule)
        assert (found.firings, found.spells[0].scope, found.spells[0].observed) == (1, "", 1)


async def test_what_takes_too_long_is_said_to(scene: Set, monkeypatch: pytest.MonkeyPatch) -> None:
    one = await scene()
    monkeypatch.setattr(backtesting, "LOOKED_MS", 40)
    async with one.admin.use() as connection, connection.transaction():
        await connection.execute("LOCK TABLE purchase_order IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(Conflict, match="too much history"):
            await backtest(one.app, 1, a_rule(Volume(high_per_min=1)))


def test_spells_go_on_over_a_calm_and_apart_by_scope() -> None:
    at = [plain_order().placed_at + timedelta(minutes=n) for n in range(60)]
    points = [
        Point("a", at[0], at[1], 1, True),
        Point("a", at[3], at[4], 1, True),
        Point("a", at[20], at[21], 1, True),
        Point("b", at[1], at[2], 1, True),
        Point("b", at[2], at[3], 1, False),
    ]
    found = spells(points, timedelta(minutes=5))
    assert [(one.scope, one.began_at, one.ended_at) for one in found] == [
        ("a", at[0], at[4]), ("b", at[1], at[2]), ("a", at[20], at[21]),
    ]  # fmt: skip
