"""`mtd demo`: generated orders with scripted trouble, through everything, to a table."""

import asyncio
import os
import shutil
import sys
from pathlib import Path
from typing import Annotated, Any, cast

import msgspec
import uvloop
from cyclopts import Parameter
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from mtd.faces.cli.starting import folders, settings_of, stop_on_signals
from mtd.runtime.app import TENANT, open_app
from mtd.runtime.building import NotBuilt, build
from mtd.runtime.clock import elapsed_s
from mtd.runtime.database import database
from mtd.runtime.desk.people.accounts import FIRST_LOGIN, Accounts
from mtd.runtime.intake.dialects import dialects
from mtd.runtime.operations.deploying import first_key, prepared
from mtd.runtime.rehearsal.feeding import arrange, feed
from mtd.runtime.rehearsal.orders.generator import generate
from mtd.runtime.rehearsal.orders.trouble import arrivals
from mtd.runtime.rehearsal.outcome import PLACES, Outcome, placed, settled, stages
from mtd.runtime.rehearsal.stage import Stage, intake_folder, set_up
from mtd.runtime.settings.settings import home
from mtd.runtime.supervising import parts
from mtd.runtime.telemetry import LOG, log_stream, log_to
from mtd.store.orders.spans import spans

CUSTOMER = "demo"
PATIENCE_S = 50.0
"""What has not settled by then is shown as it stands."""
LOOK_S = 0.25
TOWN = {"latency_scale": 0.25, "time_scale": 0.0001}
"""A quarter of the usual latencies; what takes hours in the world takes seconds here."""


def demo(
    *,
    orders: Annotated[int, Parameter(help="How many order files.")] = 500,
    seed: Annotated[int, Parameter(help="The same seed gives the same orders.")] = 1,
    exit: Annotated[bool, Parameter(help="End after the table.")] = False,  # noqa: A002
    json: Annotated[Path | None, Parameter(help="Also write the outcome here.")] = None,
) -> int:
    """Start everything on this machine, put order files in, and show what came of them."""
    if sys.stderr.isatty():  # a progress bar is there: the logs, the parts' too, go elsewhere
        os.environ[LOG] = str(home(os.environ) / "demo.log")
        home(os.environ).mkdir(parents=True, exist_ok=True)
    log_to(log_stream(os.environ))
    try:
        build(os.environ)
    except NotBuilt as error:
        sys.stderr.write(f"mtd demo: the portal comes without its looks: {error}\n")
    return uvloop.run(_demo(orders, seed, exit, json))


async def _demo(orders: int, seed: int, leave: bool, json: Path | None) -> int:
    console = Console(stderr=False)
    place = home(os.environ) / "demo"
    shutil.rmtree(place, ignore_errors=True)  # a demo begins with nothing behind it
    stopping = stop_on_signals()
    console.print("starting PostgreSQL …")
    async with database(place, os.environ) as dsn:
        app = await open_app(settings_of(CUSTOMER), place, dsn)
        await prepared(app, folders("processes"))
        key = await first_key(app)
        password = await Accounts(app).first()
        console.print("starting the simulated legacy systems, API, portal, intake and workers …")

        async with set_up(
            app,
            key,
            {**TOWN, "seed": seed},
            lambda more: parts(app.settings, dsn, place, CUSTOMER, more, portal=True),
        ) as stage:
            outcome = await _played(stage, orders, seed, console, stopping)
            _show(outcome, stage, console)
            if json is not None:
                json.write_bytes(msgspec.json.format(msgspec.json.encode(outcome)))
            if not leave:
                console.print(f"portal: {stage.portal_url}  {FIRST_LOGIN}, password in {password}")
                console.print(f"API: {stage.api_url}/docs   key: {place / 'api.key'}   Ctrl-C ends")
                await stopping.wait()
        await app.close()
    return 0


async def _played(
    stage: Stage, orders: int, seed: int, console: Console, stopping: asyncio.Event
) -> Outcome:
    """Put the files in and watch them until nothing moves any more."""
    app = stage.app
    known = dialects(app.settings, folders("customers"))
    files = list(arrivals(list(generate(seed, orders, app.clock.now())), known, seed))
    await arrange(stage.town, files)
    began_s = elapsed_s()
    columns = (TextColumn("orders"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("orders", total=len(files))
        await feed(intake_folder(app), files)
        places = placed({})
        while elapsed_s() - began_s < PATIENCE_S and not stopping.is_set():
            places = placed((await stage.counts())["files"])
            moving = places["in_process"] + places["on_hold"] + places["exception"]
            received = sum(places.values())
            progress.update(bar, completed=received - moving)
            if received == len(files) and settled(places):
                break
            await asyncio.sleep(LOOK_S)
    took_s = elapsed_s() - began_s
    return await _outcome(stage, places, took_s, seed)


async def _outcome(stage: Stage, places: dict[str, int], took_s: float, seed: int) -> Outcome:
    mail = await stage.town.described("mail")
    paperless = applied(await stage.town.described("paperless"))
    issued = await stage.town.described("sii")
    documents = paperless + int(cast("dict[str, Any]", issued["state"])["documents"])
    return Outcome(
        received=sum(places.values()),
        **places,
        mails=applied(mail),
        documents=documents,
        took_s=round(took_s, 2),
        orders_per_s=round(places["completed"] / took_s, 1),
        stages=stages(await spans(stage.app.store, TENANT)),
        seed=seed,
    )


def applied(described: dict[str, object]) -> int:
    """Effects that a simulated system applied."""
    operations = described["operations"]
    counters = cast("dict[str, dict[str, int]]", operations)
    return sum(counter.get("applied", 0) for counter in counters.values())


def _show(outcome: Outcome, stage: Stage, console: Console) -> None:
    counted = " + ".join(f"{getattr(outcome, place)} {place}" for place in PLACES)
    console.print(f"\n[bold]received {outcome.received}[/] = {counted}", highlight=False)
    console.print(
        f"{outcome.mails} mails, {outcome.documents} documents, {outcome.took_s} s, "
        f"{outcome.orders_per_s} orders/s\n",
        highlight=False,
    )
    table = Table("stage", "orders", "p50", "p95", box=None)
    for one in outcome.stages:
        table.add_row(one.state, str(one.orders), f"{one.p50_s:.2f} s", f"{one.p95_s:.2f} s")
    console.print(table)
    if outcome.waiting:
        console.print(
            f"\n{outcome.waiting} files wait for a person:\n"
            f"  [bold]MTD_HOME={stage.app.home} ./mtd order waiting[/]  lists them, with why\n"
            f"  [bold]MTD_HOME={stage.app.home} ./mtd order push ID --reason WHY[/]  "
            "tries one again\n"
            f"over REST: GET {stage.api_url}/waiting, POST {stage.api_url}/waiting/push",
            highlight=False,
        )
