"""Compensating: completed activities are undone, the last one first (BPMN 2.0.2 §10.7, §13.5.5).

A token that throws compensation rests on its event and holds a scope, the run, until all is
undone. In the run one handler at a time has a scope of its own. A completed sub-process opens
again inside the run, with the number and the variables that it had, and so what completed in it
is found there: its compensation event sub-process, or for want of one the run itself, goes on
with that. The completion that is being undone is forgotten first, so that none is undone twice;
a handler that fails is an error, or an incident, where it stands.
"""

from collections.abc import Container, Iterable

from mtd.core.process.catching import let_handlers_listen
from mtd.core.process.definition import Element
from mtd.core.process.facts import Entered, Put, Undone
from mtd.core.process.instance import Completion, Scope, Token
from mtd.core.process.remembering import remember_contents
from mtd.core.process.step import Step

COMPENSATE = "compensate"
"""BPMN's word for the event that throws it, or that ties an activity to its handler."""
UNDOING = frozenset({COMPENSATE, "cancel"})
"""Events that, when thrown, have completed activities undone."""
LOOKS_MAX = 1_000_000
"""Completions and scopes looked at in one go; nothing but a bug of ours meets it."""


def compensate(step: Step, element: Element, token: Token) -> bool:
    """`token` throws the compensations of `element`; whether it rests until they are done."""
    thrown = [event for event in element.events if event.kind == COMPENSATE]
    if not thrown:
        return False
    waits = all(event.waits for event in thrown)
    holder = token if waits else _beside(step, element, token.scope)
    step.open(element, token.scope, holder, {})
    over = proceed(step, element, holder)
    if over and not waits:
        step.consume(holder)
    return waits and not over


def undo_all(step: Step, element: Element, scope: int) -> tuple[Token, bool]:
    """Everything in `scope` stops and is undone, for `element`: its token, and whether it is over.

    What completed inside of an activity that is stopped half-way is undone too.
    """
    interrupt(step, scope)
    token = _beside(step, element, scope)
    step.open(element, scope, token, {})
    return token, proceed(step, element, token)


def interrupt(step: Step, scope_id: int) -> None:
    """All that moves in a scope is cancelled, but what completed there can still be undone."""
    for inner in [s for s in step.draft.scopes.values() if s.parent == scope_id]:
        interrupt(step, inner.id)
        step.close(inner, remember_contents(step, inner))
    step.clear(scope_id)


def proceed(step: Step, element: Element, token: Token) -> bool:
    """Undo what comes next in the run that `token` holds; whether nothing is left of it."""
    for _ in range(LOOKS_MAX):
        scope, is_run = _innermost(step, token)
        completion = _last_thrown(step, element, scope) if is_run else _last(step, (scope.id,))
        if completion is None:
            step.close(scope)
            if is_run:
                return True
        elif _undo(step, element, token, scope, completion):
            return False
    raise AssertionError(f"compensation by {element.id} goes round")


def _beside(step: Step, element: Element, scope: int) -> Token:
    """A second token on the event, which stays for the run when the first does not."""
    beside = Token(step.draft.next, element.id, scope, None, True)
    step.record(Put(beside))
    return beside


def _innermost(step: Step, token: Token) -> tuple[Scope, bool]:
    """The scope of the run in which to go on, and whether it is the run itself."""
    held = [scope for scope in step.draft.scopes.values() if scope.holder == token.id]
    around = {scope.parent for scope in held}
    (inmost,) = (scope for scope in held if scope.id not in around)
    return inmost, len(held) == 1


def _last_thrown(step: Step, element: Element, run: Scope) -> Completion | None:
    """The last completion before the throw, of what its events name.

    In sight of the throw is its own scope; from an event sub-process, also what is around it.
    """
    assert run.parent is not None, "a run is inside the scope of its event"
    scope = step.draft.scopes[run.parent]
    scopes = [scope.id]
    while scope.holder is None and scope.parent is not None:
        scope = step.draft.scopes[scope.parent]
        scopes.append(scope.id)
    named = {event.activity for event in element.events if event.kind in UNDOING}
    return _last(step, scopes, run.id, None if None in named else named)


def _last(
    step: Step,
    scopes: Iterable[int],
    before: int | None = None,
    named: Container[str | None] | None = None,
) -> Completion | None:
    found = (
        completion
        for scope in scopes
        for completion in step.draft.completed.get(scope, ())
        if (before is None or completion.id < before)
        and (named is None or completion.element in named)
    )
    return max(found, key=lambda completion: completion.id, default=None)


def _undo(step: Step, element: Element, token: Token, scope: Scope, completion: Completion) -> bool:
    """Begin to undo `completion`; whether a handler runs now, and is to be waited for."""
    step.record(Undone(completion.scope, completion.id))
    activity = step.definition.elements[completion.element]
    if completion.whole and activity.compensated_by is not None:
        handling = step.open(element, scope.id, token, {}, place=activity.compensated_by)
        step.put(activity.compensated_by, handling.id)
        return True
    if completion.inside is None:
        return False
    inside = step.definition.elements[activity.called or activity.id]
    again = Scope(
        completion.inside,
        inside.id,
        scope.id,
        token.id,
        completion.variables,
        completion.closed,
        completion.place,
        completion.nth,
    )
    step.record(Entered(again))
    return completion.whole and _handled_inside(step, inside, again)


def _handled_inside(step: Step, inside: Element, again: Scope) -> bool:
    """Begin the compensation event sub-process of `inside`, if it has one."""
    if inside.compensation is None:
        return False
    handler = step.definition.elements[step.definition.elements[inside.compensation].parent]
    opened = step.open(handler, again.id, None, {})
    step.put(inside.compensation, opened.id)
    let_handlers_listen(step, handler, opened.id)
    return True
