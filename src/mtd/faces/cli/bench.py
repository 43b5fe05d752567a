"""`mtd bench`: the figures of the engine by itself, measured on this machine."""

import os
import shutil
import sys
from pathlib import Path
from typing import Annotated, Literal

import uvloop
from cyclopts import App as Commands
from cyclopts import Parameter

from mtd.faces.cli.figures import report
from mtd.faces.cli.starting import folders, settings_of, stop_on_signals
from mtd.runtime.app import App, open_app
from mtd.runtime.building import build
from mtd.runtime.database import URL, database
from mtd.runtime.engine.working import work
from mtd.runtime.memory.garbage import calm_collector
from mtd.runtime.operations.deploying import deploy_all, first_key
from mtd.runtime.operations.deploying import prepared as production
from mtd.runtime.rehearsal.benches import advancing, issuing
from mtd.runtime.rehearsal.benches.documents import measure
from mtd.runtime.rehearsal.benches.engine import NOTHING, Bench, equipped
from mtd.runtime.rehearsal.benches.memory import waiting
from mtd.runtime.rehearsal.benches.peer import Peer, PeerFailed, compared
from mtd.runtime.rehearsal.benches.portal import looking
from mtd.runtime.rehearsal.benches.portal.crowding import stuck
from mtd.runtime.rehearsal.crew import at_work
from mtd.runtime.rehearsal.figures import Figure, Report
from mtd.runtime.rehearsal.stage import set_up
from mtd.runtime.settings.settings import home, load
from mtd.runtime.supervising import Child, parts
from mtd.runtime.telemetry import log_to

bench = Commands(name="bench")
FOLDER = "benchmarks/engine"
"""Drawings and customers of the benchmarks."""

PAIR_ORDERS = 10_000
PAIR_PEER_ORDERS = 500
"""Seconds of work for either."""

Json = Annotated[Path | None, Parameter(help="Also write the figures here.")]


@bench.command
def engine(
    *,
    orders: Annotated[int, Parameter(help="How many orders wait when it begins.")] = 20_000,
    workers: Annotated[int, Parameter(help="Worker processes.")] = 2,
    pace_s: Annotated[float, Parameter(help="Seconds at 500 orders a minute.")] = 30.0,
    peer: Annotated[Literal["dbos"] | None, Parameter(help="Measure this engine too.")] = None,
    pairs: Annotated[int, Parameter(help="How often both are measured, in turn.")] = 3,
    json: Json = None,
) -> int:
    """Ten service steps that do nothing, an order: throughput, CPU, log and latency."""
    log_to(sys.stderr)
    try:
        figures = uvloop.run(_engine(orders, workers, pace_s, peer, pairs))
    except PeerFailed as error:
        print(f"mtd bench: {error}", file=sys.stderr)
        return 1
    report("mtd bench engine", Report(figures=figures, checks=[]), json)
    return 0


@bench.command
def memory(
    *,
    orders: Annotated[int, Parameter(help="How many orders wait.")] = 100_000,
    json: Json = None,
) -> int:
    """A worker with very many orders waiting on timers: how much memory it holds."""
    log_to(sys.stderr)
    figures = uvloop.run(_memory(orders))
    report("mtd bench memory", Report(figures=figures, checks=[]), json)
    return 0


@bench.command
def advance(
    *,
    orders: Annotated[int, Parameter(help="Orders of ten steps that are run.")] = 20_000,
    model: Annotated[Path | None, Parameter(help="Read this, not one that is made.")] = None,
    json: Json = None,
) -> int:
    """The core alone: how fast tokens move, and how fast a large model is read; on one core."""
    found = advancing.measure(_engines(), orders, model)
    report("mtd bench advance", found, json)
    return 0 if found.passed else 1


@bench.command
def dte(
    *,
    boletas: Annotated[int, Parameter(help="Boletas signed and enveloped.")] = 2_000,
    pdfs: Annotated[int, Parameter(help="Of these, drawn as PDF.")] = 500,
    orders: Annotated[int, Parameter(help="Issued, sent and accepted; 0: none.")] = 3_000,
    json: Json = None,
) -> int:
    """Tax documents: signed, enveloped and drawn on one core; issued and sent by two workers."""
    found = measure(boletas, pdfs)
    if orders:
        log_to(sys.stderr)
        through = uvloop.run(_issuing(orders))
        found = Report(
            figures=[*found.figures, *through.figures], checks=[*found.checks, *through.checks]
        )
    report("mtd bench dte", found, json)
    return 0 if found.passed else 1


@bench.command
def portal(
    *,
    orders: Annotated[int, Parameter(help="How many are made up, of two years.")] = 5_000_000,
    journals: Annotated[int, Parameter(help="Of them, the last ones have a journal.")] = 50_000,
    pairs: Annotated[bool, Parameter(help="Also the engine beside stuck pages.")] = True,
    json: Json = None,
) -> int:
    """Every page over millions of orders while others come in; many viewers; stuck pages."""
    log_to(sys.stderr)
    build(os.environ)
    figures = uvloop.run(_portal(orders, journals, pairs))
    report("mtd bench portal", Report(figures=figures, checks=[]), json)
    return 0


@bench.command(show=False)
def worker(customer: str) -> None:
    """One worker of a benchmark; it connects to nothing."""
    log_to(sys.stderr)
    calm_collector()
    uvloop.run(_worker(customer))


async def _engine(
    orders: int, workers: int, pace_s: float, peer: str | None, pairs: int
) -> list[Figure]:
    place = fresh("bench")
    async with database(place, os.environ) as dsn:
        app = await prepared("bench", place, dsn)
        async with at_work(app, [_child(n, "bench", place, dsn) for n in range(workers)]) as crew:
            measured = await Bench.warmed_up(app, crew)
            figures = [*await measured.drain(orders), *await measured.pace(pace_s)]
            if peer is not None:
                figures += await _compared(measured, peer, pairs, place, dsn, workers)
        await app.close()
    return figures


async def _compared(
    measured: Bench, name: str, pairs: int, place: Path, dsn: str, workers: int
) -> list[Figure]:
    peer = await Peer.installed(name, place, folders("benchmarks/peers"))
    ours: list[float] = []
    theirs: list[float] = []

    async def our_turn() -> None:
        ours.append((await measured.drain(PAIR_ORDERS))[0].value)

    async def their_turn() -> None:
        with measured.crew.held():  # idle workers look round too, and both cores are the peer's
            theirs.append(await peer.orders_per_s(dsn, PAIR_PEER_ORDERS, workers))

    for n in range(pairs):  # whoever was first is second the next time: what drifts favours nobody
        for turn in (our_turn, their_turn) if n % 2 == 0 else (their_turn, our_turn):
            await turn()
    return compared(name, ours, theirs)


async def _issuing(orders: int) -> Report:
    place = fresh("bench")
    async with database(place, os.environ) as dsn:
        app = await open_app(settings_of(issuing.CUSTOMER), place, dsn)
        await deploy_all(app, folders(issuing.FOLDER))
        key = await first_key(app)
        async with set_up(
            app,
            key,
            issuing.TOWN,
            lambda more: parts(app.settings, dsn, place, issuing.CUSTOMER, more),
        ) as stage:
            found = await issuing.issued_and_sent(stage, orders)
        await app.close()
    return found


async def _portal(orders: int, journals: int, pairs: bool) -> list[Figure]:
    place = fresh("bench")
    async with database(place, os.environ, looking.SERVER) as dsn:
        app = await open_app(settings_of(looking.CUSTOMER), place, dsn)
        await production(app, folders("processes"))
        async with set_up(
            app,
            await first_key(app),
            looking.TOWN,
            lambda more: parts(app.settings, dsn, place, looking.CUSTOMER, more, portal=True),
        ) as stage:
            figures = await looking.looked_through(stage, orders, journals)
        await app.close()
    return [*figures, *(await _crowded() if pairs else [])]


async def _crowded() -> list[Figure]:
    place = fresh("bench")
    async with database(place, os.environ) as dsn:
        app = await prepared("bench", place, dsn)
        async with at_work(app, [_child(n, "bench", place, dsn) for n in range(2)]) as crew:
            figures = await stuck(app, await Bench.warmed_up(app, crew))
        await app.close()
    return figures


async def _memory(orders: int) -> list[Figure]:
    place = fresh("bench")
    async with database(place, os.environ) as dsn:
        app = await prepared("waiting", place, dsn)
        async with at_work(app, [_child(0, "waiting", place, dsn)]) as crew:
            figures = await waiting(app, crew, orders)
        await app.close()
    return figures


async def _worker(customer: str) -> None:
    stopping = stop_on_signals()
    async with database(home(os.environ), os.environ) as dsn:
        app = await _opened(customer, home(os.environ), dsn)
        await work(app, NOTHING, stopping)
        await app.close()


def _engines() -> Path:
    """Where the drawings of the engine's benchmarks are."""
    return next(folder for folder in folders(FOLDER) if folder.is_dir())


def fresh(name: str) -> Path:
    """An empty folder below MTD_HOME: nothing of an earlier run is left behind."""
    place = home(os.environ) / name
    shutil.rmtree(place, ignore_errors=True)
    return place


async def prepared(customer: str, place: Path, dsn: str) -> App:
    """The app of a benchmark's customer, its drawing deployed."""
    app = await _opened(customer, place, dsn)
    await deploy_all(app, folders(FOLDER))
    return app


async def _opened(customer: str, place: Path, dsn: str) -> App:
    settings = load(customer, os.environ, folders(FOLDER))
    return equipped(await open_app(settings, place, dsn))


def _child(number: int, customer: str, place: Path, dsn: str) -> Child:
    """A worker process, metered as in production."""
    meters = place / "meters"
    meters.mkdir(parents=True, exist_ok=True)
    environment = {
        **os.environ,
        URL: dsn,
        "MTD_HOME": str(place),
        "PROMETHEUS_MULTIPROC_DIR": str(meters),
    }
    command = [sys.executable, "-m", "mtd", "bench", "worker", customer]
    return Child(f"bench-worker-{number + 1}", command, environment)
