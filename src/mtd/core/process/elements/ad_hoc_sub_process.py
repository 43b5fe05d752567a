"""Ad-hoc sub-process: activities begun in whatever order is chosen (BPMN 2.0.2 §13.3.5).

Who chooses: a person of a role, by a task that lists what may be begun; a rule, asked again each
time all that it chose is done; or nobody, and each activity is begun once. To choose nothing
more ends it, and so does its completion condition, looked at as each activity is done.
"""

from typing import Any, cast

from mtd.core.process.definition import AdHoc, Element
from mtd.core.process.effect import UserTask
from mtd.core.process.embedding import done, listening, own_variables
from mtd.core.process.instance import Scope, Token, Wait
from mtd.core.process.journal import Assigned, Closed, Ignored
from mtd.core.process.label import folded
from mtd.core.process.recording import Stuck
from mtd.core.process.step import Behaviour, Step
from mtd.core.process.trigger import Submitted

PERFORMED = "performed"
"""In sight inside: the labels of the activities done so far, in order."""
ACTIVITIES = "activities"
"""The field of the person's task: labels that may be chosen, and those that are."""
NEXT, CLOSING = "#next", "#closing"
"""Kept under names that no expression can say: what is begun later, and that nothing is."""


def enter(step: Step, element: Element, token: Token) -> None:
    """The scope opens; what is chosen begins."""
    account: dict[str, Any] = {PERFORMED: [], NEXT: [], CLOSING: False}
    own = own_variables(step, element, token)
    scope = listening(step, element, token, {**own, **account})
    ad_hoc = _ad_hoc(element)
    if ad_hoc.role is None and ad_hoc.choose is None:
        _begin(step, element, scope.id, list(element.starts))
    step.finish_if_empty(scope.id)


def resume(step: Step, element: Element, wait: Wait, trigger: Any) -> None:
    """The person chose: some activities, or none, which is to say that it is enough."""
    assert isinstance(trigger, Submitted) and wait.token is not None
    step.record(Closed(wait.id))
    given: Any = trigger.outputs.get(ACTIVITIES) or []
    labels = cast("list[Any]", given) if isinstance(given, list) else [given]
    chosen = [_activity(step, element, label) for label in labels]
    holder = step.draft.tokens[wait.token]
    if None in chosen:
        step.record(Ignored(f"{labels} are not all activities of {element.name or element.id!r}"))
    elif chosen:
        _begin(step, element, wait.scope, [activity for activity in chosen if activity])
    else:
        step.record(Assigned(wait.scope, {CLOSING: True}))
    if None in chosen or (chosen and not _ad_hoc(element).sequential):
        _ask(step, element, holder, wait.scope)
    step.finish_if_empty(wait.scope)


def heard(step: Step, element: Element, activity: Element, token: Token) -> bool:
    """An activity inside is done; whether its token goes no further.

    Where the condition holds, what remains is cancelled, or runs to the end of its activities.
    """
    if activity.kind.endswith(("Gateway", "Event")):
        return False
    scope = step.draft.scopes[token.scope]
    closing, ad_hoc = scope.variables[CLOSING], _ad_hoc(element)
    performed = [*scope.variables[PERFORMED], activity.name or activity.id]
    seen = {**step.sight(scope.id), PERFORMED: performed}
    if not closing and ad_hoc.condition is not None:
        closing = step.evaluated(ad_hoc.condition, seen) is True
    step.record(Assigned(scope.id, {PERFORMED: performed, CLOSING: closing}))
    if not closing:
        return False
    for wait in [w for w in step.draft.waits.values() if w.scope == scope.id]:
        if wait.element == element.id:
            step.record(Closed(wait.id))
    if ad_hoc.cancel_remaining:
        step.clear(scope.id)
        step.finish_if_empty(scope.id)
    else:
        step.disarm(token)
        step.consume(token)
    return True


def stays(step: Step, element: Element, holder: Token, scope: Scope) -> bool:
    """Nothing moves inside: whether it goes on all the same, by what is chosen next."""
    ad_hoc = _ad_hoc(element)
    if scope.variables[CLOSING]:
        return False
    if scope.variables[NEXT]:
        _begin(step, element, scope.id, [])
    elif ad_hoc.role is not None:
        _ask(step, element, holder, scope.id)
    elif ad_hoc.choose is not None:
        return _choose(step, element, holder, scope)
    else:
        return False
    return True


def _choose(step: Step, element: Element, holder: Token, scope: Scope) -> bool:
    """The rule says what is begun next; nothing: it is enough."""
    choose = _ad_hoc(element).choose
    assert choose is not None
    try:
        given = step.value(choose, scope.id)
        labels = cast("list[Any]", given) if isinstance(given, list) else [given]
        chosen = [_activity(step, element, label) for label in labels if label is not None]
        if None in chosen:
            raise Stuck("NO_ACTIVITY", f"{labels} are not all activities of {element.name!r}")
    except Stuck as stuck:
        step.trouble(holder, stuck.code, str(stuck))
        return True
    _begin(step, element, scope.id, [activity for activity in chosen if activity])
    return bool(chosen)


def _begin(step: Step, element: Element, scope: int, chosen: list[str]) -> None:
    """In parallel at once; else one, and the others after it."""
    if not _ad_hoc(element).sequential:
        for activity in chosen:
            step.put(activity, scope)
        return
    waiting = [*step.draft.scopes[scope].variables[NEXT], *chosen]
    if waiting and not any(token.scope == scope for token in step.draft.tokens.values()):
        step.put(waiting.pop(0), scope)
    step.record(Assigned(scope, {NEXT: waiting}))


def _ask(step: Step, element: Element, holder: Token, scope: int) -> None:
    """A person is asked, unless one is already."""
    role = _ad_hoc(element).role
    waits = step.draft.waits.values()
    if role is None or any((w.scope, w.element) == (scope, element.id) for w in waits):
        return
    labels = [step.definition.elements[id_].name or id_ for id_ in element.starts]
    fields = {ACTIVITIES: labels, PERFORMED: step.draft.scopes[scope].variables[PERFORMED]}
    task = UserTask(element.name or element.id, role, None, None, fields)
    step.ask(element, scope, holder, task)


def _activity(step: Step, element: Element, label: Any) -> str | None:
    """The activity of that label or id, among those that nothing leads to."""
    for id_ in element.starts:
        if label == id_ or folded(step.definition.elements[id_].name) == folded(str(label)):
            return id_
    return None


def _ad_hoc(element: Element) -> AdHoc:
    assert element.ad_hoc is not None
    return element.ad_hoc


BEHAVIOUR = Behaviour(enter, resume, done, heard=heard, stays=stays)
