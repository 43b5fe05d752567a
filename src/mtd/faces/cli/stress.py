"""`mtd stress`: the load profiles, and kills, against everything at once on this machine."""

import os
import secrets
import shutil
import sys
from collections.abc import Awaitable, Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import uvloop
from cyclopts import Parameter

from mtd.core.orders.mapping import Mapping
from mtd.faces.cli.figures import report
from mtd.faces.cli.starting import folders, settings_of
from mtd.runtime.app import open_app
from mtd.runtime.database import database
from mtd.runtime.intake.dialects import dialects
from mtd.runtime.operations.deploying import first_key, prepared
from mtd.runtime.rehearsal.figures import Report
from mtd.runtime.rehearsal.furnishing import by_paperless
from mtd.runtime.rehearsal.stage import Stage, set_up
from mtd.runtime.rehearsal.stress import load
from mtd.runtime.rehearsal.stress.campaign import ADDED, FIRST, Played, campaign, reported
from mtd.runtime.rehearsal.stress.chaos import kills as killed
from mtd.runtime.rehearsal.stress.profiles import requests
from mtd.runtime.settings.settings import home
from mtd.runtime.supervising import parts
from mtd.runtime.telemetry import log_to

CUSTOMER = "stress"
STDERR = 2
SEED_MAX = 1_000_000_000
Found = TypeVar("Found")


def stress(
    *,
    profile: Annotated[
        Literal["L1", "L4"] | None,
        Parameter(help="L1: a campaign's files at once. L4: requests at a steady pace."),
    ] = None,
    kills: Annotated[int, Parameter(help="Kill a worker or PostgreSQL so many times.")] = 0,
    orders: Annotated[int, Parameter(help="L1: files at once.")] = FIRST,
    added: Annotated[int, Parameter(help="L1: files added midway.")] = ADDED,
    alone: Annotated[
        bool, Parameter(help="L1: run again without those added, to see what they cost.")
    ] = True,
    seconds: Annotated[float, Parameter(help="L4: for how long at each pace.")] = 600.0,
    issuer: Annotated[
        Literal["native", "paperless"], Parameter(help="Who issues the tax documents.")
    ] = "native",
    seed: Annotated[int | None, Parameter(help="The same seed gives the same run.")] = None,
    json: Annotated[Path | None, Parameter(help="Also write the report here.")] = None,
) -> int:
    """Load everything, check the ledgers of the simulated systems, and show the figures.

    Ends with 1 when a check fails; a figure that misses what is to be reached only says so.
    """
    if (profile is None) == (kills == 0):
        print("mtd stress: give one of --profile and --kills", file=sys.stderr)
        return 2
    seed = secrets.randbelow(SEED_MAX) if seed is None else seed
    if issuer == "paperless":
        os.environ.update(by_paperless(settings_of(CUSTOMER)))
    match profile:
        case "L1":
            playing = _campaign(seed, orders, added, alone, issuer)
        case "L4":
            playing = _played(seed, lambda stage: requests(stage, seed, seconds))
        case None:
            playing = _played(seed, lambda stage: killed(stage, _dialects(stage), seed, kills))
    what = f"--profile {profile}" if profile else f"--kills {kills}"
    title = f"mtd stress {what} --issuer {issuer} --seed {seed}"
    found = uvloop.run(playing)
    report(title, found, json)
    return 0 if found.passed else 1


async def _campaign(seed: int, orders: int, added: int, alone: bool, issuer: str) -> Report:
    """The campaign, and where it is asked for the same again without those added."""

    async def run(more: int) -> Played:
        return await _played(
            seed, lambda stage: campaign(stage, _dialects(stage), seed, orders, more)
        )

    whole = await run(added)
    return reported(whole, await run(0) if alone and added else None, issuer)


def _dialects(stage: Stage) -> Sequence[Mapping]:
    return dialects(stage.app.settings, folders("customers"))


async def _played(seed: int, play: Callable[[Stage], Awaitable[Found]]) -> Found:
    """What `play` finds on a fresh stage."""
    place = home(os.environ) / "stress"
    shutil.rmtree(place, ignore_errors=True)  # a run begins with nothing behind it
    place.mkdir(parents=True)
    with logging_to(place / "stress.log"):
        async with database(place, os.environ) as dsn:
            app = await open_app(settings_of(CUSTOMER), place, dsn)
            await prepared(app, [*folders("processes"), *folders("benchmarks/stress")])
            key = await first_key(app)
            async with set_up(
                app,
                key,
                load.town(seed),
                lambda more: parts(app.settings, dsn, place, CUSTOMER, more),
            ) as stage:
                found = await play(stage)
            await app.close()
    return found


@contextmanager
def logging_to(path: Path) -> Generator[None]:
    """What this process and its children say of themselves goes to `path`, not over the table."""
    said = os.dup(STDERR)
    with path.open("a", encoding="utf-8") as log:
        os.dup2(log.fileno(), STDERR)
        log_to(sys.stderr)
        try:
            yield
        finally:
            os.dup2(said, STDERR)
            os.close(said)
