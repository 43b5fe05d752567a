"""Works: an app at work on a real database, with a library of what a test deploys."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from mtd.core.process.trigger import Start, Submitted
from mtd.runtime.app import TENANT, App, open_app
from mtd.runtime.definitions.packing import File
from mtd.runtime.engine.working import work
from mtd.runtime.operations.deploying import Outcome, deploy, listed
from mtd.runtime.settings.parts import Route
from mtd.runtime.settings.settings import Settings
from mtd.store.arriving.arrival import Accepted, ForInstance, NewInstance
from tests.store.making import new_id

SETTINGS = Settings(customer="test", processes=[], routes=[Route(process="any")], stores={})
PERSON = '[user."review"]\nrole = "agent"\n'


class Works:
    """An app at work, and what a test lets happen to it."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def deploy(self, *files: File, **more: Any) -> Outcome:
        return await deploy(self.app, TENANT, files, "me", **more)

    async def start(self, definition: str) -> str:
        id_ = new_id()
        trigger = msgspec.json.encode(Start(at=datetime.now(UTC)))
        arrival = NewInstance(
            tenant=1, id=id_, definition=definition, key=id_, trigger=trigger, source="test",
            message_id=id_,
        )  # fmt: skip
        assert isinstance((await self.app.store.deliver([arrival]))[0], Accepted)
        return id_

    async def review(self, instance: str) -> None:
        """The one task of the instance is done, once it is there."""
        (task,) = await self.rows(
            "SELECT wait FROM user_task WHERE instance_id = $1 AND closed_at IS NULL", instance
        )
        id_ = new_id()
        trigger = Submitted(at=datetime.now(UTC), wait=task["wait"])
        arrival = ForInstance(
            tenant=1, id=id_, instance=instance, trigger=msgspec.json.encode(trigger),
            source="test", message_id=id_,
        )  # fmt: skip
        await self.app.store.deliver([arrival])

    async def consulted(self, instance: str) -> list[str]:
        """What the journal of the instance cites, once it is over."""
        await self.rows("SELECT 1 FROM instance WHERE id = $1 AND state = 'COMPLETED'", instance)
        rows = await self.rows(
            "SELECT payload FROM journal WHERE instance_id = $1 ORDER BY seq", instance
        )
        facts = [fact for row in rows for fact in msgspec.json.decode(row["payload"])[2]]
        return [fact[1] for fact in facts if fact[0] == "table"]

    async def rows(self, sql: str, *args: Any) -> list[Any]:
        """The rows, once there are some."""
        async with asyncio.timeout(20):
            while True:
                async with self.app.store.door(1) as connection:
                    if rows := await connection.fetch(sql, *args):
                        return rows
                await asyncio.sleep(0.02)

    async def versions(self) -> list[tuple[str, int, str]]:
        found = await listed(self.app, TENANT)
        return [(one.name, one.version, one.tag) for one in found]


@asynccontextmanager
async def at_work(database: str, home: Path) -> AsyncGenerator[Works]:
    """A worker with a library of its own, as another process has."""
    app = await open_app(SETTINGS, home, database)
    worker = await open_app(SETTINGS, home, database)
    stopping = asyncio.Event()
    working = asyncio.create_task(work(worker, {}, stopping))
    yield Works(app)
    stopping.set()
    await working
    await worker.close()
    await app.close()
