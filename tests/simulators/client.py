"""A small client of the simulated systems, and a listener for what they tell."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import msgspec
from aiohttp import web

from mtd.simulators.settings import Callback, TownSettings
from mtd.simulators.town import Running, serve

PATIENCE_S = 5.0


class Hearing:
    """Takes events as MTD would; refuses as many as it is told to."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.refusing = 0
        self.url = ""
        self._came = asyncio.Event()

    async def take(self, request: web.BaseRequest) -> web.StreamResponse:
        body = await request.read()
        assert request.path == "/messages"
        assert request.headers["Authorization"] == "Bearer key"
        if self.refusing > 0:
            self.refusing -= 1
            return web.Response(status=503)
        self.heard.append(msgspec.json.decode(body))
        self._came.set()
        return web.Response(status=202)

    def names(self) -> list[str]:
        return [event["name"] for event in self.heard]

    async def wait_for(self, count: int) -> list[dict[str, Any]]:
        async with asyncio.timeout(PATIENCE_S):
            while len(self.heard) < count:
                self._came.clear()
                await self._came.wait()
        return self.heard


class Client:
    """Asks one town."""

    def __init__(self, town: Running, session: aiohttp.ClientSession) -> None:
        self.town = town
        self._session = session

    async def post(
        self, system: str, path: str, body: Any, key: str | None = None
    ) -> tuple[int, dict[str, Any]]:
        headers = {} if key is None else {"Idempotency-Key": key}
        url = self.town.urls[system] + path
        async with self._session.post(url, json=body, headers=headers) as answer:
            return answer.status, await answer.json(content_type=None)

    async def get(self, system: str, path: str) -> tuple[int, bytes]:
        async with self._session.get(self.town.urls[system] + path) as answer:
            return answer.status, await answer.read()

    async def control(self, name: str, /, **command: Any) -> dict[str, Any]:
        url = f"{self.town.control_url}/{name}/__control"
        async with self._session.post(url, json=command) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def refused_control(self, system: str, command: Any) -> str:
        url = f"{self.town.control_url}/{system}/__control"
        async with self._session.post(url, json=command) as answer:
            assert answer.status == 400
            return (await answer.json())["message"]

    async def page(self, system: str, page: str) -> Any:
        url = f"{self.town.control_url}/{system}/__control{page}"
        async with self._session.get(url) as answer:
            return await answer.json()


@asynccontextmanager
async def hearing() -> AsyncGenerator[Hearing]:
    ear = Hearing()
    server = web.Server(ear.take)
    sockets = await asyncio.get_running_loop().create_server(server, "127.0.0.1", 0)
    ear.url = f"http://127.0.0.1:{sockets.sockets[0].getsockname()[1]}"
    try:
        yield ear
    finally:
        sockets.close()
        await server.shutdown(0.1)


@asynccontextmanager
async def town(ear: Hearing | None = None, **settings: Any) -> AsyncGenerator[Client]:
    """A town that answers at once and has no faults, unless `settings` says otherwise."""
    quiet: dict[str, Any] = {
        "latency_scale": 0,
        "time_scale": 0,
        "default_faults": False,
        "run": "t",
        "callback": None if ear is None else Callback(url=ear.url, api_key="key"),
    }
    running = await serve(msgspec.convert(msgspec.to_builtins({**quiet, **settings}), TownSettings))
    async with aiohttp.ClientSession() as session:
        try:
            yield Client(running, session)
        finally:
            await running.close()
