"""`mtd up`: engine, API and intake, each a process that is started again when it dies."""

import asyncio
import gc
import os
import signal
import sys
from pathlib import Path
from typing import Annotated, Literal

import uvloop
from cyclopts import Parameter

from mtd.connectors import CONNECTORS
from mtd.faces.api.serving import serve
from mtd.faces.cli.starting import folders, opened, operations_of, settings_of
from mtd.runtime.app import App, open_app
from mtd.runtime.database import URL, database
from mtd.runtime.deploying import deploy_all, first_key
from mtd.runtime.intake import take_in
from mtd.runtime.library import Refused
from mtd.runtime.settings import BadSettings, home
from mtd.runtime.supervising import Child, part
from mtd.runtime.telemetry import log_to
from mtd.runtime.working import work

Part = Literal["api", "worker", "intake"]
GC_THRESHOLD = 100_000
"""A worker makes and drops a million small values a second, none of them in circles."""


def up(
    *,
    only: Annotated[Part | None, Parameter(help="One part alone, in this process.")] = None,
    customer: Annotated[str, Parameter(help="Whose file in customers/ says how.")] = "default",
) -> int:
    """Run MTD until it is told to stop."""
    log_to(sys.stderr, human=sys.stderr.isatty())
    try:
        uvloop.run(_part(only, customer) if only else _whole(customer))
    except (BadSettings, Refused, FileNotFoundError) as error:
        print(f"mtd up: {explained(error)}", file=sys.stderr)
        return 1
    return 0


def explained(error: Exception) -> str:
    """An expected failure in words; of a drawing, each of its faults."""
    if not isinstance(error, Refused):
        return str(error)
    faults = [fault for fault in error.compiled.faults if not fault.warning]
    lines = [f"  line {f.line} {f.name or f.element}: {f.message}" for f in faults]
    return "\n".join([f"{error.path} would not run:", *lines])


def stop_on_signals() -> asyncio.Event:
    """Set by SIGTERM and SIGINT."""
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    return stopping


async def _part(only: Part, customer: str) -> None:
    stopping = stop_on_signals()
    async with opened(customer) as app:
        match only:
            case "worker":
                gc.freeze()
                gc.set_threshold(GC_THRESHOLD, 50, 100)
                await work(app, CONNECTORS, stopping)
            case "api":
                await serve(await operations_of(app), app.settings.api, stopping)
            case "intake":
                await take_in(app, await operations_of(app), stopping)


async def _whole(customer: str) -> None:
    stopping = stop_on_signals()
    place = home(os.environ)
    async with database(place, os.environ) as dsn:
        app = await open_app(settings_of(customer), place, dsn)
        deployed = await prepared(app)
        key_at = place / "api.key"
        await app.close()
        children = parts(app, dsn, place, customer)
        for child in children:
            child.start()
        api = app.settings.api
        print(f"runs {', '.join(deployed)}")
        print(f"API  http://{api.host}:{api.port}/  (key in {key_at})")
        print(f"put order files into {place / app.settings.intake.folder}")
        await stopping.wait()
        await asyncio.gather(*(child.stop() for child in children))


async def prepared(app: App) -> list[str]:
    """Everything deployed, and a first API key made; the definitions' names."""
    deployed = await deploy_all(app, folders("processes"))
    await first_key(app)
    return deployed


def parts(
    app: App, dsn: str, place: Path, customer: str, more: dict[str, str] | None = None
) -> list[Child]:
    """The children: API, intake and as many workers as the settings say."""
    meters = place / "meters"
    meters.mkdir(parents=True, exist_ok=True)
    for old in meters.glob("*.db"):
        old.unlink(missing_ok=True)
    environment = {
        URL: dsn,
        "MTD_HOME": str(place),
        "PROMETHEUS_MULTIPROC_DIR": str(meters),
        **(more or {}),
    }
    workers = [f"worker-{n + 1}" for n in range(app.settings.worker.count)]
    return [part(name, customer, environment) for name in ("api", "intake", *workers)]
