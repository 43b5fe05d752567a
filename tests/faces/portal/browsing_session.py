"""A session at the portal without a browser: signed in, and what a page says."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp

from tests.faces.portal.stand import PASSWORD, Stand

PATIENCE_S = 30.0


@asynccontextmanager
async def signed_in(stand: Stand, login: str) -> AsyncGenerator[aiohttp.ClientSession]:
    """Somebody's session."""
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(stand.url, cookie_jar=jar) as session:
        form = {"login": login, "password": PASSWORD}
        async with session.post("/sign-in", data=form) as answer:
            assert answer.status == 200, await answer.text()
        yield session


async def text(session: aiohttp.ClientSession, path: str) -> str:
    """What is at `path`, which must be there."""
    async with session.get(path) as answer:
        assert answer.status == 200, (path, answer.status, await answer.text())
        return await answer.text()


async def soon(holds: Callable[[], Awaitable[bool]]) -> None:
    """Wait until it does, for half a minute at most."""
    until_s = time.monotonic() + PATIENCE_S
    while not await holds():
        assert time.monotonic() < until_s, "never"
        await asyncio.sleep(0.2)
