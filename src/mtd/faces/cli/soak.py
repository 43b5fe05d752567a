"""`mtd dte soak`: documents of every kind past every failure, against the authority's books."""

import os
import secrets
import shutil
from pathlib import Path
from typing import Annotated

import uvloop
from cyclopts import Parameter

from mtd.faces.cli.figures import report
from mtd.faces.cli.starting import folders, settings_of
from mtd.faces.cli.stress import SEED_MAX, logging_to
from mtd.runtime.app import open_app
from mtd.runtime.database import database
from mtd.runtime.operations.deploying import first_key, prepared
from mtd.runtime.rehearsal.figures import Report
from mtd.runtime.rehearsal.forging import authority
from mtd.runtime.rehearsal.stage import set_up
from mtd.runtime.rehearsal.stress.furnishing import furnish, public_key, trusting
from mtd.runtime.rehearsal.stress.soak import soak as played
from mtd.runtime.rehearsal.stress.soak import town
from mtd.runtime.settings.settings import home
from mtd.runtime.supervising import parts

CUSTOMER = "soak"
SPARE = 500
"""Folios of each type beyond one an order: a voided one takes another."""
ENVELOPES = 200
"""At least about so many are sent, so that there are enough of them to fail."""
DOCUMENTS_MIN, DOCUMENTS_MAX = 4, 50
"""In one of them."""
DOCUMENTS = "MTD__LEGACY__SII__OPTIONS__PACE__DOCUMENTS"


def soak(
    *,
    orders: Annotated[int, Parameter(help="Orders; each has one to three documents.")] = 20_000,
    kills: Annotated[
        int | None,
        Parameter(help="Deaths of a worker and of PostgreSQL in turn; else one a thousand."),
    ] = None,
    seed: Annotated[int | None, Parameter(help="The same seed gives the same run.")] = None,
    json: Annotated[Path | None, Parameter(help="Also write the report here.")] = None,
) -> int:
    """Issue natively, send to a simulated authority with every failure, and audit the result.

    Ends with 1 when a check fails; a figure that misses what is to be reached only says so.
    """
    seed = secrets.randbelow(SEED_MAX) if seed is None else seed
    kills = max(2, orders // 1_000) if kills is None else kills
    found = uvloop.run(_played(seed, orders, kills))
    report(f"mtd dte soak --orders {orders} --kills {kills} --seed {seed}", found, json)
    return 0 if found.passed else 1


async def _played(seed: int, orders: int, kills: int) -> Report:
    place = home(os.environ) / "soak"
    shutil.rmtree(place, ignore_errors=True)  # a run begins with nothing behind it
    place.mkdir(parents=True)
    by = authority()
    os.environ.update(trusting(by, settings_of(CUSTOMER).issuers))
    together = orders // ENVELOPES
    os.environ[DOCUMENTS] = str(min(max(together, DOCUMENTS_MIN), DOCUMENTS_MAX))
    with logging_to(place / "soak.log"):
        async with database(place, os.environ) as dsn:
            app = await open_app(settings_of(CUSTOMER), place, dsn)
            await prepared(app, [*folders("processes"), *folders("benchmarks/soak")])
            await furnish(app, by, orders + SPARE)
            key = await first_key(app)
            async with set_up(
                app,
                key,
                town(seed),
                lambda more: parts(app.settings, dsn, place, CUSTOMER, more),
            ) as stage:
                await stage.town.tell("sii", {"system": {"trust": {str(by.idk): public_key(by)}}})
                found = await played(stage, seed, orders, kills)
            await app.close()
    return found
