"""Each kind of rule fires when its condition holds, and its alert closes when that is over."""

from datetime import timedelta
from decimal import Decimal

import msgspec
from msgspec.structs import replace

from mtd.runtime.alerts.deciding import Content
from mtd.runtime.settings.alerts import (
    Band,
    Bounced,
    CounterpartDown,
    ErrorRate,
    FoliosLow,
    Price,
    Promise,
    Stuck,
    Volume,
    Waiting,
    WorkersMissing,
)
from mtd.store.packing import unpack
from mtd.store.sessions import Row
from mtd.store.tax import folios
from tests.core.orders.examples import plain_line, plain_order
from tests.runtime.alerts.conftest import Set
from tests.runtime.alerts.scene import a_rule
from tests.store.making import a_worker
from tests.store.papers import ISSUER, a_range

MINUTE = timedelta(minutes=1)
WEEK = timedelta(days=7)


def content(alert: Row) -> Content:
    return msgspec.json.decode(alert["content"], type=Content)


async def test_volume_under_what_is_usual_at_this_time(scene: Set) -> None:
    one = await scene(few=a_rule(Volume(window_s=600, low_share=0.5)))
    for week in range(1, 5):
        await one.came(one.now - WEEK * week - MINUTE, count=20)
    await one.came(one.now - MINUTE, count=3)
    [alert] = await one.fires()
    assert (alert["observed"], alert["bound"], alert["scope"]) == (0.3, 1.0, "")
    assert content(alert).facts["usual"] == 2.0
    await one.came(one.now - MINUTE / 2, count=9)
    assert not await one.fires(10)


async def test_volume_over_a_fixed_bound_by_store(scene: Set) -> None:
    one = await scene(many=a_rule(Volume(window_s=60, high_per_min=5, by="store")))
    await one.came(one.now - MINUTE / 2, count=6, store="umbrale")
    await one.came(one.now - MINUTE / 3, count=5, store="paris")
    [alert] = await one.fires()
    assert (alert["scope"], alert["affected"]) == ("umbrale", 6)
    assert not await one.fires(90)


async def test_a_share_of_next_to_nothing_says_nothing(scene: Set) -> None:
    one = await scene(few=a_rule(Volume(window_s=600, low_share=0.5)))
    for week in range(1, 5):
        await one.came(one.now - WEEK * week - MINUTE)
    assert not await one.fires()


async def test_orders_stuck_in_a_state(scene: Set) -> None:
    rule = a_rule(Stuck(states=("EXCEPTION",), after_s=1800, by="store"))
    one = await scene(stuck=rule)
    ids = await one.came(one.now, count=3)
    await one.rows("UPDATE purchase_order SET state = 'EXCEPTION', since = $1", one.now)
    assert not await one.fires(1700)
    [alert] = await one.fires(200)
    assert (alert["scope"], alert["observed"]) == ("paris", 3)
    remedy = content(alert).remedy
    assert remedy and (remedy.action, remedy.filter.state) == ("retry", "EXCEPTION")
    assert content(alert).path == "/orders?state=EXCEPTION&store=paris"
    await one.rows("DELETE FROM inbox WHERE instance_id = ANY($1::uuid[])", ids[:2])
    assert (await one.fires())[0]["observed"] == 1  # what is over is not stuck
    await one.rows("UPDATE purchase_order SET state = 'INVOICED'")
    assert not await one.fires()


async def test_files_that_wait(scene: Set) -> None:
    one = await scene(waiting=a_rule(Waiting()))
    assert not await one.fires()
    await one.waits()
    [alert] = await one.fires()
    remedy = content(alert).remedy
    assert alert["affected"] == 1 and remedy and remedy.action == "push"
    await one.rows("UPDATE intake_file SET state = 'NEW'")
    assert not await one.fires()


async def test_attempts_that_fail_by_step_and_by_counterpart(scene: Set) -> None:
    by_step = a_rule(ErrorRate(by="step", share=0.5, attempts_min=4, window_s=300))
    by_counterpart = a_rule(ErrorRate(share=0.25, attempts_min=9, window_s=300))
    one = await scene(step=by_step, counterpart=by_counterpart)
    await one.tried(one.now, "payment.capture", "failed", 3, element="pay")
    await one.tried(one.now, "payment.capture", "done", 1, element="pay")
    await one.tried(one.now, "payment.refund", "refused", 4, element="refund")
    [alert] = await one.fires()
    assert (alert["rule"], alert["scope"], alert["observed"]) == ("step", "pay", 0.75)
    await one.tried(one.now, "payment.capture", "unknown", 1, element="pay")
    step, counterpart = sorted(await one.fires(), key=lambda row: row["rule"], reverse=True)
    assert step["observed"] == 0.8
    assert (counterpart["scope"], counterpart["observed"]) == ("payment", 4 / 9)
    assert not await one.fires(600)


async def test_a_counterpart_that_answers_nobody(scene: Set) -> None:
    one = await scene(down=a_rule(CounterpartDown(failures_min=5)))
    await one.tried(one.now, "eom.reserve", "failed", 5)
    await one.tried(one.now, "payment.capture", "failed", 9)
    await one.tried(one.now, "payment.capture", "refused", 1)
    [alert] = await one.fires()
    assert (alert["scope"], alert["affected"]) == ("eom", 5)
    await one.tried(one.now, "eom.reserve", "done")
    assert not await one.fires()


async def test_a_price_out_of_its_band_and_a_discount_that_may_not_be(scene: Set) -> None:
    bands = {"SHIRT": Band(low=5_000), "umbrale/SHIRT": Band(high=100)}
    one = await scene(price=a_rule(Price(bands=bands, discount_share_max=0.4, window_s=600)))
    line = replace(plain_line(), sku="SHIRT", discount=Decimal(0))
    await one.bought(
        plain_order(external_id="P-1", lines=(replace(line, unit_price=Decimal(9000)),))
    )
    assert not await one.fires()
    await one.bought(
        plain_order(external_id="P-2", lines=(replace(line, unit_price=Decimal(500)),))
    )
    dear = replace(line, unit_price=Decimal(9000), quantity=Decimal(1), discount=Decimal(4000))
    await one.bought(plain_order(external_id="P-3", lines=(dear,)))
    await one.bought(
        plain_order(external_id="P-4", store="umbrale", lines=(replace(dear, discount=Decimal(0)),))
    )
    paris, umbrale = sorted(await one.fires(), key=lambda row: row["scope"])
    assert (paris["scope"], paris["affected"], umbrale["affected"]) == ("paris", 2, 1)
    told = str(content(paris).facts["orders"]).split("; ")
    assert sorted(told) == ["P-2 SHIRT 500 (5000–)", "P-3 SHIRT −44% (≤ 40%)"]
    assert not await one.fires(700)


async def test_a_price_out_of_its_band_is_a_fact_that_the_order_s_process_decides_on(
    scene: Set,
) -> None:
    band = Band(low=5_000, high=9_999.5)
    one = await scene(price=a_rule(Price(bands={"SHIRT": band, "umbrale/SHIRT": Band()})))
    line = replace(plain_line(), sku="SHIRT", discount=Decimal(0))
    prices = [Decimal("9999.5"), Decimal(10_000), Decimal(4_999), Decimal(5_000)]
    lines = tuple(
        replace(line, line_no=n, unit_price=price) for n, price in enumerate(prices, start=1)
    )
    for store, count in (("paris", 2), ("umbrale", 0)):
        id_ = await one.bought(plain_order(external_id=f"P-{store}", store=store, lines=lines))
        [row] = await one.rows("SELECT body FROM inbox WHERE instance_id = $1", id_)
        assert msgspec.json.decode(unpack(row["body"]))["variables"]["price_outliers"] == count


async def test_folios_that_run_low(scene: Set) -> None:
    one = await scene(folios=a_rule(FoliosLow(share=0.2)))
    async with one.app.store.door(1) as connection:
        await folios.open_range(connection, 1, a_range(1, 100), "me")
    assert not await one.fires()
    await one.rows("UPDATE folio_range SET next = 90")
    await one.rows(
        "INSERT INTO folio_gap VALUES (1, 1, 89, now(), $1, '39', '', 'lost', 'me')", ISSUER
    )
    [alert] = await one.fires()
    assert alert["scope"] == f"{ISSUER}/39" and alert["affected"] == 11
    async with one.app.store.door(1) as connection:
        await folios.open_range(connection, 1, a_range(101, 500), "me")
    assert not await one.fires()


async def test_promises_at_risk_by_store(scene: Set) -> None:
    one = await scene(promise=a_rule(Promise(ahead_s=3600)))
    await one.came(one.now, count=2, promised_at=one.now + timedelta(hours=2))
    assert not await one.fires(1800)
    [alert] = await one.fires(1900)
    assert (alert["scope"], alert["observed"]) == ("paris", 2)
    await one.rows("UPDATE purchase_order SET state = 'DISPATCHED'")
    assert not await one.fires()


async def test_letters_that_came_back(scene: Set) -> None:
    one = await scene(letters=a_rule(Bounced(window_s=600, more_than=1)))
    await one.heard(one.now, "MailBounced")
    await one.heard(one.now, "Delivered")
    assert not await one.fires()
    await one.heard(one.now, "MailBounced")
    assert (await one.fires())[0]["observed"] == 2
    assert not await one.fires(900)


async def test_workers_that_are_missing(scene: Set) -> None:
    one = await scene(workers=a_rule(WorkersMissing(fewer_than=1)))
    [alert] = await one.fires()
    assert (alert["observed"], alert["bound"]) == (0, 1)
    async with a_worker(one.app.store):
        assert not await one.fires()


async def test_nobody_is_missed_while_the_first_has_only_just_come(scene: Set) -> None:
    one = await scene(workers=a_rule(WorkersMissing(fewer_than=2, starting_s=5)))
    async with a_worker(one.app.store):
        assert not await one.fires()
        [alert] = await one.fires(6)
        assert (alert["observed"], alert["bound"]) == (1, 2)
