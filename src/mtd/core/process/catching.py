"""Catching: how an element opens waits for its events, and what meeting one means."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from mtd.core.process.associating import carried_out
from mtd.core.process.definition import Element, Event
from mtd.core.process.effect import Effect, Listening, Subscription, Timer, Watching
from mtd.core.process.instance import Token, Wait
from mtd.core.process.journal import Closed
from mtd.core.process.recording import Stuck, fitting_key
from mtd.core.process.step import Step
from mtd.core.process.trigger import Fired, Received

WAITABLE = frozenset({"message", "timer", "signal", "conditional"})
"""Events that come from outside; errors and their kin are looked up when thrown."""


def await_events(step: Step, element: Element, scope: int, token: Token | None) -> list[Wait]:
    """Open a wait for each event of `element` that comes from outside.

    A condition may be true already, and is looked at before the step ends.
    """
    return await_all(step, (element,), scope, token)


def await_all(
    step: Step, elements: Iterable[Element], scope: int, token: Token | None
) -> list[Wait]:
    """The same for several elements. Where one event cannot be awaited, none is: a retry finds
    nothing that it would await a second time.
    """
    awaited = [
        (element, _effect(step, element, event, scope))
        for element in elements
        for event in element.events
        if event.kind in WAITABLE
    ]
    step.changed |= any(isinstance(effect, Watching) for _, effect in awaited)
    return [step.ask(element, scope, token, effect) for element, effect in awaited]


def arm(step: Step, element: Element, token: Token) -> None:
    """`token` rests on an activity: its boundary events listen. Of one that is retried from a row
    older than `Incident.armed`, those that listen do already, or have an incident that lets them.
    """
    listening = {wait.element for wait in step.draft.waits.values() if wait.token == token.id}
    listening |= {
        one.element
        for one in step.draft.incidents.values()
        if one.token == token.id and one.unheard is not None
    }
    others = (step.definition.elements[one] for one in element.attached if one not in listening)
    await_all(step, others, token.scope, token)


def arm_handlers(step: Step, inside: Element, scope: int) -> None:
    """A scope opened: the event sub-processes in it begin to listen, all or none of them."""
    starts = (step.definition.elements[start] for start in inside.handlers)
    await_all(step, starts, scope, None)


def let_handlers_listen(step: Step, inside: Element, scope: int) -> None:
    """A scope opened that goes on in any case: each event sub-process listens that can."""
    for start in inside.handlers:
        let_listen(step, step.definition.elements[start], scope, None)


def let_listen(
    step: Step, element: Element, scope: int, token: Token | None, last: Timer | None = None
) -> None:
    """`element` begins to listen; or goes on, after the timer `last` of it fired. Where it cannot
    yet, an incident keeps what is missing, and its retry comes back here.
    """
    try:
        if last is None:
            await_events(step, element, scope, token)
        else:
            _await_next(step, element, scope, token, last)
    except Stuck as stuck:
        step.miss(element, scope, token, last, stuck)


def goes_off(step: Step, element: Element, wait: Wait) -> bool:
    """One event of `element` was met: whether that is enough (BPMN 2.0.2 §10.5.1).

    Where all are required, those met are awaited no longer, and the last one lets it go off.
    """
    if not element.parallel_multiple:
        return True
    step.record(Closed(wait.id))
    return not any(
        (other.element, other.scope, other.token) == (wait.element, wait.scope, wait.token)
        for other in step.draft.waits.values()
    )


def rearm(step: Step, element: Element, wait: Wait) -> None:
    """A non-interrupting event was met and goes on listening, as long as it recurs.

    What it was met for begins in any case: not to find the next time is trouble of its own.
    """
    effect = wait.effect
    token = None if wait.token is None else step.draft.tokens[wait.token]
    if element.parallel_multiple:
        let_listen(step, element, wait.scope, token)
        return
    step.record(Closed(wait.id))
    if isinstance(effect, Watching):
        step.ask(element, wait.scope, token, Watching(True, effect.event))
    elif not isinstance(effect, Timer):
        step.ask(element, wait.scope, token, effect)
    elif effect.left is None or effect.left > 0:
        let_listen(step, element, wait.scope, token, effect)


def absorb(step: Step, element: Element, wait: Wait, trigger: Any) -> None:
    """What came with the event becomes variables, as the binding says."""
    step.assign(wait.scope, brought(step, element, wait, trigger))


def brought(step: Step, element: Element, wait: Wait, trigger: Any) -> dict[str, Any]:
    """The variables that the binding makes of what came with the event."""
    if not isinstance(trigger, Received):
        return {}
    event = next((e for e in element.events if e.name == trigger.name), None)
    payload = event.payload if event else None
    return carried_out(step, element, wait.scope, payload, trigger.payload)


def meets(wait: Wait, trigger: Any) -> bool:
    """Whether `trigger` is the kind of thing that `wait` awaits."""
    match wait.effect:
        case Timer():
            return isinstance(trigger, Fired)
        case Subscription(name=name) | Listening(name=name):
            return isinstance(trigger, Received) and trigger.name == name
        case _:
            return False


def _effect(step: Step, element: Element, event: Event, scope: int) -> Effect:
    match event.kind:
        case "timer":
            return _timer(step, element, event, scope, step.at)
        case "signal":
            return Listening(event.name or "")
        case "conditional":
            return Watching(False, element.events.index(event))
        case _:
            return Subscription(event.name or "", _key(step, element, event, scope))


def _await_next(step: Step, element: Element, scope: int, token: Token | None, last: Timer) -> None:
    """A version of the drawing that was followed to meanwhile may have no timer there."""
    for event in [e for e in element.events if e.kind == "timer"][:1]:
        due = _next_due(step, element, event, scope, last)
        left = None if last.left is None else last.left - 1
        step.ask(element, scope, token, Timer(due, left))


def _next_due(step: Step, element: Element, event: Event, scope: int, last: Timer) -> datetime:
    """A cycle keeps its rhythm, however late it fired; what was missed is not made up for."""
    due = _timer(step, element, event, scope, last.due).due
    return due if due > step.at else _timer(step, element, event, scope, step.at).due


def _timer(step: Step, element: Element, event: Event, scope: int, since: datetime) -> Timer:
    assert event.schedule is not None, f"{element.id}: the compiler refuses timers without a time"
    timer = event.schedule(step.sight(scope), since)
    if timer is None:
        raise Stuck("TIMER_UNKNOWN", f"the time of {element.name or element.id!r} is not known")
    return timer


def _key(step: Step, element: Element, event: Event, scope: int) -> str:
    """The correlation key; a message without a rule for one is keyed by the business key."""
    if event.key is None:
        return step.key
    key = step.value(event.key, scope)
    if key is None or key == "":
        label = element.name or element.id
        raise Stuck(
            "KEY_UNKNOWN",
            f"the key of message {event.name!r} at {label!r} is not known",
        )
    return fitting_key(str(key), event.name)
