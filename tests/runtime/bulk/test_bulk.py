"""Bulk actions on a real database: never wider than shown, each item once, whatever crashes."""

import asyncio
import os
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from mtd.connectors.contract import Attempt
from mtd.connectors.wire import Wire
from mtd.core.process.outcome import Answer, Done, Failed
from mtd.runtime.bulk import acting, executing
from mtd.runtime.bulk.acting import Shown
from mtd.runtime.bulk.asked import Arguments, Wish
from mtd.runtime.operations.following import Line
from mtd.runtime.operations.operations import Conflict, Operations
from mtd.runtime.receiving import Receiving
from mtd.store.operations import bulk as bulks
from mtd.store.operations.standings import Filter
from tests.runtime.conftest import Founded
from tests.runtime.plant import PATIENCE_S, Plant, a_legacy, chain

FLOW = chain("flow", ["far.do", "near.do"], states=["VALIDATED"], backoff_s=0.01)
FAILED_ONES = "SELECT count(*) >= $1 FROM incident WHERE settled_at IS NULL"
CHANGED = "SELECT count(*) FROM journal WHERE kind = 'changed'"


@pytest.fixture(autouse=True)
def quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mtd.runtime.bulk.executing.LOOK_S", 0.05)


class Sick:
    """A connector that fails for some orders, until they are healed."""

    def __init__(self) -> None:
        self.well: set[str] = set()
        self.all_well = False

    async def run(self, attempt: Attempt, wire: Wire) -> Answer:
        instance = attempt.key.partition(":")[0]
        return Done() if self.all_well or instance in self.well else Failed("no connection")


async def a_plant(found: Founded, sick: Sick) -> Plant:
    plant: Plant = await found(FLOW, legacy={"far": a_legacy(), "near": a_legacy()})
    plant.connect("far.do", sick.run)
    plant.connect("near.do")
    return plant


@asynccontextmanager
async def at_work(plant: Plant) -> AsyncGenerator[None]:
    """A worker that carries bulk actions out, too."""
    stopping = asyncio.Event()
    carrying = asyncio.create_task(executing.carry_out(plant.app, 1, stopping))
    try:
        async with plant.worker():
            yield
    finally:
        stopping.set()
        await carrying


def operations(plant: Plant) -> Operations:
    receiving = Receiving(
        tenant=1,
        settings=plant.app.settings,
        vault=plant.app.vault,
        latest=lambda _: "flow@1",
        now=plant.app.clock.now,
        chance=os.urandom,
    )
    return Operations(plant.app, 1, receiving)


def a_wish(**more: Any) -> Wish:
    usual: dict[str, Any] = {
        "name": "after the outage", "action": "retry", "actor": "ana", "reason": "it is back",
        "rate_per_s": 1000.0,
    }  # fmt: skip
    return Wish(**{**usual, **more})


async def until(look: Callable[[], Awaitable[Shown]], done: Callable[[Shown], bool]) -> Shown:
    async with asyncio.timeout(PATIENCE_S):
        while not done(shown := await look()):  # noqa: ASYNC110 the database tells
            await asyncio.sleep(0.02)
    return shown


async def started(people: Operations, shown: Shown) -> None:
    await acting.rule(people, shown.bulk.id, "STARTED", "ana", "go")


async def over(people: Operations, id_: str) -> Shown:
    return await until(
        lambda: acting.shown(people, id_), lambda shown: shown.bulk.ended_at is not None
    )


async def test_a_retry_is_for_those_that_were_shown_and_tells_who_left_the_failed_state(
    found: Founded,
) -> None:
    sick = Sick()
    plant = await a_plant(found, sick)
    people = operations(plant)
    async with at_work(plant):
        ids = await plant.orders("flow", 6)
        await plant.until(FAILED_ONES, 6)
        shown = await acting.preview(people, a_wish(filter=Filter(state="EXCEPTION")))
        assert (shown.bulk.state, shown.bulk.items, shown.bulk.pending) == ("PREVIEWED", 6, 6)
        assert shown.samples[0].would[:2] == (
            "TECHNICAL_FAILURE at t0: no connection",
            "opens t0: service far.do",
        )
        assert shown.samples[0].told == (
            Line(key="incident", code="TECHNICAL_FAILURE", what="no connection", where="t0"),
            Line(key="calls", what="far.do", where="t0"),
            Line(key="stands", what="t0"),
        )
        [late] = await plant.orders("flow", 1, seed=2)
        await plant.until(FAILED_ONES, 7)
        tried = len(plant.seen["far.do"])
        sick.well = {*ids[:4], late}
        await started(people, shown)
        done = await over(people, shown.bulk.id)
        assert (done.bulk.state, done.bulk.succeeded, done.bulk.failed) == ("DONE", 4, 2)
        assert len(plant.seen["far.do"]) == tried + 4 + 2 * 3, "the late one was not touched"
        failed = await acting.page(people, shown.bulk.id, "FAILED", -1, 9)
        assert {one.target for one in failed} == set(ids[4:])
        assert all("no connection" in one.said for one in failed)
        assert await plant.code(late) is not None

        again = await acting.again(people, shown.bulk.id, "ana", "now")
        assert (again.bulk.items, again.bulk.again_of) == (2, shown.bulk.id)
        sick.all_well = True
        await started(people, again)
        assert (await over(people, again.bulk.id)).bulk.succeeded == 2
        await plant.until_ended(6)
        with pytest.raises(Conflict, match="nothing of it failed"):
            await acting.again(people, again.bulk.id, "ana", "now")
        rows = (await acting.table(people, shown.bulk.id)).splitlines()
        assert (len(rows), rows[0].split(",")[:4]) == (7, ["n", "key", "target", "state"])


async def test_who_stands_otherwise_by_now_is_left_alone(found: Founded) -> None:
    """One went on, and one failed anew: neither is what was shown."""
    sick = Sick()
    plant = await a_plant(found, sick)
    people = operations(plant)
    async with at_work(plant):
        ids = sorted(await plant.orders("flow", 3))
        await plant.until(FAILED_ONES, 3)
        shown = await acting.preview(people, a_wish(orders=ids))
        await plant.retry(ids[1])
        again = "SELECT count(*) = 2 FROM incident WHERE instance_id = $1"
        await plant.until(again, ids[1])
        sick.all_well = True
        await plant.retry(ids[0])
        await plant.until_ended(1)
        await started(people, shown)
        done = await over(people, shown.bulk.id)
        assert (done.bulk.succeeded, done.bulk.skipped) == (1, 2)
        assert [one.target for one in done.skipped] == ids[:2]
        assert "settled meanwhile" in done.skipped[1].said
        assert (await plant.kinds(ids[1])).count("retried") == 1
        assert await plant.code(ids[1]) is not None


async def test_who_aborts_waits_for_what_is_just_leaving(
    found: Founded, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaving, go = asyncio.Event(), asyncio.Event()
    send = executing.send

    async def slow(*values: Any) -> Any:
        leaving.set()
        await go.wait()
        return await send(*values)

    monkeypatch.setattr(executing, "send", slow)
    plant = await a_plant(found, Sick())
    people = operations(plant)
    async with at_work(plant):
        await plant.orders("flow", 8)
        await plant.until(FAILED_ONES, 8)
        wish = a_wish(action="set", arguments=Arguments(variables={"n": 1}), rate_per_s=3.0)
        shown = await acting.preview(people, wish)
        await started(people, shown)
        async with asyncio.timeout(PATIENCE_S):
            await leaving.wait()
        word = acting.rule(people, shown.bulk.id, "ABORTED", "ana", "stop")
        aborting = asyncio.create_task(word)
        await asyncio.sleep(0.3)
        too_early = aborting.done()
        go.set()
        await aborting
        assert not too_early
        done = await over(people, shown.bulk.id)
    assert (done.bulk.succeeded, done.bulk.skipped) == (3, 5)
    assert await plant.value(CHANGED) == 3


async def test_it_is_paused_goes_on_and_is_aborted(found: Founded) -> None:
    plant = await a_plant(found, Sick())
    people = operations(plant)
    async with at_work(plant):
        await plant.orders("flow", 30)
        await plant.until(FAILED_ONES, 30)
        wish = a_wish(action="set", arguments=Arguments(variables={"n": 1}), rate_per_s=10.0)
        shown = await acting.preview(people, wish)
        await started(people, shown)
        id_ = shown.bulk.id

        async def look() -> Shown:
            return await acting.shown(people, id_)

        await until(look, lambda shown: shown.bulk.succeeded >= 3)
        await acting.rule(people, id_, "PAUSED", "ana", "wait")
        resting = await until(look, lambda shown: shown.bulk.sent == 0)
        await asyncio.sleep(0.4)
        assert (await look()).bulk.pending == resting.bulk.pending > 0
        await acting.rule(people, id_, "RESUMED", "ana", "on")
        await until(look, lambda shown: shown.bulk.pending < resting.bulk.pending)
        await acting.rule(people, id_, "ABORTED", "ana", "enough")
        done = await over(people, id_)
        assert done.bulk.state == "ABORTED"
        assert done.bulk.pending == 0 < done.bulk.skipped
        assert done.bulk.succeeded + done.bulk.skipped == 30
        assert await plant.value(CHANGED) == done.bulk.succeeded
        told = [one.ruling for one in done.rulings]
        assert told == ["PREVIEWED", "STARTED", "PAUSED", "RESUMED", "ABORTED"]
        with pytest.raises(Conflict, match="it is aborted"):
            await acting.rule(people, id_, "RESUMED", "ana", "on")


@pytest.mark.parametrize(("action", "kind"), [("set", "changed"), ("retry", "retried")])
async def test_whoever_goes_on_after_a_crash_does_nothing_twice(
    found: Founded, monkeypatch: pytest.MonkeyPatch, action: str, kind: str
) -> None:
    """Again and again one dies when the door has taken items in, and before that is kept."""
    sick = Sick()
    plant = await a_plant(found, sick)
    people = operations(plant)
    settle, deaths = bulks.settle, 0

    async def dying(*values: Any) -> None:
        nonlocal deaths
        deaths += 1
        if deaths % 2:
            raise ConnectionError("it dies here")
        await settle(*values)

    monkeypatch.setattr(executing.bulks, "settle", dying)
    async with at_work(plant), at_work(plant):
        await plant.orders("flow", 20)
        await plant.until(FAILED_ONES, 20)
        sick.all_well = True
        variables = Arguments(variables={"n": 1})
        wish = a_wish(action=action, arguments=variables, rate_per_s=10.0)
        shown = await acting.preview(people, wish)
        await started(people, shown)
        done = await over(people, shown.bulk.id)
    assert deaths > 4
    assert (done.bulk.succeeded, done.bulk.failed) == (20, 0)
    rows = await plant.rows("SELECT instance_id FROM journal WHERE kind = $1", kind)
    assert len(rows) == len({row[0] for row in rows}) == 20
    moments = [row[0] for row in await plant.rows("SELECT sent_at FROM bulk_item")]
    second = timedelta(seconds=1)
    assert max(sum(at <= one < at + second for one in moments) for at in moments) <= 10


async def test_what_makes_no_sense_or_is_for_nobody_is_refused(found: Founded) -> None:
    plant = await a_plant(found, Sick())
    people = operations(plant)
    for wish, words in (
        (a_wish(), "for nobody"),
        (a_wish(action="set"), "takes `arguments.variables`"),
        (a_wish(action="migrate"), "takes `arguments.to`"),
        (a_wish(action="push", orders=["x"]), "files are pushed"),
        (a_wish(files=["x"]), "files can only be pushed"),
    ):
        with pytest.raises(Conflict, match=words):
            await acting.preview(people, wish)
