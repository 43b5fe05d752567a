"""Call activity: another process as a scope of this instance (BPMN 2.0.2 §10.3.6, §13.3.4).

With inputs passed it sees those alone, and what it sets stays inside; what is passed out,
without a rule, are its other variables. With none it works on the variables around it.
"""

from mtd.core.process.associating import taken
from mtd.core.process.definition import Element, Passing
from mtd.core.process.embedding import begin, finish
from mtd.core.process.instance import Scope, Token
from mtd.core.process.recording import Stuck
from mtd.core.process.step import Behaviour, Step

SCOPES_DEEP_MAX = 40
"""Scopes within one another in which a process may still be called: one that calls itself, of
itself or by way of others, has to come to an end.
"""


def enter(step: Step, element: Element, token: Token) -> None:
    """The called process begins."""
    assert element.called is not None, "the compiler refuses a call activity without a process"
    if step.depth(token.scope) > SCOPES_DEEP_MAX:
        raise Stuck(
            "TOO_DEEP",
            f"{element.name or element.id!r} would be inside of more than {SCOPES_DEEP_MAX} others",
        )
    inside = step.definition.elements[element.called]
    inputs = taken(step, element, token.scope)
    if element.passing is not None:
        inputs |= step.values(element.passing.inputs, token.scope)
    variables = {**dict.fromkeys(inside.declared), **inputs}
    begin(step, inside, token, variables, closed=bool(inputs))


def done(step: Step, element: Element, token: Token, scope: Scope) -> None:
    """The called process ended: what is passed out, becomes variables."""
    passing = element.passing or Passing()
    if passing.outputs is not None:
        finish(step, element, token, scope, passing.outputs, scope.variables)
    else:
        own = {n: value for n, value in scope.variables.items() if n not in passing.inputs}
        finish(step, element, token, scope, None if scope.closed else {}, own)


BEHAVIOUR = Behaviour(enter, done=done)
