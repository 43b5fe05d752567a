"""One stand for all browser tests of a process, and a browser before it."""

import os
import shutil
import tempfile
from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import aiohttp
import pytest
from playwright.sync_api import Browser

from mtd.runtime.building import build
from tests.conftest import Server
from tests.faces.portal.browser import browsing
from tests.faces.portal.browsing_session import signed_in
from tests.faces.portal.stand import Stand, standing


@pytest.fixture(scope="session")
def stand(server: Server) -> Generator[Stand]:
    build(os.environ)
    home = Path(tempfile.mkdtemp(prefix="mtd-portal-"))
    try:
        with standing(server, home) as one:
            yield one
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="module")
def browser() -> Generator[Browser]:
    """Of a module without asynchronous tests: while it is open, its loop runs in this thread."""
    with browsing() as one:
        yield one


@pytest.fixture
async def sofia(stand: Stand) -> AsyncGenerator[aiohttp.ClientSession]:
    """She sees all."""
    async with signed_in(stand, "sofia") as session:
        yield session


@pytest.fixture
async def ana(stand: Stand) -> AsyncGenerator[aiohttp.ClientSession]:
    """She sees the orders of Paris alone, and no personal data."""
    async with signed_in(stand, "ana") as session:
        yield session
