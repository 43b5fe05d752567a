"""An intake for tests: a home folder, a database, and files that arrive."""

import asyncio
import os
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest

from mtd.core.orders.mapping import Mapping
from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.core.orders.writing import write_xml
from mtd.runtime.app import TENANT, App, open_app
from mtd.runtime.intake import take_in
from mtd.runtime.intake.insisting import insist
from mtd.runtime.operations.operations import Operations
from mtd.runtime.receiving import Receiving
from mtd.runtime.rehearsal.orders.generator import generate
from mtd.runtime.settings.parts import IntakeSettings
from mtd.runtime.settings.settings import Settings, load
from mtd.store.arriving import intake
from mtd.store.arriving.intake import Failure, File
from mtd.store.sessions import Connection
from tests.core.orders.examples import shipped_mappings

ROOT = Path(__file__).parents[3]
UNTIL = datetime(2026, 3, 14, 15, tzinfo=UTC)
PATIENCE_S = 20.0
QUICK = IntakeSettings(
    attempt_backoff="PT0.01S", attempt_backoff_max="PT0.05S", settle="PT0.05S", scan="PT0.2S"
)


def settings(**changes: Any) -> Settings:
    """The reference customer's, with an intake that waits little."""
    if not (ROOT / "customers/default.toml").exists():
        pytest.skip("no customers in this checkout")
    found = load("default", {}, [ROOT / "customers"])
    quick = msgspec.structs.replace(QUICK, **changes)
    return msgspec.structs.replace(found, intake=quick)


def operations_on(app: App) -> Operations:
    """What the intake delivers by."""
    receiving = Receiving(
        tenant=TENANT,
        settings=app.settings,
        vault=app.vault,
        latest="{}@1".format,
        now=app.clock.now,
        chance=os.urandom,
    )
    return Operations(app, TENANT, receiving, shipped_mappings())


class Place:
    """One intake folder and all that is known of it."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.operations = operations_on(app)
        self.home = app.home
        self.folder = app.home / "intake"

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """With the intake at work."""
        stopping = asyncio.Event()
        working = asyncio.create_task(take_in(self.app, self.operations, stopping))
        try:
            yield
        finally:
            stopping.set()
            await working

    def lay(self, path: str, body: bytes) -> Path:
        """A file arrives, renamed into place."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(".part")
        part.write_bytes(body)
        return part.rename(target)

    async def files(self) -> list[File]:
        """Every file that was registered, by id."""

        async def ask(connection: Connection) -> list[File]:
            rows = await connection.fetch("SELECT id::text FROM intake_file")
            return await intake.by_ids(connection, TENANT, [row["id"] for row in rows])

        found = await insist(self.app.store, TENANT, ask)
        return sorted(found, key=lambda file: file.id)

    async def failures(self, file: File) -> list[Failure]:
        """Why its attempts failed."""
        return await insist(self.app.store, TENANT, lambda c: intake.failures(c, TENANT, file.id))

    async def orders(self) -> int:
        """How many orders there are."""
        rows = await insist(
            self.app.store, TENANT, lambda c: c.fetch("SELECT count(*) FROM purchase_order")
        )
        return rows[0][0]

    async def settled(self, count: int) -> list[File]:
        """The files, once `count` of them are settled or wait."""
        return await self.until(
            lambda files: sum(file.state not in ("NEW", "READING") for file in files) >= count
        )

    async def until(self, wanted: Callable[[list[File]], bool]) -> list[File]:
        """The files, once they are as wanted."""
        end_s = time.monotonic() + PATIENCE_S
        while not wanted(files := await self.files()):
            assert time.monotonic() < end_s, files
            await asyncio.sleep(0.02)
        return files

    async def put_away(self, *where: str) -> None:
        """Once these exist below the home folder, and nothing is left in the intake folder."""
        end_s = time.monotonic() + PATIENCE_S
        while any(one.startswith("intake/") for one in self.tree()) or not all(
            (self.home / one).is_file() for one in where
        ):
            assert time.monotonic() < end_s, self.tree()
            await asyncio.sleep(0.02)

    def tree(self) -> list[str]:
        """Every file below the home folder, but for the archive and keys."""
        return sorted(
            str(Path(where, name).relative_to(self.home))
            for folder in ("intake", "done", "waiting", "rejected")
            for where, folders, files in os.walk(self.home / folder)
            for name in (*files, *(one for one in folders if one.startswith(".")))
        )


@asynccontextmanager
async def opened(database: str, home: Path, **changes: Any) -> AsyncGenerator[Place]:
    """A place on a database."""
    app = await open_app(settings(**changes), home, database)
    try:
        yield Place(app)
    finally:
        await app.close()


def an_order(seed: int = 1) -> PurchaseOrder:
    """An order like another."""
    return next(iter(generate(seed, 1, UNTIL)))


def path_of(order: PurchaseOrder, name: str = "") -> str:
    """Where its file arrives."""
    return f"{order.country}/{order.store}/{order.channel}/{name or order.external_id}.xml"


def body_of(order: PurchaseOrder) -> bytes:
    """Its file, in its store's dialect."""
    return write_xml(order, _dialects()[order.store])


@cache
def _dialects() -> dict[str, Mapping]:
    return {mapping.file.store: mapping for mapping in shipped_mappings()}
