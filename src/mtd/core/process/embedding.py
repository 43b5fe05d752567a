"""Embedding: an activity whose inside is a scope in that of its own (BPMN 2.0.2 §13.3.4)."""

from collections.abc import Mapping
from typing import Any

from mtd.core.process.associating import carried_out, taken
from mtd.core.process.catching import arm_handlers
from mtd.core.process.definition import Element, Evaluate
from mtd.core.process.instance import Scope, Token
from mtd.core.process.recording import Stuck
from mtd.core.process.step import Step


def enter(step: Step, element: Element, token: Token) -> None:
    """The scope opens and a token is put at each of its beginnings."""
    begin(step, element, token, own_variables(step, element, token))


def done(step: Step, element: Element, token: Token, scope: Scope) -> None:
    """Nothing moves inside any more: the activity is done, and what is passed out is set."""
    rules = (element.passing.outputs if element.passing else None) or {}
    finish(step, element, token, scope, rules, scope.variables)


def begin(
    step: Step, inside: Element, token: Token, variables: dict[str, Any], closed: bool = False
) -> None:
    """`inside` begins as the activity of `token`, with `variables` of its own."""
    scope = listening(step, inside, token, variables, closed)
    for start in inside.starts:
        step.put(start, scope.id)
    if not inside.starts:
        step.finish_if_empty(scope.id)


def finish(
    step: Step,
    element: Element,
    token: Token,
    scope: Scope,
    rules: Mapping[str, Evaluate] | None,
    outputs: Mapping[str, Any],
) -> None:
    """The activity of `token` is done: by `rules`, `outputs` of its inside become variables."""
    given = carried_out(step, element, token.scope, rules, outputs)
    step.complete(scope)
    step.assign(token.scope, given)
    step.leave(element, token)


def listening(
    step: Step, inside: Element, token: Token, variables: dict[str, Any], closed: bool = False
) -> Scope:
    """A scope opens in which event sub-processes listen; where one cannot, there is none."""
    scope = step.open(inside, token.scope, token, variables, closed)
    try:
        arm_handlers(step, inside, scope.id)
    except Stuck:
        step.close(scope)
        raise
    return scope


def own_variables(step: Step, element: Element, token: Token) -> dict[str, Any]:
    """The variables that the inside has for itself as it opens: declared, carried in, passed."""
    variables = {**dict.fromkeys(element.declared), **taken(step, element, token.scope)}
    if element.passing is not None:
        variables |= step.values(element.passing.inputs, token.scope)
    return variables
