"""What commands are tried on: one database with an alert, a breaker that is open, and a home."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from mtd.faces.cli import app
from mtd.runtime.settings.alerts import Waiting
from mtd.store.alerts import notices
from mtd.store.alerts.notices import NewNotice, Verdict
from tests.conftest import Server
from tests.runtime.alerts.scene import a_rule, a_scene
from tests.store.making import a_worker

RULE = "files_waiting"
SYSTEM = "payment"
"""A counterpart of the default customer, before which a worker's breaker is open."""
BREAKER = (
    "INSERT INTO breaker (worker, legacy, state, since, failures) VALUES ($1, $2, 'open', now(), 7)"
)


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Where everything is, and the alert that is there."""

    dsn: str
    home: Path
    alert: str


class Said(msgspec.Struct, frozen=True):
    """What a command printed."""

    out: str
    err: str


class Commands:
    """The command line, called in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *words: str, code: int = 0) -> Said:
        """What `mtd WORDS` prints; it must end with this code."""
        with pytest.raises(SystemExit) as ended:
            app(words)
        printed = self._capsys.readouterr()
        said = Said(printed.out, printed.err)
        assert ended.value.code == code, said
        return said


@asynccontextmanager
async def standing(server: Server, home: Path) -> AsyncGenerator[Standing]:
    """All of it, for as long as this is open."""
    async with (
        server.database() as dsn,
        a_scene(dsn, server.admin(dsn), home, {RULE: a_rule(Waiting())}) as scene,
    ):
        await scene.waits()
        [row] = await scene.look()
        alert = str(row["id"])
        async with scene.app.store.door(1) as connection:
            notice = NewNotice(
                alert=alert, n=1, recipient="boss", made_at=scene.now, due_at=scene.now,
                content=b"{}",
            )  # fmt: skip
            await notices.add(connection, 1, [notice])
            failed = Verdict(alert=alert, n=1, recipient="boss", state="FAILED", said="550")
            await notices.settle(connection, 1, [failed], scene.now)
        async with a_worker(scene.app.store) as worker:
            await scene.rows(BREAKER, worker.id, SYSTEM)
            await scene.rows("UPDATE worker SET lease_until = now() + interval '1 hour'")
            yield Standing(dsn=dsn, home=home, alert=alert)
