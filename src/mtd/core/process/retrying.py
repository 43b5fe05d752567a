"""Retrying: what was stuck goes on from just there, and does nothing a second time for it."""

from collections.abc import Iterable

from mtd.core.process.catching import let_listen
from mtd.core.process.effect import Call, UserTask
from mtd.core.process.facts import Closed, Ignored, Settled, Tried
from mtd.core.process.instance import ROOT, Incident
from mtd.core.process.step import Step
from mtd.core.process.trigger import Retried


def retry(step: Step, trigger: Retried) -> str:
    """Settle what `trigger` names and let it go on; the element of the first of it."""
    if trigger.variables:
        step.assign(ROOT, trigger.variables)
    incidents = [
        incident
        for incident in step.draft.incidents.values()
        if trigger.incident in (None, incident.id)
    ]
    if not incidents:
        step.record(Ignored(f"incident {trigger.incident} is not open"))
    for incident in incidents:
        if incident.id in step.draft.incidents:  # or else it was settled with another one
            step.record(Settled(incident.id))
            _again(step, incident)
    return incidents[0].element if incidents else ""


def _again(step: Step, incident: Incident) -> None:
    """Repeat the call where there is one with its key; else the token is let in anew, and goes on
    with the activity that it had begun: what is at its border listens on, or has gone off.

    What moves inside of an activity goes on, or is in trouble itself: it is not entered again.
    """
    wait = step.draft.waits.get(incident.wait or 0)
    if incident.unheard is not None:
        _listen(step, incident, incident.unheard)
    elif wait is not None and isinstance(wait.effect, Call):
        call = wait.effect
        step.record(Tried(wait.id, Call(call.service, call.inputs, 1, None, sent_before=True)))
    elif over := _come_to_an_end(step, incident.token):
        _end_again(step, incident, over)
    elif incident.token in step.draft.tokens and not _moves_inside(step, incident.token):
        for own in [w for w in step.draft.waits.values() if w.token == incident.token]:
            if own.element == incident.element and not isinstance(own.effect, UserTask):
                step.record(Closed(own.id))
        if incident.token not in step.agenda:
            step.arrive(incident.token, incident.armed)


def _listen(step: Step, incident: Incident, scope: int) -> None:
    """Only what is missing is awaited; the activity beside which it should be goes on as it did.

    A version of the drawing that was followed to meanwhile may have no such event there.
    """
    token = step.draft.tokens.get(incident.token or 0)
    if token is None:
        drawn = step.definition.elements[step.draft.scopes[scope].element].handlers
    else:
        at = step.element(token)
        drawn = (*at.attached, *(way.target for way in at.outgoing))
    if incident.element in drawn:
        element = step.definition.elements[incident.element]
        let_listen(step, element, scope, token, incident.last)


def _come_to_an_end(step: Step, holder: int | None) -> list[int]:
    """The scopes that `holder` holds and in which nothing moves: only their end is missing."""
    filled: set[int | None] = {token.scope for token in step.draft.tokens.values()}
    filled |= {scope.parent for scope in step.draft.scopes.values()}
    scopes = step.draft.scopes.values()
    return [one.id for one in scopes if one.holder == holder is not None and one.id not in filled]


def _end_again(step: Step, incident: Incident, scopes: Iterable[int]) -> None:
    """One try for all of them, and for whatever else was told of their activity."""
    told = (incident.token, incident.element, None)
    for other in list(step.draft.incidents.values()):
        if (other.token, other.element, other.wait) == told:
            step.record(Settled(other.id))
    for scope in scopes:
        if scope in step.draft.scopes:
            step.finish_if_empty(scope)


def _moves_inside(step: Step, holder: int) -> bool:
    held = {scope.id for scope in step.draft.scopes.values() if scope.holder == holder}
    inside = (token.scope for token in step.draft.tokens.values())
    return not held.isdisjoint(inside) or any(
        scope.parent in held for scope in step.draft.scopes.values()
    )
