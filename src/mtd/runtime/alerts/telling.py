"""Telling: which events of alerts are told to whom, and when; pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from mtd.runtime.alerts.deciding import Change, content_of
from mtd.runtime.settings.alerts import Rule
from mtd.store.alerts.alerts import EventKind
from mtd.store.alerts.notices import NewNotice

TOLD: frozenset[EventKind] = frozenset({"OPENED", "REOPENED", "ESCALATED", "UNMUTED", "CLOSED"})
LOUD = "critical"
"""Of what is as grave as this people are told at any hour."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """An event of an alert as it is told: the body of a webhook, the context of a letter."""

    id: str
    """Of the notice: the same for every attempt at it."""
    event: EventKind
    alert: str
    rule: str
    kind: str
    title: str
    severity: str
    scope: str
    count: int
    affected: int
    observed: float
    bound: float
    opened_at: datetime
    at: datetime
    actor: str | None
    """None: it happened by itself."""
    words: str
    runbook: str
    facts: dict[str, Any]


def notices(
    rule: Rule,
    change: Change,
    spared: set[tuple[str, str]],
    now: datetime,
    zone: ZoneInfo,
) -> Iterator[NewNotice]:
    """Whom to tell of what happened; `spared`: who never heard that it had begun."""
    alert, event = change.alert, change.event
    if event is None or event.kind not in TOLD:
        return
    if event.kind == "CLOSED" and alert.muted_until is not None:
        return
    due_at = now if alert.severity == LOUD else after_quiet(rule.quiet, now, zone)
    for recipient in _recipients(rule, change):
        if event.kind == "CLOSED" and (alert.id, recipient) in spared:
            continue
        yield NewNotice(
            alert=alert.id,
            n=event.n,
            recipient=recipient,
            made_at=now,
            due_at=due_at,
            content=msgspec.json.encode(_told(change, recipient)),
        )


def after_quiet(quiet: str, now: datetime, zone: ZoneInfo) -> datetime:
    """`now`, or the end of the quiet hours `22:00-07:00` in which it is, by the clock there."""
    if not quiet:
        return now
    begins, ends = (time.fromisoformat(text) for text in quiet.split("-"))
    local = now.astimezone(zone)
    clock = local.time()
    is_quiet = begins <= clock < ends if begins < ends else clock >= begins or clock < ends
    if begins == ends or not is_quiet:
        return now
    day = local.date() + timedelta(days=1) if clock >= ends else local.date()
    return datetime.combine(day, ends, zone).astimezone(now.tzinfo)


def _recipients(rule: Rule, change: Change) -> Sequence[str]:
    """An escalation, and an end that comes after one, is told to more than who is told first."""
    wider = change.event is not None and change.event.kind == "ESCALATED"
    if wider or change.alert.escalated_at is not None:
        return list(dict.fromkeys((*rule.recipients, *rule.escalate_to)))
    return rule.recipients


def _told(change: Change, recipient: str) -> Told:
    alert, event = change.alert, change.event
    assert event is not None
    content = content_of(alert)
    return Told(
        id=f"{alert.id}:{event.n}:{recipient}",
        event=event.kind,
        alert=alert.id,
        rule=alert.rule,
        kind=content.kind,
        title=content.title or alert.rule,
        severity=alert.severity,
        scope=alert.scope,
        count=alert.count,
        affected=alert.affected,
        observed=alert.observed,
        bound=alert.bound,
        opened_at=alert.opened_at,
        at=event.at,
        actor=event.actor,
        words=event.words,
        runbook=content.runbook,
        facts=content.facts,
    )
