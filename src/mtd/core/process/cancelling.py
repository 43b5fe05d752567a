"""Cancelling: a transaction is undone and left by its cancel event (BPMN 2.0.2 §10.3.5).

One that is done for each of several items is one activity, and its cancel event stands at the
border of all of it: cancelled by one body, all bodies are called off and undone, those that are
done too. Of a loop, each iteration that is done was a transaction of its own, and it stays.

Once cancelled, an activity is active no more (§13.3.2): while it is undone, neither events at its
border nor event sub-processes in it are heard, or they would take the place of what is undone. An
error that a handler throws leaves it still, as its hazard.
"""

from mtd.core.process.compensating import undo_all
from mtd.core.process.definition import Element
from mtd.core.process.instance import Scope, Token
from mtd.core.process.recording import Stuck
from mtd.core.process.step import Step
from mtd.core.process.throwing import Catcher, catch

MULTI_INSTANCE = "multiInstance"
CANCEL = "cancel"
"""BPMN's word for the event."""


def cancel(step: Step, element: Element, token: Token) -> None:
    """The end event `element` cancels the transaction around `token`."""
    scope = step.draft.scopes[token.scope]
    while _kind(step, scope) != "transaction" and scope.parent is not None:
        scope = step.draft.scopes[scope.parent]
    border, whole = _border(step, scope), _whole(step, scope)
    if border.holder is not None:
        step.disarm(border.holder)
    step.deafen(whole.id)
    undoing, over = undo_all(step, element, whole.id)
    if over:
        cancelled(step, undoing)


def cancelled(step: Step, token: Token) -> None:
    """All is undone: the flow leaves by the cancel event of the transaction around `token`."""
    catch(step, _border(step, step.draft.scopes[token.scope]))


def _border(step: Step, scope: Scope) -> Catcher:
    """The cancel event of the transaction whose inside is `scope`."""
    holder = None if scope.holder is None else step.draft.tokens[scope.holder]
    while holder is not None and holder.inner:
        around = step.draft.scopes[holder.scope].holder
        holder = None if around is None else step.draft.tokens[around]
    if holder is not None:
        for id_ in step.element(holder).attached:
            event = step.definition.elements[id_]
            if any(one.kind == CANCEL for one in event.events):
                return Catcher(event, holder.scope, holder)
    raise Stuck("NO_WAY_OUT", "no cancel event at the border of a transaction around it")


def _whole(step: Step, scope: Scope) -> Scope:
    """What is undone with the inside `scope`: of one body of a multi-instance, all bodies."""
    holder = None if scope.holder is None else step.draft.tokens[scope.holder]
    loop = None if holder is None else step.element(holder).loop
    if holder is None or not holder.inner or loop is None or loop.kind != MULTI_INSTANCE:
        return scope
    account = step.draft.scopes[holder.scope].parent
    assert account is not None, "a body is inside the account of its activity"
    return step.draft.scopes[account]


def _kind(step: Step, scope: Scope) -> str:
    return step.definition.elements[scope.element].kind
