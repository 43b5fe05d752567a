"""End event: consumes its token and throws its results (BPMN 2.0.2 §10.5.3, §13.5.3)."""

from typing import Any

from mtd.core.process.cancelling import CANCEL, cancel, cancelled
from mtd.core.process.compensating import compensate, proceed
from mtd.core.process.definition import Element
from mtd.core.process.instance import Scope, Token, Wait
from mtd.core.process.step import Behaviour, Step
from mtd.core.process.throwing import throw, throw_error
from mtd.core.process.work import begin, ready
from mtd.core.process.work import resume as resume_work


def enter(step: Step, element: Element, token: Token) -> None:
    """What others hear leaves at once; then compensation, for which the token may wait here.

    A service that could not be called is found out first, or each retry would tell others again.
    """
    ready(step, element, token)
    if throw(step, element, token) and not compensate(step, element, token):
        _send(step, element, token)


def resume(step: Step, element: Element, wait: Wait, trigger: Any) -> None:
    """The service by which its message is sent answered; the other results follow."""
    resume_work(step, element, wait, trigger, _end)


def done(step: Step, element: Element, token: Token, scope: Scope) -> None:
    """One compensation handler came to its end; with the last one, this event does."""
    step.complete(scope)
    if not proceed(step, element, token):
        return
    if token.inner and any(event.kind == CANCEL for event in element.events):
        cancelled(step, token)
    elif token.inner:
        step.consume(token)
    else:
        _send(step, element, token)


def _send(step: Step, element: Element, token: Token) -> None:
    """A message that is bound to a service is sent before anything ends."""
    if element.work is not None:
        begin(step, element, token)
    else:
        _end(step, element, token)


def _end(step: Step, element: Element, token: Token) -> None:
    """Error ends what it interrupts, cancel the transaction around, terminate its own scope."""
    for event in element.events:
        match event.kind:
            case "error":
                throw_error(step, token, event.name or "", element.name)
                return
            case "cancel":
                cancel(step, element, token)
                return
            case "terminate":
                step.clear(token.scope)
                step.finish_if_empty(token.scope)
                return
            case _:
                pass
    step.leave(element, token)


BEHAVIOUR = Behaviour(enter, resume, done)
