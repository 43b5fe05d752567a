"""Scenes on this test's database."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from mtd.runtime.settings.alerts import Rule
from tests.conftest import Server
from tests.runtime.alerts.scene import Scene, a_scene

Set = Callable[..., Awaitable[Scene]]


@pytest.fixture
async def scene(server: Server, database: str, tmp_path: Path) -> AsyncGenerator[Set]:
    """`await scene(name=rule…)` sets one up."""
    async with AsyncExitStack() as stack:

        async def setting(_more: dict[str, Any] | None = None, /, **rules: Rule) -> Scene:
            one = a_scene(database, server.admin(database), tmp_path, rules, **(_more or {}))
            return await stack.enter_async_context(one)

        yield setting
