"""Checking: the audit's chain checked for somebody at a page, once at a time, as they look on."""

import asyncio
from datetime import datetime

import msgspec
from structlog import get_logger

from mtd.runtime.app import App
from mtd.runtime.desk.audit.auditing import Verdict, anchor_of, seal, verify

LOG = get_logger()


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """A check of the whole chain, under way or over."""

    by: str
    began_at: datetime
    checked: int
    """Entries so far."""
    ended_at: datetime | None = None
    verdict: Verdict | None = None
    """None: it is under way, or could not be finished."""


class Checks:
    """The last check that this process made, and the one under way."""

    def __init__(self, app: App, tenant: int) -> None:
        self._app = app
        self._tenant = tenant
        self._running: asyncio.Task[None] | None = None
        self.last: Check | None = None

    def begin(self, by: str) -> None:
        """Check everything there is, unless that is under way already."""
        if self._running is None or self._running.done():
            self.last = Check(by=by, began_at=self._app.clock.now(), checked=0)
            self._running = asyncio.create_task(self._check(self.last))

    async def finished(self) -> Check | None:
        """The last check, once it is over."""
        if self._running is not None:
            await self._running
        return self.last

    async def _check(self, begun: Check) -> None:
        def told(checked: int) -> None:
            self.last = msgspec.structs.replace(begun, checked=checked)

        verdict = None
        try:
            anchor = anchor_of(self._app)
            await seal(self._app, self._tenant, anchor)
            verdict = await verify(self._app, self._tenant, anchor, told)
        except Exception as error:  # noqa: BLE001 the page says that it could not be finished
            LOG.warning("the audit could not be checked", problem=type(error).__name__)
        checked = verdict.entries if verdict else self.last.checked if self.last else 0
        self.last = msgspec.structs.replace(
            begun, checked=checked, ended_at=self._app.clock.now(), verdict=verdict
        )
