"""Hands and memory: one dead or slow legacy never stops the others."""

import asyncio
from collections.abc import Sequence

import pytest

from mtd.connectors.contract import Attempt, Connector, Repeat
from mtd.connectors.wire import Artifact, Wire, Wires
from mtd.core.process.effect import Call
from mtd.core.process.outcome import Answer, Done, Failed, Unknown
from mtd.runtime.clock import Clock
from mtd.runtime.hands.calling import Calling
from mtd.runtime.hands.hands import Hands
from mtd.runtime.hands.intent import Answer as Answered
from mtd.runtime.hands.intent import Intent
from mtd.runtime.tax.desks import Desk
from mtd.runtime.telemetry import Meters
from tests.runtime.conftest import Founded
from tests.runtime.plant import Plant, Run, a_legacy, chain


async def test_a_dead_legacy_parks_its_instances_and_another_flows_on(found: Founded) -> None:
    dead = True

    async def dying(_: Attempt, wire: Wire) -> Answer:
        await asyncio.sleep(0)
        wire.sound = not dead
        return Failed("no connection") if dead else Done()

    plant: Plant = await found(
        chain("sick", ["dead.do"]),
        chain("well", ["live.do"] * 3),
        legacy={
            "dead": a_legacy(breaker_failures=2, breaker_open_s=0.5, concurrency_max=2),
            "live": a_legacy(),
        },
    )
    plant.connect("dead.do", dying)
    plant.connect("live.do")
    for _ in range(30):
        await plant.start("sick")
    async with plant.worker():
        await plant.until("SELECT count(*) >= 26 FROM instance WHERE wake_at > now()")
        assert len(plant.seen["dead.do"]) <= 4
        for _ in range(30):
            await plant.start("well")
        await plant.until_ended(30)
        dead = False
        await plant.until_ended(60)


def slow_until(gate: asyncio.Event) -> Run:
    async def slow(_: Attempt, __: Wire) -> Answer:
        await gate.wait()
        return Done()

    return slow


async def test_slow_legacies_fill_the_memory_and_leave_room_for_the_others(
    found: Founded,
) -> None:
    gate = asyncio.Event()
    slow = [f"slow{n}" for n in range(6)]
    plant: Plant = await found(
        *(chain(name, [f"{name}.do"]) for name in slow),
        chain("quick", ["live.do"] * 2),
        legacy={
            **{name: a_legacy(concurrency_max=2) for name in slow},
            "live": a_legacy(),
        },
        live_max=20,
        batch_max=8,
    )
    for name in slow:
        plant.connect(f"{name}.do", slow_until(gate))
    plant.connect("live.do")
    for name in slow * 12:
        await plant.start(name)
    async with plant.worker():
        await plant.until("SELECT count(*) = 72 FROM instance")
        await plant.until("SELECT count(*) <= 22 FROM instance WHERE wake_at IS NULL")
        for _ in range(20):
            await plant.start("quick")
        await plant.until_ended(20)
        gate.set()
        await plant.rows(
            "UPDATE instance SET wake_at = now() WHERE wake_at > now() AND wake_at < 'infinity'"
        )
        await plant.until_ended(92)


async def test_one_slow_legacy_has_its_share_of_the_memory_and_no_more(found: Founded) -> None:
    gate = asyncio.Event()
    plant: Plant = await found(
        chain("slow", ["slow.do"]), legacy={"slow": a_legacy(concurrency_max=2)}, live_max=40
    )
    plant.connect("slow.do", slow_until(gate))
    for _ in range(30):
        await plant.start("slow")
    async with plant.worker():
        await plant.until("SELECT count(*) = 18 FROM instance WHERE wake_at > now()")
        assert await plant.value("SELECT count(*) FROM instance WHERE wake_at IS NULL") == 12
        gate.set()


async def test_the_rate_holds_and_is_reached(found: Founded) -> None:
    plant: Plant = await found(chain("one", ["far.do"]), legacy={"far": a_legacy(rate_per_s=20.0)})
    plant.connect("far.do")
    for _ in range(40):
        await plant.start("one")
    async with plant.worker():
        began_s = asyncio.get_running_loop().time()
        await plant.until_ended(40)
        took_s = asyncio.get_running_loop().time() - began_s
    assert 0.7 < took_s < 10.0, "as fast as the rate allows, and not one a second"


@pytest.mark.parametrize(
    ("repeat", "attempts", "code"),
    [(Repeat.NEVER, 1, "IN_DOUBT"), (Repeat.BY_KEY, 3, "TECHNICAL_FAILURE")],
)
async def test_what_cannot_be_repeated_and_may_have_been_made_is_a_persons_to_settle(
    found: Founded, repeat: Repeat, attempts: int, code: str
) -> None:
    async def lost(_: Attempt, __: Wire) -> Answer:
        return Unknown("no whole answer")

    plant: Plant = await found(chain("one", ["far.do"]), legacy={"far": a_legacy()})
    plant.connect("far.do", lost, repeat)
    id_ = await plant.start("one")
    async with plant.worker():
        await plant.until("SELECT count(*) = 1 FROM incident")
        assert await plant.code(id_) == code
        assert len(plant.seen["far.do"]) == attempts


def an_intent(wait: int) -> Intent:
    return Intent(
        tenant=1,
        instance="instance",
        process="any",
        wait=wait,
        visit=f"v{wait}",
        element="step",
        business_key="key",
        call=Call("far.do", {}),
        order=None,
        sealing=None,
        unreadable=None,
    )


async def nothing(_: Intent, __: Sequence[Artifact]) -> None:
    """These calls bring nothing back."""


def no_desk(_: Intent) -> Desk:
    """These calls are made over a wire."""
    raise AssertionError


@pytest.mark.parametrize("still", [True, False])
async def test_a_call_that_stood_in_line_is_made_by_whoever_may_still_make_it(still: bool) -> None:
    """A lease may lapse between a commit and its call: it is asked after before each send."""
    gate, begun = asyncio.Event(), asyncio.Event()
    sent: list[str] = []
    answers: list[Answered] = []
    put_off: list[int] = []
    over = asyncio.Event()
    may = True

    async def far(attempt: Attempt, _: Wire) -> Answer:
        sent.append(attempt.key)
        begun.set()
        await gate.wait()
        return Done()

    def answered(answer: Answered) -> None:
        answers.append(answer)
        if len(answers) + len(put_off) == 2:
            over.set()

    def later(intent: Intent, _: float, /, held_by: str | None = None) -> None:
        put_off.append(intent.wait)
        over.set()

    def may_send(_: Intent) -> bool:
        return may

    legacy = {"far": a_legacy(concurrency_max=1)}
    clock = Clock()
    wires = Wires(legacy, environment={}, now=clock.now)
    calling = Calling(
        connectors={"far.do": Connector("far.do", far, Repeat.NEVER)},
        wires=wires,
        clock=clock,
        meters=Meters(),
        keep=nothing,
        lay=no_desk,
        mailroom=lambda _: None,
    )
    hands = Hands(
        calling,
        legacy=legacy,
        queue_max=10,
        chance=lambda: 0.0,
        answered=answered,
        put_off=later,
        may_send=may_send,
        paused_by=lambda _, __: None,
    )
    hands.act([an_intent(1), an_intent(2)])
    async with asyncio.timeout(5):
        await begun.wait()
        may = still
        gate.set()
        await over.wait()
    await wires.close()
    assert len(sent) == len(answers) == (2 if still else 1)
    assert put_off == ([] if still else [2])
    assert hands.running == 0
