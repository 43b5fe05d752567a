"""`mtd up`: engine, API, portal, intake and statistics, each a process that is started again.

This is where the parts are put together, above the faces, which do not know each other.
"""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Annotated, Literal

import uvloop
from cyclopts import Parameter

from mtd.connectors import connectors
from mtd.connectors.settings import BadLegacySettings
from mtd.faces.api.application import application as api
from mtd.faces.cli.starting import (
    explained,
    folders,
    opened,
    operations_of,
    settings_of,
    stop_on_signals,
)
from mtd.faces.portal.application import application as portal
from mtd.faces.serving import serve
from mtd.runtime.alerts.delivering import keep_delivering
from mtd.runtime.alerts.watching import keep_watch
from mtd.runtime.app import TENANT, App, open_app
from mtd.runtime.building import NotBuilt, build
from mtd.runtime.bulk.executing import carry_out
from mtd.runtime.counts.reading import keep_counting
from mtd.runtime.database import database
from mtd.runtime.desk.audit.auditing import anchor_of, keep_sealing
from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.people.accounts import FIRST_LOGIN, Accounts
from mtd.runtime.engine.working import work
from mtd.runtime.intake import take_in
from mtd.runtime.memory.garbage import calm_collector
from mtd.runtime.operations.books import own_books
from mtd.runtime.operations.deploying import KEY_FILE, Refused, first_key, prepared
from mtd.runtime.rehearsal.furnishing import furnish
from mtd.runtime.rehearsal.town import Town, environment
from mtd.runtime.reports.mailing import keep_reporting
from mtd.runtime.settings.settings import BadSettings, home, issuers
from mtd.runtime.supervising import end_in_time, parts
from mtd.runtime.telemetry import log_stream, log_to
from mtd.store.sessions import DOOR, PORTAL

DATABASE_S = 15.0
"""A part that starts while the database is away, such as after a kill, waits for it so long."""
Part = Literal["api", "portal", "worker", "intake", "statistics"]


def up(
    *,
    only: Annotated[Part | None, Parameter(help="One part alone, in this process.")] = None,
    customer: Annotated[str, Parameter(help="Whose file in customers/ says how.")] = "default",
) -> int:
    """Run MTD until it is told to stop."""
    stream = log_stream(os.environ)
    log_to(stream, human=stream.isatty())
    try:
        if only is None:
            _assets()
        uvloop.run(_part(only, customer) if only else _whole(customer))
    except (BadSettings, BadLegacySettings, Refused, FileNotFoundError) as error:
        sys.stderr.write(f"mtd up: {explained(error)}\n")
        return 1
    return 0


def _assets() -> None:
    """The portal's, where this is a checkout; orders run without them too."""
    try:
        build(os.environ)
    except NotBuilt as error:
        sys.stderr.write(f"mtd up: the portal comes without its looks: {error}\n")


async def _part(only: Part, customer: str) -> None:
    stopping = stop_on_signals()
    ending = asyncio.create_task(end_in_time(stopping))
    calm_collector()
    async with opened(customer, PORTAL if only == "portal" else DOOR, DATABASE_S) as app:
        match only:
            case "worker":
                served = connectors(issuers(app.settings))
                await asyncio.gather(
                    work(app, served, stopping),
                    carry_out(app, TENANT, stopping),
                    keep_watch(app, TENANT, stopping),
                    keep_delivering(app, TENANT, stopping),
                    keep_reporting(app, TENANT, stopping),
                )
            case "api":
                await serve(api(await operations_of(app)), app.settings.api, stopping)
            case "portal":
                desk = Desk(await operations_of(app))
                await desk.warm()
                sealing = keep_sealing(app, desk.tenant, anchor_of(app), stopping)
                await asyncio.gather(
                    serve(portal(desk, stopping), app.settings.portal, stopping), sealing
                )
            case "intake":
                await take_in(app, await operations_of(app), stopping)
            case "statistics":
                await keep_counting(app, stopping)
    ending.cancel()


async def _whole(customer: str) -> None:
    stopping = stop_on_signals()
    place = home(os.environ)
    settings = settings_of(customer)
    async with database(place, os.environ) as dsn:
        app = await open_app(settings, place, dsn)
        deployed = await prepared(app, folders("processes"))
        key = await first_key(app)
        password = await Accounts(app).first()
        async with _legacy(app, key) as led:
            await app.close()
            children = parts(settings, dsn, place, customer, led, portal=True)
            for child in children:
                child.start()
            url = f"http://{settings.api.host}:{settings.api.port}"
            door = f"http://{settings.portal.host}:{settings.portal.port}"
            first = f", user {FIRST_LOGIN}, password in {password}" if password else ""
            sys.stdout.write(
                f"runs {', '.join(deployed)}\n"
                f"portal {door}{first}\n"
                f"API {url}/docs, key in {place / KEY_FILE}\n"
                f"put order files into {place / settings.intake.folder}\n"
            )
            sys.stdout.flush()
            await stopping.wait()
            await asyncio.gather(*(child.stop() for child in children))


@asynccontextmanager
async def _legacy(app: App, key: str) -> AsyncGenerator[Mapping[str, str]]:
    """What leads the connectors to our own books, and to simulated systems where none are real."""
    settings = app.settings
    url = f"http://{settings.api.host}:{settings.api.port}"
    books = own_books(settings, url, key)
    if not settings.simulated:
        yield books
        return
    town = await Town.open({"callback": {"url": url, "api_key": key}})
    try:
        yield environment(town.urls, settings.legacy) | await furnish(app, town) | books
    finally:
        await town.close()
