"""A session at the portal without a browser: signed in, and what a page says."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import aiohttp

from tests.faces.portal.stand import PASSWORD, Stand


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
