"""Fixtures of the intake's tests."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.runtime.intake.place import Place, opened


@pytest.fixture
async def place(database: str, tmp_path: Path) -> AsyncGenerator[Place]:
    """An intake folder on a fresh database; the intake is not at work yet."""
    async with opened(database, tmp_path) as found:
        yield found
