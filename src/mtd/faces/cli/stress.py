"""`mtd stress`: the load profiles, and kills, against everything at once on this machine."""

import os
import secrets
import shutil
import sys
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal

import uvloop
from cyclopts import Parameter

from mtd.faces.cli.figures import report
from mtd.faces.cli.starting import folders, settings_of
from mtd.runtime.app import open_app
from mtd.runtime.database import database
from mtd.runtime.deploying import first_key, prepared
from mtd.runtime.intake.dialects import dialects
from mtd.runtime.rehearsal import load
from mtd.runtime.rehearsal.chaos import kills as killed
from mtd.runtime.rehearsal.figures import Report
from mtd.runtime.rehearsal.profiles import ADDED, CAMPAIGN, campaign, requests
from mtd.runtime.rehearsal.stage import Stage, set_up
from mtd.runtime.settings import home
from mtd.runtime.supervising import parts
from mtd.runtime.telemetry import log_to

CUSTOMER = "stress"
STDERR = 2
SEED_MAX = 1_000_000_000
Play = Callable[[Stage], Awaitable[Report]]


def stress(
    *,
    profile: Annotated[
        Literal["L1", "L4"] | None,
        Parameter(help="L1: a campaign's files at once. L4: requests at a steady pace."),
    ] = None,
    kills: Annotated[int, Parameter(help="Kill a worker or PostgreSQL so many times.")] = 0,
    orders: Annotated[int, Parameter(help="L1: files at once.")] = CAMPAIGN,
    added: Annotated[int, Parameter(help="L1: files added midway.")] = ADDED,
    seconds: Annotated[float, Parameter(help="L4: for how long at each pace.")] = 600.0,
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

    async def play(stage: Stage) -> Report:
        known = dialects(stage.app.settings, folders("customers"))
        match profile:
            case "L1":
                return await campaign(stage, known, seed, orders, added)
            case "L4":
                return await requests(stage, seed, seconds)
            case _:
                return await killed(stage, known, seed, kills)

    title = f"mtd stress {f'--profile {profile}' if profile else f'--kills {kills}'} --seed {seed}"
    found = uvloop.run(_played(play, seed))
    report(title, found, json)
    return 0 if found.passed else 1


async def _played(play: Play, seed: int) -> Report:
    """`play` on a fresh stage."""
    place = home(os.environ) / "stress"
    shutil.rmtree(place, ignore_errors=True)  # a run begins with nothing behind it
    place.mkdir(parents=True)
    with _logging_to(place / "stress.log"):
        async with database(place, os.environ) as dsn:
            app = await open_app(settings_of(CUSTOMER), place, dsn)
            await prepared(app, folders("processes"))
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
def _logging_to(path: Path) -> Generator[None]:
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
