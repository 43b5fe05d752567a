"""A house: each part of MTD a process of its own, on its own PostgreSQL, that may be killed."""

import asyncio
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.runtime.app import TENANT, open_app
from mtd.runtime.database import URL, database, persisted
from mtd.runtime.intake.dialects import dialects
from mtd.runtime.operations.deploying import first_key, prepared
from mtd.runtime.rehearsal.crew import server
from mtd.runtime.rehearsal.feeding import feed
from mtd.runtime.rehearsal.figures import Check
from mtd.runtime.rehearsal.stage import Stage, intake_folder, set_up
from mtd.runtime.rehearsal.stress.load import files
from mtd.runtime.rehearsal.stress.standing import concluded, settled, standing
from mtd.runtime.settings.settings import load
from mtd.runtime.supervising import Child, parts
from mtd.store.operations import gauges

ROOT = Path(__file__).parents[2]
CUSTOMER = "demo"
POSTGRES = "PostgreSQL"
QUIET = {"latency_scale": 0, "time_scale": 0, "default_faults": False}
"""A town with no faults but those that a test orders."""
PATIENT = {"MTD__DURATIONS__DTE_DEADLINE": "PT15M", "MTD__INTAKE__SCAN": "PT0.5S"}
"""Nobody gives a document up because a worker was dead for a while."""
SETTLE_S = 75.0
COMMAND_S = 60.0


class House:
    """What a test may do to it."""

    def __init__(self, stage: Stage, dsn: str, started: Callable[[], list[Child]]) -> None:
        self.stage = stage
        self.dsn = dsn
        self.started = started
        """The parts anew, as after a new start of the machine."""
        self.sent: list[PurchaseOrder] = []

    async def feed(self, orders: Sequence[PurchaseOrder]) -> None:
        """Put the files of these orders into the intake folder."""
        app = self.stage.app
        known = dialects(app.settings, [ROOT / "customers"])
        await feed(intake_folder(app), files(orders, known))
        self.sent += orders

    def part(self, name: str) -> Child:
        return next(child for child in self.stage.children if child.name == name)

    async def kill(self, name: str) -> None:
        """`kill -9` of a part, or of PostgreSQL."""
        if name == POSTGRES:
            pid = await persisted(lambda: server(self.stage.app))
        else:
            pid = await self._alive(self.part(name))
        assert pid is not None
        os.kill(pid, signal.SIGKILL)

    async def mtd(self, *arguments: str, code: int = 0) -> str:
        """What the real command says, which must end with this code."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "mtd", *arguments),
            cwd=ROOT,
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT / "src"),
                "MTD_HOME": str(self.stage.app.home),
                URL: self.dsn,
            },
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        async with asyncio.timeout(COMMAND_S):
            said, _ = await process.communicate()
        assert process.returncode == code, said.decode()
        return said.decode()

    async def concluded(self, *, killed: int = 0) -> list[Check]:
        """What must hold once all that was sent has ended; those that do not."""
        try:
            async with asyncio.timeout(SETTLE_S):
                await settled(self.stage, len(self.sent))
        except TimeoutError:
            raise AssertionError(f"not ended in time:\n{await self._unended()}") from None
        found = await concluded(self.stage, self.sent, killed=killed)
        return [check for check in found if not check.passed]

    async def _unended(self) -> str:
        """The states of all, and the way of the first that did not end."""
        states = await standing(self.stage)
        left = await gauges.unsettled(self.stage.app.store, TENANT)
        way = await self.mtd("order", "show", left[0].key) if left else ""
        return f"{dict(states)}, {len(self.sent)} sent\n{way}"

    async def _alive(self, part: Child) -> int:
        async with asyncio.timeout(COMMAND_S):
            while part.pid is None:  # noqa: ASYNC110 its supervisor starts it
                await asyncio.sleep(0.05)
        return part.pid


@asynccontextmanager
async def open_house(
    town: Mapping[str, Any] = QUIET,
    environment: Mapping[str, str] = PATIENT,
    customer: str = CUSTOMER,
) -> AsyncGenerator[House]:
    """Database, town, API, intake and two workers, for as long as this is open."""
    home = Path(tempfile.mkdtemp(prefix="mtd-test-"))
    home.chmod(0o711)
    async with AsyncExitStack() as stack:
        stack.callback(shutil.rmtree, home, ignore_errors=True)
        dsn = await stack.enter_async_context(database(home, {}))
        app = await open_app(load(customer, environment, [ROOT / "customers"]), home, dsn)
        stack.push_async_callback(app.close)
        await prepared(app, [ROOT / "processes", ROOT / "benchmarks" / "stress"])

        led: dict[str, str] = dict(environment)

        def started() -> list[Child]:
            return parts(app.settings, dsn, home, customer, led)

        def first(more: Mapping[str, str]) -> list[Child]:
            led.update(more)
            return started()

        stage = await stack.enter_async_context(set_up(app, await first_key(app), town, first))
        yield House(stage, dsn, started)
