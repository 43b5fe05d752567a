"""Handling: what people do about alerts; each act is told in the alert and in the audit."""

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace

from mtd.runtime.alerts import rules
from mtd.runtime.alerts.deciding import Change, Content, content_of, happened
from mtd.runtime.alerts.rules import Author
from mtd.runtime.alerts.watching import keep
from mtd.runtime.app import App
from mtd.runtime.operations.operations import Conflict, NotFound
from mtd.runtime.settings.alerts import Rule
from mtd.store.alerts import alerts, notices
from mtd.store.alerts.alerts import Alert, Counts, Event
from mtd.store.alerts.notices import Notice
from mtd.store.ids import uuid7
from mtd.store.people import audit

Tab = Literal["open", "acknowledged", "closed"]
MUTED_MAX = timedelta(days=30)
WORDS_MAX = 1_000
LATELY = timedelta(days=1)


class View(msgspec.Struct, frozen=True, kw_only=True):
    """An alert, as people see it."""

    id: str
    rule: str
    title: str
    kind: str
    scope: str
    severity: alerts.Severity
    state: Literal["OPEN", "ACKNOWLEDGED", "CLOSED"]
    count: int
    affected: int
    observed: float
    bound: float
    began_at: datetime
    opened_at: datetime
    last_at: datetime
    escalated_at: datetime | None
    muted_until: datetime | None
    closed_at: datetime | None
    closed_by: str | None
    """None of a closed one: it closed by itself."""
    owner: str | None
    content: Content


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """An alert with what happened to it, and who was told what."""

    alert: View
    events: list[Event]
    notices: list[Notice]


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """How many alerts stand how, and what became of the notices of the last day."""

    alerts: Counts
    notices: dict[str, int]


async def listing(
    app: App, tenant: int, tab: Tab, *, below: str | None = None, limit: int = alerts.PAGE_MAX
) -> list[View]:
    """Alerts in one state: of the open ones the gravest first, of the others the latest."""
    async with app.store.window(tenant) as connection:
        found = await alerts.page(
            connection,
            tenant,
            is_open=tab != "closed",
            is_acknowledged=None if tab == "closed" else tab == "acknowledged",
            below=below,
            by_severity=tab == "open" and below is None,
            limit=limit,
        )
    return [view_of(one) for one in found]


async def shown(app: App, tenant: int, id_: str) -> Shown:
    """An alert, what happened to it and who was told. Raises NotFound."""
    async with app.store.window(tenant) as connection:
        found = await alerts.page(connection, tenant, id_=id_, limit=1)
        if not found:
            raise NotFound(f"there is no alert {id_}")
        return Shown(
            alert=view_of(found[0]),
            events=await alerts.events(connection, tenant, id_),
            notices=await notices.of(connection, tenant, id_),
        )


async def figures(app: App, tenant: int) -> Figures:
    """How many alerts stand how, and what became of the notices of the last day."""
    since = app.clock.now() - LATELY
    async with app.store.window(tenant) as connection:
        return Figures(
            alerts=await alerts.counts(connection, tenant),
            notices=await notices.lately(connection, tenant, since),
        )


async def acknowledge(app: App, tenant: int, id_: str, by: Author) -> None:
    """Somebody has seen it. Raises NotFound, Conflict: it was acknowledged, or is closed."""

    def change(alert: Alert, now: datetime) -> Change:
        if alert.acknowledged_at is not None:
            raise Conflict("it was acknowledged already")
        seen = replace(alert, acknowledged_at=now, owner=alert.owner or by.actor)
        return happened(seen, "ACKNOWLEDGED", now, actor=by.actor, words=by.reason)

    await _act(app, tenant, id_, "alert.ack", by, change)


async def assign(app: App, tenant: int, id_: str, owner: str, by: Author) -> None:
    """It is somebody's to look after. Raises NotFound, Conflict: it is closed."""

    def change(alert: Alert, now: datetime) -> Change:
        theirs = replace(alert, owner=owner)
        return happened(theirs, "ASSIGNED", now, actor=by.actor, words=owner)

    await _act(app, tenant, id_, "alert.assign", by, change)


async def comment(app: App, tenant: int, id_: str, by: Author) -> None:
    """Somebody remarks something, also of a closed one. Raises NotFound."""

    def change(alert: Alert, now: datetime) -> Change:
        return happened(alert, "COMMENTED", now, actor=by.actor, words=by.reason)

    await _act(app, tenant, id_, "alert.comment", by, change, closed=True)


async def mute(app: App, tenant: int, id_: str, for_s: float, by: Author) -> None:
    """Nobody is told of it for a while; 0: again from now on. Raises NotFound, Conflict."""

    def change(alert: Alert, now: datetime) -> Change:
        if not for_s:
            again = replace(alert, muted_until=None)
            return happened(again, "UNMUTED", now, actor=by.actor, words=by.reason)
        until = now + min(timedelta(seconds=for_s), MUTED_MAX)
        return happened(
            replace(alert, muted_until=until), "MUTED", now, actor=by.actor, words=by.reason
        )

    await _act(app, tenant, id_, "alert.mute", by, change)


async def close(app: App, tenant: int, id_: str, by: Author) -> None:
    """It is over, says somebody who gives the reason. Raises NotFound, Conflict: it is closed.

    While its condition holds on, it stays closed; it begins again once that was over.
    """

    def change(alert: Alert, now: datetime) -> Change:
        over = replace(alert, closed_at=now, closed_by=by.actor)
        return happened(over, "CLOSED", now, actor=by.actor, words=by.reason)

    await _act(app, tenant, id_, "alert.close", by, change)


async def tell_again(app: App, tenant: int, id_: str, by: Author) -> int:
    """Try anew to tell what nobody got; how many notices. Raises NotFound."""
    async with app.store.door(tenant) as connection:
        if await alerts.one(connection, tenant, id_) is None:
            raise NotFound(f"there is no alert {id_}")
        await audit.add(connection, tenant, _entry(app, "alert.tell_again", id_, by))
        return await notices.again(connection, tenant, id_, app.clock.now())


async def _act(
    app: App,
    tenant: int,
    id_: str,
    action: str,
    by: Author,
    change: Callable[[Alert, datetime], Change],
    *,
    closed: bool = False,
) -> None:
    """Do something to an alert; nobody, and no look, changes it meanwhile."""
    now = app.clock.now()
    async with app.store.door(tenant) as connection:
        alert = await alerts.one(connection, tenant, id_)
        if alert is None:
            raise NotFound(f"there is no alert {id_}")
        if alert.closed_at is not None and not closed:
            raise Conflict("it is closed")
        done = change(alert, now)
        await audit.add(
            connection, tenant, _entry(app, action, id_, by, before=alert, after=done.alert)
        )
        known = await rules.effective(app, connection, tenant)
        # Only its end is told to others: who did the rest knows it.
        is_over = done.event is not None and done.event.kind == "CLOSED"
        told = known if is_over else dict[str, Rule]()
        await keep(connection, tenant, told, [done], now, ZoneInfo(app.settings.time_zone))


def view_of(alert: Alert) -> View:
    """An alert, as people see it."""
    content = content_of(alert)
    return View(
        id=alert.id,
        rule=alert.rule,
        title=content.title or alert.rule,
        kind=content.kind,
        scope=alert.scope,
        severity=alert.severity,
        state=_state(alert),
        count=alert.count,
        affected=alert.affected,
        observed=alert.observed,
        bound=alert.bound,
        began_at=alert.began_at,
        opened_at=alert.opened_at,
        last_at=alert.last_at,
        escalated_at=alert.escalated_at,
        muted_until=alert.muted_until,
        closed_at=alert.closed_at,
        closed_by=alert.closed_by,
        owner=alert.owner,
        content=content,
    )


def _state(alert: Alert) -> Literal["OPEN", "ACKNOWLEDGED", "CLOSED"]:
    if alert.closed_at is not None:
        return "CLOSED"
    return "OPEN" if alert.acknowledged_at is None else "ACKNOWLEDGED"


def _entry(
    app: App,
    action: str,
    id_: str,
    by: Author,
    *,
    before: Alert | None = None,
    after: Alert | None = None,
) -> audit.NewEntry:
    return audit.NewEntry(
        id=uuid7(app.clock.now(), os.urandom(10)),
        actor=by.actor,
        origin=by.origin,
        action=action,
        subject=id_,
        reason=by.reason,
        before="" if before is None else _told(before),
        after="" if after is None else _told(after),
    )


def _told(alert: Alert) -> str:
    """What people change of it."""
    said = {
        "rule": alert.rule,
        "state": _state(alert),
        "owner": alert.owner,
        "muted_until": alert.muted_until,
    }
    return msgspec.json.encode(said).decode()
