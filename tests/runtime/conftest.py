"""Fixtures of the runtime's tests: plants on a fresh database, and hearts that beat quickly."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from mtd.runtime import ownership
from tests.conftest import Server
from tests.runtime.plant import Plant, a_plant

Founded = Callable[..., Any]


@pytest.fixture
async def found(server: Server, database: str) -> AsyncGenerator[Founded]:
    """`await found(definition…, legacy=…)` gives a plant on this test's database."""
    async with AsyncExitStack() as stack:

        async def founded(*definitions: Any, dsn: str = database, **more: Any) -> Plant:
            plant = a_plant(dsn, server.admin(database), *definitions, **more)
            return await stack.enter_async_context(plant)

        yield founded


@pytest.fixture
def quick_hearts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers beat ten times a second; their leases are as long as ever."""
    monkeypatch.setattr(ownership, "HEARTBEAT_S", 0.1)
