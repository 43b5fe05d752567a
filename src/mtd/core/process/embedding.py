"""Embedding: an activity whose inside is a scope in that of its own (BPMN 2.0.2 §13.3.4)."""

from mtd.core.process.catching import arm_handlers
from mtd.core.process.definition import Element
from mtd.core.process.instance import Scope, Token
from mtd.core.process.step import Step


def enter(step: Step, element: Element, token: Token) -> None:
    """The scope opens and a token is put at each of its beginnings."""
    scope = step.open(element, token.scope, token, {})
    arm_handlers(step, element, scope.id)
    for start in element.starts:
        step.put(start, scope.id)
    if not element.starts:
        step.finish_if_empty(scope.id)


def done(step: Step, element: Element, token: Token, scope: Scope) -> None:
    """Nothing moves inside any more: the activity is done."""
    step.leave(element, token)
