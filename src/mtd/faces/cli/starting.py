"""Starting: what every command that needs settings and a database begins with."""

import asyncio
import os
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from mtd.runtime.app import TENANT, App, open_app
from mtd.runtime.database import database, persisted
from mtd.runtime.intake.dialects import dialects
from mtd.runtime.operations.deploying import Refused
from mtd.runtime.operations.operations import Operations
from mtd.runtime.settings.settings import Settings, home, load
from mtd.store.sessions import DOOR

ROOT = Path(__file__).resolve().parents[4]
"""The checkout; an installed MTD finds its customers and processes in the working folder."""


def folders(name: str) -> list[Path]:
    """Where files of this kind are looked for: the working folder first."""
    return [Path.cwd() / name, ROOT / name]


def settings_of(customer: str) -> Settings:
    """The customer's settings. Raises BadSettings."""
    return load(customer, os.environ, folders("customers"))


@asynccontextmanager
async def opened(
    customer: str, sessions: dict[str, str] = DOOR, patience_s: float = 0.0
) -> AsyncGenerator[App]:
    """The app, on the database of the environment or on our own, whose doors connect so.

    `patience_s`: how long a database that is away, as it recovers from a kill, is waited for.
    Raises BadSettings, and what the database says when it does not answer by then.
    """
    place, settings = home(os.environ), settings_of(customer)
    async with database(place, os.environ, patience_s=patience_s) as dsn:
        app = await persisted(lambda: open_app(settings, place, dsn, sessions), patience_s)
        try:
            yield app
        finally:
            await app.close()


async def operations_of(app: App) -> Operations:
    """What people may do, on this app."""
    read = dialects(app.settings, folders("customers"))
    return Operations(app, TENANT, await app.receiving(), read)


def explained(error: Exception) -> str:
    """An expected failure in words; of drawings, each of their faults."""
    if not isinstance(error, Refused):
        return str(error)
    faults = [fault for fault in error.faults if not fault.warning]
    lines = [f"  {f.file}, line {f.line} {f.name or f.element}: {f.message}" for f in faults]
    return "\n".join(["it would not run:", *lines])


def stop_on_signals() -> asyncio.Event:
    """Set by SIGTERM and SIGINT."""
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    return stopping
