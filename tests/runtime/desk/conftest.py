"""An app on a fresh database, for what people do at the desk."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from mtd.runtime.app import App, open_app
from mtd.runtime.settings.settings import Settings
from mtd.store.sessions import PORTAL

SETTINGS = Settings(customer="test", processes=[], routes=[], stores={})


@pytest.fixture
async def app(database: str, tmp_path: Path) -> AsyncGenerator[App]:
    opened = await open_app(SETTINGS, tmp_path, database, PORTAL)
    yield opened
    await opened.close()
