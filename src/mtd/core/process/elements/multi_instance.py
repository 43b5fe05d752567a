"""Multi-instance: an activity done for each item, at once or in turn (BPMN 2.0.2 §13.2.7)."""

from typing import Any, cast

from mtd.core.process.definition import Element, Loop
from mtd.core.process.instance import Scope, Token
from mtd.core.process.journal import Assigned
from mtd.core.process.recording import Stuck
from mtd.core.process.step import Behaviour, Step

INSTANCES_MAX = 5_000
"""Instances of one activity; a collection beyond that is a mistake, or an attack."""

TOTAL, COMPLETED, ITEMS, OUTPUTS = (
    "numberOfInstances",
    "numberOfCompletedInstances",
    "items",
    "outputs",
)
COUNTER = "loopCounter"


def enter(step: Step, element: Element, token: Token) -> None:
    """A scope keeps the account; each item gets a body inside it: the first one, or all."""
    loop = _loop(element)
    items = _items(step, element, loop, token.scope)
    if not items:
        step.leave(element, token)
        return
    account = {TOTAL: len(items), COMPLETED: 0, ITEMS: items, OUTPUTS: [None] * len(items)}
    kept = step.open(element, token.scope, token, account)
    for number in range(1 if loop.sequential else len(items)):
        _begin(step, element, token, kept, number)


def done(step: Step, element: Element, token: Token, scope: Scope) -> None:
    """One body is over: its output is collected, and the condition may end the rest."""
    loop = _loop(element)
    assert scope.parent is not None
    account = step.draft.scopes[scope.parent].variables
    number = int(scope.variables[COUNTER]) - 1
    outputs = list(account[OUTPUTS])
    if loop.output_item is not None:
        seen = {**step.sight(scope.parent), **scope.variables}
        outputs[number] = step.evaluated(loop.output_item, seen)
    completed = account[COMPLETED] + 1
    step.record(Assigned(scope.parent, {COMPLETED: completed, OUTPUTS: outputs}))
    enough = loop.condition is not None and step.value(loop.condition, scope.parent) is True
    if enough or completed == account[TOTAL]:
        _end(step, element, token, scope.parent, outputs)
    elif loop.sequential:
        _begin(step, element, token, step.draft.scopes[scope.parent], completed)


def _begin(step: Step, element: Element, token: Token, kept: Scope, number: int) -> None:
    variables: dict[str, Any] = {COUNTER: number + 1}
    loop = _loop(element)
    if loop.item is not None:
        variables[loop.item] = kept.variables[ITEMS][number]
    body = step.open(element, kept.id, token, variables)
    step.put(element.id, body.id, inner=True)


def _end(step: Step, element: Element, token: Token, kept: int, outputs: list[Any]) -> None:
    step.clear(kept)
    step.complete(step.draft.scopes[kept], {})
    loop = _loop(element)
    if loop.output_collection is not None:
        step.assign(token.scope, {loop.output_collection: outputs})
    step.leave(element, token)


def _items(step: Step, element: Element, loop: Loop, scope: int) -> list[Any]:
    """What to go over: the collection, or as many blanks as the cardinality says."""
    if loop.collection is not None:
        items = step.value(loop.collection, scope)
        if not isinstance(items, list):
            raise Stuck("NO_COLLECTION", f"{element.name or element.id!r} has no list to go over")
        found = list(cast("list[Any]", items))
    else:
        assert loop.cardinality is not None, "the compiler refuses one without either"
        count = step.value(loop.cardinality, scope)
        if not isinstance(count, int) or count < 0:
            raise Stuck("NO_CARDINALITY", f"{element.name or element.id!r}: {count!r} is no count")
        found = [None] * min(count, INSTANCES_MAX + 1)
    if len(found) > INSTANCES_MAX:
        raise Stuck("TOO_MANY", f"{element.name or element.id!r}: more than {INSTANCES_MAX}")
    return found


def _loop(element: Element) -> Loop:
    assert element.loop is not None
    return element.loop


BEHAVIOUR = Behaviour(enter, done=done)
