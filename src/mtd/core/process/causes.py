"""Causes: a trigger in short, as its journal row keeps it."""

from typing import Any

from mtd.core.process.trigger import (
    Answered,
    Changed,
    Fired,
    Hastened,
    Modified,
    Received,
    Redefined,
    Retried,
    Start,
    Stopped,
    Submitted,
    Trigger,
)


def cause(trigger: Trigger) -> list[Any]:
    """The trigger in short: what it brought in stands in the facts that followed."""
    match trigger:
        case Start(element=element):
            return [element]
        case Answered(wait=wait, outcome=outcome, took_ms=took_ms):
            kind = str(outcome.__struct_config__.tag)
            return [wait, kind, round(took_ms), getattr(outcome, "message", None)]
        case Fired(wait=wait):
            return [wait]
        case Received(wait=wait, name=name):
            return [wait, name]
        case Submitted(wait=wait, actor=actor):
            return [wait, actor]
        case Retried(incident=incident, actor=actor, reason=reason):
            return [incident, actor, reason]
        case Hastened(wait=wait, actor=actor, reason=reason):
            return [wait, actor, reason]
        case Stopped(actor=actor, reason=reason) | Changed(actor=actor, reason=reason):
            return [actor, reason]
        case Modified(moves=moves, adds=adds, drops=drops, actor=actor, reason=reason):
            return [moves, adds, drops, actor, reason]
        case Redefined(to=to, mapping=mapping, actor=actor, reason=reason):
            return [to, mapping, actor, reason]
