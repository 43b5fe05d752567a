"""Standard loop: an activity repeated while its condition holds (BPMN 2.0.2 §13.2.6)."""

from mtd.core.process.definition import Element, Loop
from mtd.core.process.instance import Scope, Token
from mtd.core.process.step import Behaviour, Step

COUNTER = "loopCounter"
"""The number of the iteration, from 1; each sees its own, the condition the last one's."""


def enter(step: Step, element: Element, token: Token) -> None:
    """Tested before, the condition may spare the first iteration; tested after, it runs once."""
    loop = _loop(element)
    if loop.test_before and not _goes_on(step, loop, token.scope, 0):
        step.leave(element, token)
    else:
        _iterate(step, element, token, 1)


def done(step: Step, element: Element, token: Token, scope: Scope) -> None:
    """One iteration is over."""
    count = int(scope.variables[COUNTER])
    goes_on = _goes_on(step, _loop(element), token.scope, count)
    step.complete(scope)
    if goes_on:
        _iterate(step, element, token, count + 1)
    else:
        step.leave(element, token)


def _goes_on(step: Step, loop: Loop, scope: int, count: int) -> bool:
    if loop.maximum is not None and count >= loop.maximum:
        return False
    if loop.condition is None:
        return True
    return step.evaluated(loop.condition, {**step.sight(scope), COUNTER: count}) is True


def _iterate(step: Step, element: Element, token: Token, count: int) -> None:
    body = step.open(element, token.scope, token, {COUNTER: count})
    step.put(element.id, body.id, inner=True)


def _loop(element: Element) -> Loop:
    assert element.loop is not None
    return element.loop


BEHAVIOUR = Behaviour(enter, done=done)
