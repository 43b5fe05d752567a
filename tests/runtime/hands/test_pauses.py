"""What is paused makes no call, on a real database; lifted, each call is made once."""

from datetime import UTC, datetime

import pytest

from mtd.connectors.contract import Attempt
from mtd.connectors.wire import Wire
from mtd.core.process.outcome import Answer, Done
from mtd.runtime.hands import pauses as heeding
from mtd.store.operations import pauses
from mtd.store.operations.pauses import Kind, Pause
from tests.runtime.conftest import Founded
from tests.runtime.plant import Plant, a_legacy, chain
from tests.store.making import new_id

HELD = "SELECT count(*) = $1 FROM instance WHERE held_by IS NOT NULL AND wake_at > now()"
FLOW = chain("flow", ["near.do", "far.do"])
LEGACY = {"near": a_legacy(), "far": a_legacy(concurrency_max=1)}


@pytest.fixture(autouse=True)
def quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mtd.runtime.engine.working.LOOK_S", 0.05)


async def paused(plant: Plant, kind: Kind, name: str, process: str = "") -> str:
    """Somebody pauses it; the pause's id."""
    made = Pause(
        tenant=1, id=new_id(), kind=kind, process=process, name=name, label=name,
        at=datetime.now(UTC), actor="ana", reason="they move house",
    )  # fmt: skip
    async with plant.app.store.door(1) as connection:
        assert await pauses.begin(connection, 1, [made]) == [made.id]
    return made.id


async def lifted(plant: Plant, id_: str) -> None:
    async with plant.app.store.door(1) as connection:
        assert await pauses.lift(connection, 1, [id_], actor="ana", reason="done") == [id_]


async def a_plant(found: Founded) -> Plant:
    plant: Plant = await found(FLOW, legacy=LEGACY)
    plant.connect("near.do")
    plant.connect("far.do")
    return plant


@pytest.mark.parametrize(
    ("kind", "name", "process"), [("counterpart", "far", ""), ("step", "t1", "flow")]
)
async def test_what_is_paused_waits_survives_its_worker_and_is_called_once(
    found: Founded, kind: Kind, name: str, process: str
) -> None:
    plant = await a_plant(found)
    id_ = await paused(plant, kind, name, process)
    flowing = [await plant.start("flow") for _ in range(5)]
    async with plant.worker():
        await plant.until(HELD, len(flowing))
    async with plant.worker():
        late = await plant.start("flow")
        await plant.until(HELD, len(flowing) + 1)
        assert len(plant.seen["near.do"]) == len(flowing) + 1
        assert "far.do" not in plant.seen
        async with plant.app.store.door(1) as connection:
            (shown,) = await pauses.listing(connection, 1, only_open=True)
            held = await pauses.held(connection, 1, id_, limit=9)
        assert (shown.held, shown.actor, shown.reason) == (6, "ana", "they move house")
        assert sorted(one.id for one in held) == sorted([*flowing, late])
        await lifted(plant, id_)
        await plant.until_ended(len(flowing) + 1)
    assert len(plant.seen["far.do"]) == len(flowing) + 1
    for instance in (*flowing, late):
        assert (await plant.kinds(instance)).count("held") == 1
    assert await plant.value("SELECT count(*) FROM instance WHERE held_by IS NOT NULL") == 0


async def test_whoever_stands_in_line_when_a_pause_comes_goes_home(found: Founded) -> None:
    plant: Plant = await found(FLOW, legacy=LEGACY)
    gates = 0

    async def slow(attempt: Attempt, wire: Wire) -> Answer:
        nonlocal gates
        gates += 1
        if gates == 1:
            await plant.until("SELECT count(*) >= 2 FROM instance WHERE held_by IS NOT NULL")
        return Done()

    plant.connect("near.do")
    plant.connect("far.do", slow)
    async with plant.worker():
        for _ in range(3):
            await plant.start("flow")
        await plant.until_seen("far.do", 1)
        id_ = await paused(plant, "counterpart", "far")
        await plant.until_ended(1)
        await plant.until(HELD, 2)
        await lifted(plant, id_)
        await plant.until_ended(3)
    assert len(plant.seen["far.do"]) == 3


async def test_a_paused_store_holds_its_own_orders_alone(found: Founded) -> None:
    plant = await a_plant(found)
    ids = await plant.orders("flow", 12)
    rows = await plant.rows("SELECT id::text, store FROM purchase_order")
    of_paris = [row["id"] for row in rows if row["store"] == "paris"]
    assert 0 < len(of_paris) < len(ids)
    id_ = await paused(plant, "store", "paris")
    async with plant.worker():
        await plant.until_ended(len(ids) - len(of_paris))
        await plant.until(HELD, len(of_paris))
        assert len(plant.seen["near.do"]) == len(ids) - len(of_paris)
        await lifted(plant, id_)
        await plant.until_ended(len(ids))
    assert len(plant.seen["near.do"]) == len(plant.seen["far.do"]) == len(ids)


async def test_a_pause_of_what_is_paused_is_none(found: Founded) -> None:
    plant = await a_plant(found)
    await paused(plant, "channel", "kiosk")
    with pytest.raises(AssertionError):
        await paused(plant, "channel", "kiosk")


def test_elements_of_called_processes_belong_to_those() -> None:
    assert heeding.place("flow", "t1") == ("flow", "t1")
    assert heeding.place("flow", "billing@3:pay") == ("billing", "pay")
