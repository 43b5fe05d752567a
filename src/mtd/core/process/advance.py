"""`advance`: the engine's one pure function, from what happened to what follows from it."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from mtd.core.process.catching import meets
from mtd.core.process.causes import cause
from mtd.core.process.counterparts import mapped
from mtd.core.process.definition import Definition, Element
from mtd.core.process.effect import Call, UserTask, Watching
from mtd.core.process.elements import TABLE
from mtd.core.process.hastening import let_hasten
from mtd.core.process.hindering import hindrances
from mtd.core.process.instance import ROOT, SET_ASIDE, Incident, Instance, State, Wait
from mtd.core.process.journal import (
    VERSION,
    Ended,
    Entry,
    Fact,
    Ignored,
    Record,
    Settled,
    Tried,
    Troubled,
    encode,
)
from mtd.core.process.migrating import follow
from mtd.core.process.modifying import let_modify
from mtd.core.process.outcome import Done, InDoubt, Unknown
from mtd.core.process.recording import Stuck
from mtd.core.process.resuming import resume
from mtd.core.process.retrying import retry
from mtd.core.process.running import ENDLESS, run
from mtd.core.process.starting import start
from mtd.core.process.step import Step
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

DEADLOCK = "DEADLOCK"
"""The incident of an instance that waits for itself alone: for tokens that cannot come."""
LATE_EFFECT = "LATE_EFFECT"
"""The incident of an effect that came after nobody wanted it any more."""
ROUNDS_MAX = 100
"""Times that conditional events are looked at in one step."""


class Moved(msgspec.Struct, frozen=True):
    """One step of one instance: what it is now, and the journal row that made it so."""

    instance: Instance
    entry: Entry
    facts: list[Fact]

    @property
    def refused(self) -> str | None:
        """Why the trigger was not let in; None: it was."""
        match self.facts:
            case [Ignored(reason=reason)]:
                return reason
            case _:
                return None


def advance(definition: Definition, instance: Instance, trigger: Trigger) -> Moved:
    """Let `trigger` happen to `instance` and move its tokens until all of them rest.

    Never raises for what a drawing, its data or the world may do: a token that cannot go on
    becomes an incident, and a trigger that answers nothing still awaited is journaled as
    ignored. An exception is a bug of ours; the turn makes it this instance's incident
    (`quarantined`).
    """
    step = Step(definition, instance, trigger.at, TABLE)
    if instance.state is not State.RUNNING:
        step.record(Ignored(f"the instance is {instance.state.value.lower()}"))
        return _moved(step, instance, trigger, "")
    element = _LET_IN[type(trigger)](step, trigger)
    _run(step)
    return _moved(step, instance, trigger, element)


def migrate(
    old: Definition,
    new: Definition,
    instance: Instance,
    trigger: Redefined,
    places: Mapping[str, str] | None = None,
) -> Moved:
    """Let `instance` go on with `new` instead of `old`; or leave it as it is, and say why.

    `places`: what `mapped` says of them, where it is known already: it takes as long as the rest.
    """
    places = mapped(old, new, trigger.mapping) if places is None else places
    reasons = hindrances(old, new, instance, trigger.mapping, places)
    step = Step(old if reasons else new, instance, trigger.at, TABLE)
    if reasons:
        step.record(Ignored(f"it cannot follow to {new.id}: {'; '.join(reasons)}"))
    else:
        follow(step, old, places)
        _run(step)
    return _moved(step, instance, trigger, "")


def quarantined(instance: Instance, trigger: Trigger, message: str) -> Moved:
    """`instance` left where it was, with an incident that says how `advance` failed on it."""
    incident = Incident(instance.next, "", None, None, SET_ASIDE, message)
    step = Step(_NOWHERE, instance, trigger.at, TABLE)
    step.record(Troubled(incident))
    return _moved(step, instance, trigger, "")


def born(instance_id: str, definition: Definition, key: str) -> Instance:
    """An instance to which nothing has happened yet; its first trigger is a `Start`."""
    return Instance(id=instance_id, definition=definition.id, key=key)


def _run(step: Step) -> None:
    """Run to rest; wherever a variable changed, look at the conditions again."""
    run(step)
    for _ in range(ROUNDS_MAX):
        if not step.changed or not _conditions_met(step):
            break
        run(step)
    else:
        step.trouble(None, ENDLESS, f"conditions still come true after {ROUNDS_MAX} rounds")
    _own_up(step)


def _own_up(step: Step) -> None:
    """Where nothing is awaited of the world, and nothing is in the way, nothing will ever come.

    What has not begun, for its start was set aside, is no deadlock: that start will come.
    """
    draft = step.draft
    if draft.waits or draft.incidents or draft.state is not State.RUNNING:
        return
    root = draft.scopes.get(ROOT)
    if root is None or root.element != step.definition.root:
        return
    token = next(iter(draft.tokens.values()), None)
    places = {step.element(token).name or token.at for token in draft.tokens.values()}
    where = ", ".join(sorted(places)) or "nowhere"
    step.trouble(token, DEADLOCK, f"tokens wait for others that cannot come: {where}")


def _answered(step: Step, trigger: Answered | Fired | Received | Submitted) -> str:
    wait = step.draft.waits.get(trigger.wait)
    if wait is None or not _meets(wait, trigger):
        what = trigger.outcome if isinstance(trigger, Answered) else type(trigger).__name__
        step.record(Ignored(f"wait {trigger.wait} is not open: {what}"))
        if wait is None and isinstance(trigger, Answered):
            _late(step, trigger)
        return ""
    element = step.definition.elements[wait.element]
    for incident in [i for i in step.draft.incidents.values() if i.wait == wait.id]:
        step.record(Settled(incident.id))  # the answer came after all, and says how it stands
    resume(step, wait, trigger)
    return element.id


def _late(step: Step, answer: Answered) -> None:
    """A call that was cancelled under way took effect all the same, or may have: say so."""
    if isinstance(answer.outcome, Done | Unknown | InDoubt):
        message = f"call {answer.wait} was cancelled and yet answered: its effect may stand"
        step.trouble(None, LATE_EFFECT, message)


def _meets(wait: Wait, trigger: Trigger) -> bool:
    match wait.effect:
        case Call():
            return isinstance(trigger, Answered)
        case UserTask():
            return isinstance(trigger, Submitted)
        case _:
            return meets(wait, trigger)


def _stopped(step: Step, trigger: Stopped) -> str:
    step.clear(ROOT)
    step.close(step.draft.scopes[ROOT])
    for incident in list(step.draft.incidents):
        step.record(Settled(incident))
    step.record(Ended(State.TERMINATED))
    return ""


def _changed(step: Step, trigger: Changed) -> str:
    step.assign(ROOT, trigger.variables)
    return ""


def _redefined(step: Step, trigger: Redefined) -> str:
    """Without the definition to follow to, nobody can follow (see `migrate`)."""
    step.record(Ignored(f"{trigger.to} is not to be had"))
    return ""


def _conditions_met(step: Step) -> bool:
    """Let conditional events go off whose condition has become true."""
    step.changed = False
    met = False
    for wait, watching in _watched(step):
        if wait.id not in step.draft.waits:
            continue
        element = step.definition.elements[wait.element]
        holds = _holds(step, element, wait, watching)
        if holds and not watching.met:
            resume(step, wait, None)
            met = True
        elif watching.met and not holds:
            step.record(Tried(wait.id, Watching(False, watching.event)))
    return met


def _watched(step: Step) -> list[tuple[Wait, Watching]]:
    waits = step.draft.waits.values()
    return [(wait, wait.effect) for wait in waits if isinstance(wait.effect, Watching)]


def _holds(step: Step, element: Element, wait: Wait, watching: Watching) -> bool:
    """Whether the condition that `wait` is for is true; one that cannot be evaluated is not."""
    rule = element.events[watching.event].condition
    try:
        return rule is not None and step.value(rule, wait.scope) is True
    except Stuck:
        return False


def _moved(step: Step, instance: Instance, trigger: Trigger, element: str) -> Moved:
    moved = step.draft.freeze(instance, 1)
    kind = str(trigger.__struct_config__.tag)
    payload = encode(Record(VERSION, cause(trigger), step.facts))
    return Moved(moved, Entry(moved.seq, trigger.at, kind, element, payload), step.facts)


_LET_IN: dict[type, Callable[[Step, Any], str]] = {
    Start: start,
    Answered: _answered,
    Fired: _answered,
    Received: _answered,
    Submitted: _answered,
    Retried: retry,
    Hastened: let_hasten,
    Stopped: _stopped,
    Changed: _changed,
    Modified: let_modify,
    Redefined: _redefined,
}
_NOWHERE = Definition(name="", version=0, root="", elements={})
