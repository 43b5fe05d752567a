"""Remembering: which completed activities an instance keeps, so that they can be undone.

Kept is only what has something to undo it: an activity with a handler, and a scope that has a
handler of its own or in which something is kept (BPMN 2.0.2 §10.7, §13.5.5).
"""

from typing import Any

from mtd.core.process.definition import Element
from mtd.core.process.facts import Completed
from mtd.core.process.instance import Completion, Scope, Token
from mtd.core.process.recording import Recording

SCOPES = frozenset({"subProcess", "transaction", "adHocSubProcess", "callActivity"})
"""Kinds of activities that complete when the scope inside them ends."""


def remember_task(recording: Recording, element: Element, token: Token) -> None:
    """`token` completed the activity `element`, unless that is a scope or the loop of it."""
    if element.kind not in SCOPES and (element.loop is None or token.inner):
        _remember(recording, element.id, token.scope)


def remember_scope(
    recording: Recording,
    element: Element,
    token: Token,
    scope: Scope,
    inside: Element,
    variables: dict[str, Any],
) -> bool:
    """`scope` ended in the activity of `token`; whether what was done in it is remembered too.

    One body of a loop, and all those of a multi-instance together, complete like scopes inside
    the activity: the bodies are remembered in the account of theirs, and that where it was.
    An activity with a handler at its border is a black box to it: the inside is forgotten.
    """
    is_activity = element.loop is None or token.inner
    if is_activity and element.compensated_by is not None:
        _remember(recording, element.id, token.scope)
        return False
    kept = scope.id in recording.draft.completed
    if kept or (is_activity and inside.compensation is not None):
        assert scope.parent is not None, "what a token holds is inside of something"
        _remember(recording, element.id, scope.parent, is_activity, scope, variables)
    return kept


def remember_contents(
    recording: Recording, scope: Scope, variables: dict[str, Any] | None = None
) -> bool:
    """An event sub-process ended, or a scope was interrupted: what was done in it is kept, with
    its `variables`, unless others are given.
    """
    if scope.parent is None or scope.id not in recording.draft.completed:
        return False
    own = scope.variables if variables is None else variables
    _remember(recording, scope.element, scope.parent, False, scope, own)
    return True


def _remember(
    recording: Recording,
    element: str,
    scope: int,
    whole: bool = True,
    inside: Scope | None = None,
    variables: dict[str, Any] | None = None,
) -> None:
    """`element` completed in `scope`; `inside`: what ended with it."""
    own = recording.draft.next
    completion = Completion(own, element, scope, whole)
    if inside is not None:
        kept = (inside.closed, inside.place, inside.nth)
        completion = Completion(own, element, scope, whole, inside.id, variables or {}, *kept)
    recording.record(Completed(completion))
