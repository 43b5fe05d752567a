"""The real API on loopback, before a real database and a working worker."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from mtd.connectors.order import CONNECTORS
from mtd.faces.api.application import application
from mtd.faces.cli.starting import operations_of
from mtd.faces.serving import serve
from mtd.runtime.app import TENANT, App, open_app
from mtd.runtime.bulk.executing import carry_out
from mtd.runtime.engine.working import work
from mtd.runtime.operations.deploying import deploy_all, first_key
from mtd.runtime.settings.parts import ApiSettings, Route
from mtd.runtime.settings.settings import Settings

HERE = Path(__file__).parent
SETTINGS = Settings(
    customer="test", processes=["short.bpmn"], routes=[Route(process="short")], stores={}
)


class Api:
    """What a client holds: an address and a key."""

    def __init__(self, session: aiohttp.ClientSession, url: str, key: str, app: App) -> None:
        self.session = session
        self.url = url
        self.key = key
        self.app = app
        """What serves it, in the same process."""

    async def get(self, path: str, **more: Any) -> tuple[int, Any]:
        """Status and JSON of a GET."""
        async with self.session.get(path, **more) as answer:
            return answer.status, await answer.json(content_type=None)

    async def post(self, path: str, **more: Any) -> tuple[int, Any]:
        """Status and JSON of a POST."""
        async with self.session.post(path, **more) as answer:
            return answer.status, await answer.json(content_type=None)

    async def some(self, path: str, none: bool = False) -> list[Any]:
        """The list at `path` once there is something in it, or nothing any more."""
        async with asyncio.timeout(10):
            while True:
                _, found = await self.get(path)
                if bool(found) is not none:
                    return found
                await asyncio.sleep(0.02)


@pytest.fixture
async def api(database: str, tmp_path: Path) -> AsyncGenerator[Api]:
    async with serving(SETTINGS, database, tmp_path) as client:
        yield client


@asynccontextmanager
async def serving(settings: Settings, database: str, home: Path) -> AsyncGenerator[Api]:
    """An API before a database, with these settings."""
    app = await open_app(settings, home, database)
    await deploy_all(app, [HERE])
    key = await first_key(app)
    stopping = asyncio.Event()
    port = free_port()
    tasks = [
        asyncio.create_task(work(app, {one.name: one for one in CONNECTORS}, stopping)),
        asyncio.create_task(carry_out(app, TENANT, stopping)),
        asyncio.create_task(
            serve(application(await operations_of(app)), ApiSettings(port=port), stopping)
        ),
    ]
    headers = {"Authorization": f"Bearer {key}"}
    url = f"http://127.0.0.1:{port}"
    async with aiohttp.ClientSession(url, headers=headers) as session:
        client = Api(session, url, key, app)
        await ready(client, tasks)
        yield client
    stopping.set()
    await asyncio.gather(*tasks)
    await app.close()


async def ready(client: Api, tasks: list[asyncio.Task[None]]) -> None:
    """Until somebody listens and works."""
    async with asyncio.timeout(10):
        while True:
            for task in tasks:
                assert not task.done(), task.exception()
            try:
                status, body = await client.get("/health")
                if status == 200 and body["workers"]:
                    return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.02)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
