"""Embedding: an activity whose inside is a scope in that of its own (BPMN 2.0.2 §13.3.4)."""

from typing import Any

from mtd.core.process.associating import deliver, taken
from mtd.core.process.catching import arm_handlers
from mtd.core.process.definition import Element
from mtd.core.process.instance import Scope, Token
from mtd.core.process.step import Step


def enter(step: Step, element: Element, token: Token) -> None:
    """The scope opens and a token is put at each of its beginnings."""
    scope = step.open(element, token.scope, token, own_variables(step, element, token))
    arm_handlers(step, element, scope.id)
    for start in element.starts:
        step.put(start, scope.id)
    if not element.starts:
        step.finish_if_empty(scope.id)


def done(step: Step, element: Element, token: Token, scope: Scope) -> None:
    """Nothing moves inside any more: the activity is done, and what is passed out is set."""
    outputs = (element.passing.outputs if element.passing else None) or {}
    deliver(step, element, token.scope, outputs, scope.variables)
    step.leave(element, token)


def own_variables(step: Step, element: Element, token: Token) -> dict[str, Any]:
    """The variables that the inside has for itself as it opens: declared, carried in, passed."""
    variables = {**dict.fromkeys(element.declared), **taken(step, element, token.scope)}
    if element.passing is not None:
        variables |= step.values(element.passing.inputs, token.scope)
    return variables
