"""The premises of a shop: a port, a key, the neighbours, and whether it is open yet."""

import asyncio
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp

from mtd.simulators.town import Running

PATIENCE_S = 20.0
LOOK_S = 0.02
KEY = "mtd_test"


class Neighbourhood:
    """The simulated systems, as they are told things over their control."""

    def __init__(self, legacy: Running) -> None:
        self.urls = legacy.urls
        self._control_url = legacy.control_url

    async def tell(self, system: str, command: Mapping[str, Any]) -> None:
        """Order something of a system."""
        url = f"{self._control_url}/{system}/__control"
        async with aiohttp.ClientSession() as session, session.post(url, json=command) as answer:
            assert answer.status == 200, await answer.text()


async def ready(session: aiohttp.ClientSession, tasks: list[asyncio.Task[None]]) -> None:
    """Until the API answers and somebody works; a part that ended says why."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            for task in tasks:
                assert not task.done(), task.exception()
            try:
                async with session.get("/health") as answer:
                    if answer.status == 200 and (await answer.json())["workers"]:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(LOOK_S)


def made_key(home: Path) -> str:
    """The key that `first_key` will find: the town is told it before."""
    (home / "api.key").write_text(KEY)
    return KEY


def free_port() -> int:
    """A port of loopback that nobody has at this moment."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
