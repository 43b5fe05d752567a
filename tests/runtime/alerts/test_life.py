"""The life of an alert: one while its condition holds, whoever looks and whoever is killed."""

import asyncio
from datetime import timedelta

import pytest

from mtd.runtime.alerts import handling, rules, watching
from mtd.runtime.alerts.rules import Author
from mtd.runtime.alerts.watching import Watching
from mtd.runtime.operations.operations import Conflict, NotFound
from mtd.runtime.settings.alerts import Volume, Waiting, WorkersMissing
from mtd.store.counts import tallying
from tests.runtime.alerts.conftest import Set
from tests.runtime.alerts.scene import a_rule
from tests.store.making import new_id

ANA = Author(actor="ana", reason="I look into it", origin="127.0.0.1")


async def test_it_begins_once_goes_on_and_ends_after_a_calm(scene: Set) -> None:
    one = await scene(waiting=a_rule(Waiting(), calm_s=300))
    await one.waits()
    await one.look()
    await one.waits()
    for _ in range(2):
        await one.look(20)
    [alert] = await one.look(20)
    assert (alert["count"], alert["affected"], alert["events"]) == (1, 2, 1)
    await one.rows("UPDATE intake_file SET state = 'NEW'")
    assert await one.fires(200)
    assert not await one.fires(200)
    assert await one.events() == ["OPENED", "CLOSED"]


async def test_what_begins_again_within_the_hour_is_the_same_alert_and_counted(scene: Set) -> None:
    one = await scene(waiting=a_rule(Waiting()))
    for _ in range(3):
        await one.waits()
        await one.look(60)
        await one.rows("UPDATE intake_file SET state = 'NEW'")
        await one.look(60)
    [alert] = await one.rows("SELECT count FROM alert")
    assert alert["count"] == 3
    await one.rows("UPDATE intake_file SET state = 'WAITING'")
    assert len(await one.look(3_700)) == 2
    kinds = ["OPENED", "CLOSED", "REOPENED", "CLOSED", "REOPENED", "CLOSED", "OPENED"]
    assert await one.events() == kinds


async def test_many_that_look_at_once_raise_it_once(scene: Set) -> None:
    one = await scene(workers=a_rule(WorkersMissing(fewer_than=1)))
    others = [Watching(one.app, 1) for _ in range(3)]
    looked = await asyncio.gather(*(other.look(one.now) for other in (one.watching, *others)))
    assert sorted(looked) == [False, False, False, True]
    assert await one.events() == ["OPENED"]
    for other in others:
        await other.close()


async def test_who_is_killed_before_the_end_has_raised_nothing_and_the_next_one_does(
    scene: Set, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = await scene(workers=a_rule(WorkersMissing(fewer_than=1)))

    async def killed(*_: object) -> None:
        raise asyncio.CancelledError

    monkeypatch.setattr(watching.alerts, "looked", killed)
    with pytest.raises(asyncio.CancelledError):
        await one.watching.look(one.now)
    monkeypatch.undo()
    assert await one.events() == []
    heir = Watching(one.app, 1)
    assert await heir.look(one.now)
    await heir.close()
    assert await one.events() == ["OPENED"]


async def test_turns_are_counted_once_by_all_who_count(scene: Set) -> None:
    one = await scene()
    await one.tried(one.now, "eom.reserve", "failed", 5)
    sessions = [tallying.reader(one.app.store.dsn) for _ in range(3)]
    since = one.now - timedelta(days=1)
    counted = await asyncio.gather(*(tallying.count(each, [], since) for each in sessions))
    assert sum(counted) == 5
    for each in sessions:
        await each.close()
    [row] = await one.rows("SELECT sum(attempts) AS n, sum(failures) AS failed FROM attempt_tally")
    assert (row["n"], row["failed"]) == (5, 5)


async def test_a_message_that_came_together_with_an_answer_is_both(scene: Set) -> None:
    one = await scene()
    await one.heard(one.now, "Paid", answered="eom.reserve")
    await one.heard(one.now, "Nobody asks", answered="pos.sell")
    session = tallying.reader(one.app.store.dsn)
    assert await tallying.count(session, ["Paid"], one.now - timedelta(days=1)) == 2
    await session.close()
    rows = await one.rows("SELECT service, attempts, failures FROM attempt_tally ORDER BY 1")
    assert [tuple(row) for row in rows] == [
        ("eom.reserve", 1, 1), ("message:Paid", 1, 0), ("pos.sell", 1, 1)
    ]  # fmt: skip


async def test_a_rule_that_cannot_be_measured_blinds_no_other_and_keeps_its_alerts(
    scene: Set, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = await scene(waiting=a_rule(Waiting()), workers=a_rule(WorkersMissing(fewer_than=1)))
    await one.waits()
    assert len(await one.fires()) == 2
    monkeypatch.setattr(watching, "RULE_MS", 30)
    await one.rows("UPDATE alert_watch SET due_at = '-infinity'")
    later = one.now + timedelta(seconds=30)
    async with one.admin.use() as connection, connection.transaction():
        await connection.execute("LOCK TABLE intake_file IN ACCESS EXCLUSIVE MODE")
        assert await one.watching.look(later)
    rows = await one.rows("SELECT * FROM alert WHERE closed_at IS NULL")
    seen = {row["rule"]: row["last_at"] for row in rows}
    assert seen == {"waiting": one.now, "workers": later}


async def test_people_acknowledge_assign_comment_mute_and_close_and_it_is_told(scene: Set) -> None:
    one = await scene(workers=a_rule(WorkersMissing(fewer_than=1)))
    [alert] = await one.look()
    id_ = str(alert["id"])
    await handling.acknowledge(one.app, 1, id_, ANA)
    with pytest.raises(Conflict, match="already"):
        await handling.acknowledge(one.app, 1, id_, ANA)
    await handling.assign(one.app, 1, id_, "pedro", ANA)
    await handling.comment(one.app, 1, id_, ANA)
    await handling.mute(one.app, 1, id_, 600, ANA)
    await handling.mute(one.app, 1, id_, 0, ANA)
    await handling.close(one.app, 1, id_, ANA)
    with pytest.raises(Conflict, match="closed"):
        await handling.assign(one.app, 1, id_, "pedro", ANA)
    with pytest.raises(NotFound):
        await handling.close(one.app, 1, new_id(), ANA)
    shown = await handling.shown(one.app, 1, id_)
    assert (shown.alert.state, shown.alert.owner, shown.alert.closed_by) == (
        "CLOSED", "pedro", "ana",
    )  # fmt: skip
    kinds = ["OPENED", "ACKNOWLEDGED", "ASSIGNED", "COMMENTED", "MUTED", "UNMUTED", "CLOSED"]
    assert [event.kind for event in shown.events] == kinds
    entries = await one.rows("SELECT action, actor, origin, reason FROM audit_entry ORDER BY id")
    assert sorted(row["action"] for row in entries) == [  # ids of one millisecond have no order
        "alert.ack", "alert.assign", "alert.close", "alert.comment", "alert.mute", "alert.mute",
    ]  # fmt: skip
    assert {(row["actor"], row["origin"], row["reason"]) for row in entries} == {
        ("ana", "127.0.0.1", "I look into it")
    }


async def test_closed_by_hand_it_stays_closed_until_its_condition_was_over(scene: Set) -> None:
    one = await scene(waiting=a_rule(Waiting()))
    await one.waits()
    [alert] = await one.look()
    await handling.close(one.app, 1, str(alert["id"]), ANA)
    for _ in range(5):
        assert not await one.fires(60)
    await one.rows("UPDATE intake_file SET state = 'NEW'")
    await one.look(200)
    await one.rows("UPDATE intake_file SET state = 'WAITING'")
    assert (await one.fires(60))[0]["count"] == 2


async def test_what_nobody_acknowledges_is_escalated_once(scene: Set) -> None:
    rule = a_rule(WorkersMissing(fewer_than=1), escalate_after_s=600)
    one = await scene(workers=rule, other=rule)
    [first, _] = await one.look()
    await handling.acknowledge(one.app, 1, str(first["id"]), ANA)
    await one.look(500)
    await one.look(200)
    await one.look(200)
    assert sorted(await one.events()) == ["ACKNOWLEDGED", "ESCALATED", "OPENED", "OPENED"]


async def test_rules_that_people_change_win_and_those_taken_out_close(scene: Set) -> None:
    one = await scene(waiting=a_rule(Waiting(more_than=9)))
    await one.waits()
    assert not await one.fires()
    await rules.put(one.app, 1, "waiting", a_rule(Waiting(), severity="critical"), ANA, new_id())
    assert (await one.fires())[0]["severity"] == "critical"
    with pytest.raises(Conflict, match="bound"):
        await rules.put(one.app, 1, "waiting", a_rule(Volume()), ANA, new_id())
    rule = a_rule(Waiting(), recipients=("nobody",))
    with pytest.raises(Conflict, match="no recipient 'nobody'"):
        await rules.put(one.app, 1, "waiting", rule, ANA, new_id())
    await rules.drop(one.app, 1, "waiting", ANA, new_id())
    assert not await one.fires()
    with pytest.raises(NotFound):
        await rules.drop(one.app, 1, "waiting", ANA, new_id())
    [put, drop] = await one.rows("SELECT action, before, after FROM audit_entry ORDER BY id")
    assert '"more_than":9' in put["before"] and "critical" in put["after"]
    assert (drop["action"], drop["after"]) == ("alert.rule.drop", "")
