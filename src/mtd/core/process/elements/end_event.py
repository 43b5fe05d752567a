"""End event: consumes its token and throws its result (BPMN 2.0.2 §10.5.3, §13.5.3)."""

from typing import Any

from mtd.core.process.compensating import compensate, proceed
from mtd.core.process.definition import Element
from mtd.core.process.instance import Scope, Token, Wait
from mtd.core.process.publishing import publish
from mtd.core.process.step import Behaviour, Step
from mtd.core.process.throwing import throw_error
from mtd.core.process.work import begin
from mtd.core.process.work import resume as resume_work


def enter(step: Step, element: Element, token: Token) -> None:
    """Message and signal are sent, error ends what it interrupts, terminate the whole scope."""
    if element.work is not None:
        begin(step, element, token)
        return
    for event in element.events:
        match event.kind:
            case "error":
                throw_error(step, token, event.name or "", element.name)
                return
            case "terminate":
                step.clear(token.scope)
                step.finish_if_empty(token.scope)
                return
            case _:
                publish(step, event, token)
    if not compensate(step, element, token):
        step.leave(element, token)


def resume(step: Step, element: Element, wait: Wait, trigger: Any) -> None:
    """A message end event bound to a service: sent, so the token ends."""
    resume_work(step, element, wait, trigger)


def done(step: Step, element: Element, token: Token, scope: Scope) -> None:
    """One compensation handler came to its end."""
    if proceed(step, element, token):
        step.leave(element, token)


BEHAVIOUR = Behaviour(enter, resume, done)
