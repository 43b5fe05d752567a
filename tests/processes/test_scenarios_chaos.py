"""Acceptance scenarios of chaos (§8): every process of MTD dies, and the database as a whole."""

import asyncio
import os
import signal
from collections.abc import Mapping
from pathlib import Path
from random import Random

import asyncpg

from mtd.core.orders.states import OrderState
from mtd.runtime.rehearsal.orders.generator import generate
from mtd.runtime.rehearsal.stress.doubts import credit, known
from mtd.runtime.rehearsal.stress.load import SYSTEMS
from mtd.runtime.rehearsal.stress.standing import standing, until
from mtd.runtime.supervising import Child
from tests.processes.house import PATIENT, POSTGRES, SETTLE_S, House, open_house

SEED = 7
ORDERS = 40
RESTORED = 20
PARTS = ("api", "intake", "worker-1", "worker-2")
BREATH_S = (0.3, 1.2)
"""Between two deaths."""
SILENCE_S = 3.0
LOOK_S = 0.1
CREDITS = 6
TOLD_OF_SALES = ("eom", "salessupport")
SINCE_BACKUP = 9
"""So much each of those has heard between the backup and the loss: parallel paths, which come in
another order afterwards."""
SLOW = {
    "latency_scale": 1,
    "time_scale": 0.0005,
    "default_faults": False,
    "systems": {
        "loyalty": {"median_ms": 8000, "p99_ms": 9000},
        "eom": {"median_ms": 1500, "p99_ms": 2500},
        "salessupport": {"median_ms": 1500, "p99_ms": 2500},
    },
}
"""Of what can neither be asked after nor told twice, all is under way when the backup is made; of
what is told of sales, enough is still to come, also where the backup takes its time."""

TWO_BY_PAPERLESS = {
    f"MTD__ISSUERS__{store}__PROVIDER": "cl.paperless" for store in ("UMBRALE", "CARTERS")
}
"""The third store's documents are our own: their folios outlive the database."""


async def test_kill_each_process_randomly() -> None:
    """Order and times of the deaths are the seed's; the orders flow on all the while."""
    chance = Random(SEED)
    victims = [*PARTS, POSTGRES]
    chance.shuffle(victims)
    async with open_house() as house:
        orders = list(generate(SEED, ORDERS, house.stage.app.clock.now()))
        each = ORDERS // len(victims)
        for n, victim in enumerate(victims):
            await house.feed(orders[n * each : (n + 1) * each])
            await asyncio.sleep(chance.uniform(*BREATH_S))
            await house.kill(victim)
        assert await house.concluded(killed=len(PARTS)) == []
        assert [house.part(name).deaths for name in PARTS] == [1] * len(PARTS)


async def seen(house: House) -> dict[str, int]:
    """How many attempts and effects each system saw."""
    return {name: len(await house.stage.town.ledger(name)) for name in SYSTEMS}


async def test_restore_backup_continues(tmp_path: Path) -> None:
    """What was sent between the backup and the loss is sent again: under the keys of then.

    What can be neither asked after nor told twice is shown as in doubt. The API is down meanwhile:
    what others told in that time they tell again, as they do for whom they could not reach.
    """
    async with open_house(SLOW, {**PATIENT, **TWO_BY_PAPERLESS}, customer="stress") as house:
        stage = house.stage
        orders = list(generate(SEED, RESTORED, stage.app.clock.now()))
        await house.feed(orders)
        await until(stage, lambda states: states.total() == RESTORED)
        await credit(stage.app, "restored", range(CREDITS))
        await _ended(house.part("api"))
        await house.mtd("db", "backup", str(tmp_path / "mtd.dump"))
        at_backup = await seen(house)
        await _sent_since(house, at_backup)
        await asyncio.gather(*(_ended(child) for child in stage.children if child.pid))
        await _destroyed(house.dsn)
        assert "connectors are paused" in await house.mtd(
            "db", "restore", str(tmp_path / "mtd.dump")
        )

        standing_still = await seen(house)
        _start_anew(house)
        states = await standing(stage)
        assert states.total() == RESTORED
        assert states[OrderState.CLOSED.value] < RESTORED, "all had ended before the backup"
        await asyncio.sleep(SILENCE_S)
        assert await seen(house) == standing_still, "nothing leaves until it is released"
        await house.mtd("db", "release")
        assert await house.concluded() == []
        assert [one for one in await known(stage, CREDITS) if not one.passed] == []


async def _sent_since(house: House, before: Mapping[str, int]) -> None:
    """Until there is enough that might be repeated."""
    async with asyncio.timeout(SETTLE_S):
        while True:
            now = await seen(house)
            if all(now[name] >= before[name] + SINCE_BACKUP for name in TOLD_OF_SALES):
                return
            await asyncio.sleep(LOOK_S)


async def _ended(child: Child) -> None:
    """`kill -9`, and not started again."""
    pid = child.pid
    stopping = asyncio.create_task(child.stop())
    await asyncio.sleep(0)
    if pid is not None:
        os.kill(pid, signal.SIGKILL)
    await stopping


async def _destroyed(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    finally:
        await connection.close()


def _start_anew(house: House) -> None:
    """The parts as after a new start of the machine, led to the same town."""
    house.stage.children[:] = house.started()
    for child in house.stage.children:
        child.start()
