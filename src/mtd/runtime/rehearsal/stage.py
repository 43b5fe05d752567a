"""The stage of a rehearsal: town, database, API, intake and workers, set up and taken down."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from mtd.runtime.app import App
from mtd.runtime.rehearsal.agent import ANSWERS, Agent
from mtd.runtime.rehearsal.furnishing import furnish
from mtd.runtime.rehearsal.town import Town, environment
from mtd.runtime.supervising import Child

READY_S = 30.0


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """What a rehearsal plays on."""

    app: App
    town: Town
    api: aiohttp.ClientSession
    api_url: str
    portal_url: str
    """Where the portal is, if it is one of the parts."""
    children: list[Child]

    async def counts(self) -> dict[str, dict[str, int]]:
        """Orders and files by state."""
        async with self.api.get("/counts") as answer:
            return await answer.json()


@asynccontextmanager
async def set_up(
    app: App,
    key: str,
    town_settings: Mapping[str, Any],
    parts: Callable[[Mapping[str, str]], list[Child]],
) -> AsyncGenerator[Stage]:
    """Everything runs, and a scripted agent answers the tasks, for as long as this is open."""
    port, door = _free_port(), _free_port()
    url = f"http://127.0.0.1:{port}"
    town = await Town.open({**town_settings, "callback": {"url": url, "api_key": key}})
    led = environment(town.urls, app.settings.legacy) | await furnish(app, town)
    ports = {"MTD__API__PORT": str(port), "MTD__PORTAL__PORT": str(door)}
    children = parts({**ports, **led})
    for child in children:
        child.start()
    headers = {"Authorization": f"Bearer {key}"}
    session = aiohttp.ClientSession(base_url=url, headers=headers, trust_env=False)
    stopping = asyncio.Event()
    agent = asyncio.create_task(Agent(session, ANSWERS).work(stopping))
    try:
        await _ready(session)
        yield Stage(
            app=app,
            town=town,
            api=session,
            api_url=url,
            portal_url=f"http://127.0.0.1:{door}",
            children=children,
        )
    finally:
        stopping.set()
        await agent
        await asyncio.gather(*(child.stop() for child in children))
        await session.close()
        await town.close()


def intake_folder(app: App) -> Path:
    """Where order files are put."""
    return app.home / app.settings.intake.folder


async def _ready(session: aiohttp.ClientSession) -> None:
    """Until the API answers and somebody works."""
    async with asyncio.timeout(READY_S):
        while True:
            try:
                async with session.get("/health") as answer:
                    if answer.status == 200 and (await answer.json())["workers"] > 0:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
