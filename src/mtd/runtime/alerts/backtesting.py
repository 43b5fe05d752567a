"""Back-testing: what a rule finds now, and how often it would have raised an alert in the past."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import msgspec

from mtd.runtime.alerts.kinds import KINDS
from mtd.runtime.alerts.measuring import Measure, Point, Sight
from mtd.runtime.alerts.rules import checked
from mtd.runtime.app import App
from mtd.runtime.operations.operations import Conflict
from mtd.runtime.settings.alerts import Rule
from mtd.store.patience import hurry
from mtd.store.sessions import Connection, Fault, fault

DAYS_MAX = 31
LOOKED_MS = 5_000
"""A history that takes longer to look through is too large."""
SPELLS_MAX = 50


class Spell(msgspec.Struct, frozen=True, kw_only=True):
    """One time that the condition would have held."""

    scope: str
    began_at: datetime
    ended_at: datetime
    observed: float
    """When it began."""


class Backtest(msgspec.Struct, frozen=True, kw_only=True):
    """How often a rule would have raised an alert."""

    days: int
    firings: int
    since: datetime | None
    """From when on there is a history; None: there is none."""
    complete: bool
    """False: there was more than was looked through."""
    spells: Sequence[Spell]
    """The latest."""


async def tried(app: App, tenant: int, rule: Rule) -> list[Measure]:
    """What `rule` finds now, raising no alert. Raises Conflict: it cannot be looked at."""
    checked(app, rule)
    now = app.clock.now()
    async with _hurried(app, tenant) as connection:
        sight = _sight(app, tenant, connection, now)
        return await KINDS[type(rule.condition)].measure(sight, rule.condition)


async def backtest(app: App, tenant: int, rule: Rule, days: int = DAYS_MAX) -> Backtest:
    """What `rule` would have found in the last `days`. Raises Conflict: it cannot be looked at."""
    checked(app, rule)
    now = app.clock.now()
    since = now - timedelta(days=max(1, min(days, DAYS_MAX)))
    async with _hurried(app, tenant) as connection:
        sight = _sight(app, tenant, connection, now)
        history = await KINDS[type(rule.condition)].past(sight, rule.condition, since, now)
    found = spells(history.points, timedelta(seconds=rule.calm_s))
    return Backtest(
        days=days,
        firings=len(found),
        since=history.since,
        complete=history.complete,
        spells=found[-SPELLS_MAX:][::-1],
    )


@asynccontextmanager
async def _hurried(app: App, tenant: int) -> AsyncGenerator[Connection]:
    """A connection on which whatever takes too long is a Conflict."""
    try:
        async with app.store.door(tenant) as connection:
            await hurry(connection, LOOKED_MS)
            yield connection
    except Exception as error:
        if fault(error) is Fault.AGAIN:
            raise Conflict("there is too much history: ask for fewer days") from error
        raise


def _sight(app: App, tenant: int, connection: Connection, now: datetime) -> Sight:
    return Sight(
        connection=connection,
        tenant=tenant,
        now=now,
        app=app,
        judged={},
    )


def spells(points: Sequence[Point], calm: timedelta) -> list[Spell]:
    """The times that a condition held, by scope; what begins again within `calm` goes on."""
    found: list[Spell] = []
    for point in sorted(points, key=lambda one: (one.scope, one.at)):
        if not point.fires:
            continue
        last = found[-1] if found else None
        if last is not None and last.scope == point.scope and point.at <= last.ended_at + calm:
            longer = max(last.ended_at, point.until)
            found[-1] = msgspec.structs.replace(last, ended_at=longer)
            continue
        found.append(
            Spell(
                scope=point.scope,
                began_at=point.at,
                ended_at=point.until,
                observed=point.observed,
            )
        )
    return sorted(found, key=lambda one: one.began_at)
