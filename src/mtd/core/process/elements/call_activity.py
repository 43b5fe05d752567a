"""Call activity: another process as a scope of this instance (BPMN 2.0.2 §10.3.6, §13.3.4)."""

from mtd.core.process.catching import arm_handlers
from mtd.core.process.definition import Element, Service
from mtd.core.process.instance import Scope, Token
from mtd.core.process.step import Behaviour, Step


def enter(step: Step, element: Element, token: Token) -> None:
    """The called process begins with its inputs, or with all variables in sight."""
    assert element.called is not None, "the compiler refuses a call activity without a process"
    inside = step.definition.elements[element.called]
    inputs = element.work.inputs if isinstance(element.work, Service) else {}
    scope = step.open(inside, token.scope, token, step.values(inputs, token.scope))
    arm_handlers(step, inside, scope.id)
    for start in inside.starts:
        step.put(start, scope.id)


def done(step: Step, element: Element, token: Token, scope: Scope) -> None:
    """The called process ended: its variables become outputs."""
    outputs = element.work.outputs if isinstance(element.work, Service) else None
    if outputs is not None:
        step.assign_outputs(token.scope, outputs, scope.variables)
    step.leave(element, token)


BEHAVIOUR = Behaviour(enter, done=done)
