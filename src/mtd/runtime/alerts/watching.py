"""Watching: every rule is looked after, again and again, by one process at a time.

Whoever looks holds the tenant's watch, a row, until what was found and what is to be told of it is
written: all of it or, if the process dies, none. So each alert begins, and is told, once, however
many look and whenever one is killed.
"""

import asyncio
import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from mtd.runtime.alerts import rules
from mtd.runtime.alerts.deciding import Change, decide, gone
from mtd.runtime.alerts.kinds import KINDS
from mtd.runtime.alerts.kinds.letters import BOUNCED
from mtd.runtime.alerts.measuring import EPOCH, READ_EVERY_S, Measure, Sight
from mtd.runtime.alerts.telling import notices
from mtd.runtime.app import App
from mtd.runtime.clock import elapsed_s
from mtd.runtime.rounds import rounds
from mtd.runtime.settings.alerts import Rule
from mtd.store.alerts import alerts, sightings
from mtd.store.alerts import notices as told
from mtd.store.alerts.alerts import Alert
from mtd.store.counts import tallying
from mtd.store.ids import uuid7
from mtd.store.patience import hurry
from mtd.store.sessions import Connection, Session

LOG = structlog.get_logger()

LOOK_S = 1.0
"""Between two looks whether it is time to look."""
RULE_MS = 2_000
"""A rule that cannot be measured in that time keeps its alerts as they are."""
ROUND_S = 8.0
"""All rules of one look; what is not measured by then waits for the next."""
RECENT = timedelta(hours=26)
"""Alerts that may begin again, or that somebody closed while their condition held."""
KEPT = timedelta(days=35)
"""History that back-tests look at."""
TALLIES_MAX = 50
"""Times that turns are counted at one look: what is left is counted at the next."""


async def keep_watch(app: App, tenant: int, stopping: asyncio.Event) -> None:
    """Look after the rules until told to stop."""
    watching = Watching(app, tenant)
    try:
        await rounds(watching.look, LOOK_S, stopping, "alerts are not looked after")
    finally:
        await watching.close()


class Watching:
    """The rules of a tenant, as one process looks after them beside others."""

    def __init__(self, app: App, tenant: int) -> None:
        self._app = app
        self._tenant = tenant
        self._turns: Session = tallying.reader(app.store.dsn)
        self._judged: dict[tuple[str, str], tuple[str, ...]] = {}
        self._unmeasured: set[str] = set()
        """Rules that could not be measured at the last look: said once."""

    async def close(self) -> None:
        """Let go of the database."""
        await self._turns.close()

    async def look(self, now: datetime | None = None) -> bool:
        """Look after every rule, if it is time and nobody else does; whether it was."""
        now = now or self._app.clock.now()
        async with self._app.store.door(self._tenant) as connection:
            if not await alerts.hold(connection, self._tenant, now):
                return False
            await self._tally(now)
            known = await rules.effective(self._app, connection, self._tenant)
            measured = await self._measured(known, now)
            recent = now - RECENT
            current = await alerts.current(connection, self._tenant, recent)
            changes = self._decided(known, measured, current, now)
            await keep(connection, self._tenant, known, changes, now, self._zone)
            await self._read(connection, known, measured, now)
            every = timedelta(seconds=self._app.settings.alerts.every_s)
            await alerts.looked(connection, self._tenant, now + every)
        return True

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self._app.settings.time_zone)

    async def _tally(self, now: datetime) -> None:
        for _ in range(TALLIES_MAX):
            counted = await tallying.count(self._turns, [BOUNCED], now - KEPT)
            if counted < tallying.TURNS_MAX:
                return

    async def _measured(
        self, known: Mapping[str, Rule], now: datetime
    ) -> Mapping[str, Sequence[Measure]]:
        """What was found of each rule that could be measured."""
        began_s = elapsed_s()
        found: dict[str, Sequence[Measure]] = {}
        failed: set[str] = set()
        for name, rule in known.items():
            if elapsed_s() - began_s > ROUND_S:
                failed |= known.keys() - found.keys()
                LOG.warning("there was no time for every rule", rules=sorted(failed))
                break
            try:
                found[name] = await self._measure(rule, now)
            except Exception as error:  # noqa: BLE001 one rule must not blind the others
                failed.add(name)
                if name not in self._unmeasured:
                    problem = f"{type(error).__name__}: {error}"
                    LOG.warning("a rule cannot be measured", rule=name, problem=problem)
        self._unmeasured = failed
        return found

    async def _measure(self, rule: Rule, now: datetime) -> Sequence[Measure]:
        async with self._app.store.door(self._tenant) as connection:
            await hurry(connection, RULE_MS)
            sight = Sight(
                connection=connection,
                tenant=self._tenant,
                now=now,
                app=self._app,
                judged=self._judged,
            )
            return await KINDS[type(rule.condition)].measure(sight, rule.condition)

    def _decided(
        self,
        known: Mapping[str, Rule],
        measured: Mapping[str, Sequence[Measure]],
        current: Iterable[Alert],
        now: datetime,
    ) -> list[Change]:
        by_rule: dict[str, list[Alert]] = {}
        for alert in current:
            by_rule.setdefault(alert.rule, []).append(alert)
        changes: list[Change] = []
        for name, found in measured.items():
            mine = by_rule.get(name, [])
            changes += decide(name, known[name], mine, found, now, lambda: _new_id(now))
        for name in by_rule.keys() - known.keys():
            changes += gone(by_rule[name], now)
        return changes

    async def _read(
        self,
        connection: Connection,
        known: Mapping[str, Rule],
        measured: Mapping[str, Sequence[Measure]],
        now: datetime,
    ) -> None:
        """Keep what was measured and has no other history; forget what is old."""
        at = EPOCH + timedelta(seconds=now.timestamp() // READ_EVERY_S * READ_EVERY_S)
        rows: dict[tuple[str, str], float] = {}
        for name, found in measured.items():
            condition = known[name].condition
            reads = KINDS[type(condition)].reads
            if reads is not None:
                scopes = [one.scope if one.read_as is None else one.read_as for one in found]
                observed = [one.observed for one in found]
                rows |= zip(((reads(condition), scope) for scope in scopes), observed, strict=True)
        kept = [(measure, scope, observed) for (measure, scope), observed in rows.items()]
        await sightings.read(connection, self._tenant, at, kept)
        await sightings.forget(connection, self._tenant, now - KEPT)


async def keep(
    connection: Connection,
    tenant: int,
    known: Mapping[str, Rule],
    changes: Sequence[Change],
    now: datetime,
    zone: ZoneInfo,
) -> None:
    """Write what became of alerts, and what is to be told of it."""
    if not changes:
        return
    events = [(one.alert.id, one.event) for one in changes if one.event is not None]
    await alerts.write(connection, tenant, [one.alert for one in changes], events)
    over = [one.alert.id for one in changes if one.event and one.event.kind == "CLOSED"]
    spared = await told.spare(connection, tenant, over, now) if over else set[tuple[str, str]]()
    made = [
        notice
        for one in changes
        if (rule := known.get(one.alert.rule)) is not None
        for notice in notices(rule, one, spared, now, zone)
    ]
    if made:
        await told.add(connection, tenant, made)


def _new_id(now: datetime) -> str:
    return uuid7(now, os.urandom(10))
