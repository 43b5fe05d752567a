"""Setting aside: what cannot be advanced stands still below an incident, until a person retries.

A start that failed is kept as a scope of no element, so that a retry begins with what it brought.
"""

from collections.abc import Sequence
from datetime import datetime

from mtd.core.process.advance import Moved, quarantined
from mtd.core.process.definition import Definition
from mtd.core.process.instance import ROOT, SET_ASIDE, Incident, Instance, Scope, State
from mtd.core.process.journal import (
    VERSION,
    Draft,
    Entered,
    Entry,
    Fact,
    Record,
    Troubled,
    apply,
    encode,
)
from mtd.core.process.trigger import Start, Trigger
from mtd.runtime.memory.live import Live

HELD = "held"
"""Kind of the journal row that says for the end of which pause an instance waits."""


def stopped(instance: Instance, trigger: Trigger, problem: str) -> Moved:
    """`instance` left where it was when `trigger` came in, and why."""
    if not isinstance(trigger, Start):
        return quarantined(instance, trigger, problem)
    kept = Scope(ROOT, trigger.element or "", None, None, trigger.variables)
    incident = Incident(instance.next, "", None, None, SET_ASIDE, problem)
    return recorded(instance, trigger.at, "start", [Entered(kept), Troubled(incident)])


def begin_again(instance: Instance, definition: Definition, at: datetime) -> Start | None:
    """The start that was kept, of an instance that never began; None: it did."""
    scope = instance.scopes.get(ROOT)
    if scope is None or scope.element == definition.root or instance.tokens:
        return None
    if instance.state is not State.RUNNING or not definition.root:
        return None
    return Start(at=at, variables=scope.variables, element=scope.element or None)


def held_up(live: Live, instance: Instance, now: datetime) -> list[Moved]:
    """The journal row that says for the end of which pause `instance` waits, if it is new."""
    pause = live.held_by(instance)
    if pause is None or pause == live.held_said:
        return []
    return [recorded(instance, now, HELD, [], [pause])]


def recorded(
    instance: Instance, at: datetime, kind: str, facts: Sequence[Fact], cause: Sequence[str] = ()
) -> Moved:
    """A step of the runtime's own, in which nothing is evaluated; `cause` identifies why."""
    draft = Draft(instance)
    for fact in facts:
        apply(draft, fact)
    after = draft.freeze(instance, 1)
    payload = encode(Record(VERSION, [kind, *cause], list(facts)))
    return Moved(after, Entry(after.seq, at, kind, "", payload), list(facts))
