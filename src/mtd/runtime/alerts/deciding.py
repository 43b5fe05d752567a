"""Deciding: what becomes of a rule's alerts, from what was measured; pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec.structs import replace

from mtd.runtime.alerts.measuring import Measure, Remedy
from mtd.runtime.settings.alerts import Rule
from mtd.store.alerts.alerts import Alert, Event, EventKind

CONSOLIDATED = timedelta(hours=1)
"""What begins again within an hour of its beginning is the same alert, and counted."""


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """What an alert keeps besides its columns."""

    kind: str
    """Of the condition."""
    title: str
    runbook: str
    facts: dict[str, Any]
    path: str
    remedy: Remedy | None


class Change(msgspec.Struct, frozen=True):
    """An alert as it stands from now on, and what happened to it; None: it only goes on."""

    alert: Alert
    event: Event | None


def content_of(alert: Alert) -> Content:
    """What an alert keeps besides its columns."""
    return msgspec.json.decode(alert.content, type=Content)


def decide(
    name: str,
    rule: Rule,
    current: Sequence[Alert],
    measured: Iterable[Measure],
    now: datetime,
    new_id: Callable[[], str],
) -> list[Change]:
    """What becomes of the alerts of rule `name`; `current` are its latest ones, oldest first."""
    latest: dict[str, Alert] = {one.scope: one for one in current}
    changes: list[Change] = []
    fires: set[str] = set()
    for one in measured:
        if one.fires:
            fires.add(one.scope)
            changes.append(_firing(name, rule, latest.get(one.scope), one, now, new_id))
    for scope, alert in latest.items():
        if scope not in fires and alert.closed_at is None:
            changes += _calm(rule, alert, now)
    return changes


def gone(current: Iterable[Alert], now: datetime) -> list[Change]:
    """What becomes of the alerts of a rule that is no more: those that are open close."""
    return [
        happened(replace(one, closed_at=now), "CLOSED", now, words="rule")
        for one in current
        if one.closed_at is None
    ]


def happened(
    alert: Alert, kind: EventKind, at: datetime, *, actor: str | None = None, words: str = ""
) -> Change:
    """`alert`, and that this happened to it."""
    number = alert.events + 1
    event = Event(n=number, at=at, kind=kind, actor=actor, words=words)
    return Change(replace(alert, events=number), event)


def _firing(
    name: str,
    rule: Rule,
    alert: Alert | None,
    one: Measure,
    now: datetime,
    new_id: Callable[[], str],
) -> Change:
    if alert is None or (alert.closed_at is not None and not _same(rule, alert, now)):
        return happened(_opened(new_id(), name, rule, one, now), "OPENED", now)
    seen = replace(
        alert,
        severity=rule.severity,
        affected=one.affected,
        last_at=now,
        observed=one.observed,
        bound=one.bound,
        content=_content(rule, one),
    )
    if alert.closed_at is None:
        return _going_on(rule, seen, now)
    if alert.closed_by is not None and _holds_still(rule, alert, now):
        return Change(replace(alert, last_at=now), None)  # who closed it knew
    again = replace(
        seen, count=alert.count + 1, opened_at=now, closed_at=None, closed_by=None,
        acknowledged_at=None, escalated_at=None, muted_until=None,
    )  # fmt: skip
    return happened(again, "REOPENED", now)


def _going_on(rule: Rule, alert: Alert, now: datetime) -> Change:
    """An open alert whose condition holds: it may be time to say so again, or to others."""
    if alert.muted_until is not None:
        if alert.muted_until > now:
            return Change(alert, None)
        return happened(replace(alert, muted_until=None), "UNMUTED", now)
    late = rule.escalate_after_s is not None and now >= alert.opened_at + timedelta(
        seconds=rule.escalate_after_s
    )
    if late and alert.acknowledged_at is None and alert.escalated_at is None:
        return happened(replace(alert, escalated_at=now), "ESCALATED", now)
    return Change(alert, None)


def _calm(rule: Rule, alert: Alert, now: datetime) -> list[Change]:
    """An open alert whose condition does not hold: after a while it closes by itself."""
    if now < alert.last_at + timedelta(seconds=rule.calm_s):
        return []
    return [happened(replace(alert, closed_at=now), "CLOSED", now)]


def _same(rule: Rule, closed: Alert, now: datetime) -> bool:
    """Whether what holds now is still what the closed alert was about."""
    if closed.closed_by is not None and _holds_still(rule, closed, now):
        return True
    return now < closed.opened_at + CONSOLIDATED


def _holds_still(rule: Rule, alert: Alert, now: datetime) -> bool:
    """Whether the condition has not been over since it was last seen."""
    unseen = max(timedelta(seconds=rule.calm_s), UNSEEN)
    return now - alert.last_at <= unseen


UNSEEN = timedelta(minutes=2)
"""Nothing is said of what happens between two looks, nor while nobody looks for so long."""


def _opened(id_: str, name: str, rule: Rule, one: Measure, now: datetime) -> Alert:
    return Alert(
        id=id_,
        rule=name,
        scope=one.scope,
        severity=rule.severity,
        affected=one.affected,
        began_at=now,
        opened_at=now,
        last_at=now,
        observed=one.observed,
        bound=one.bound,
        content=_content(rule, one),
    )


def _content(rule: Rule, one: Measure) -> bytes:
    facts: Mapping[str, Any] = one.facts
    return msgspec.json.encode(
        Content(
            kind=str(rule.condition.__struct_config__.tag),
            title=rule.title,
            runbook=rule.runbook,
            facts=dict(facts),
            path=one.path,
            remedy=one.remedy,
        )
    )
