"""Intermediate throw event: throws and goes on (BPMN 2.0.2 §10.5.4)."""

from typing import Any

from mtd.core.process.compensating import compensate, proceed
from mtd.core.process.definition import Element
from mtd.core.process.instance import Scope, Token, Wait
from mtd.core.process.step import Behaviour, Step
from mtd.core.process.throwing import throw
from mtd.core.process.work import begin, ready
from mtd.core.process.work import resume as resume_work


def enter(step: Step, element: Element, token: Token) -> None:
    """What others hear leaves at once; then compensation, for which the token may wait here.

    A service that could not be called is found out first, or each retry would tell others again.
    """
    ready(step, element, token)
    if throw(step, element, token) and not compensate(step, element, token):
        _go_on(step, element, token)


def resume(step: Step, element: Element, wait: Wait, trigger: Any) -> None:
    """The service that sends the message answered."""
    resume_work(step, element, wait, trigger)


def done(step: Step, element: Element, token: Token, scope: Scope) -> None:
    """One compensation handler came to its end; with the last one, the token goes on."""
    step.complete(scope)
    if not proceed(step, element, token):
        return
    if token.inner:
        step.consume(token)
    else:
        _go_on(step, element, token)


def _go_on(step: Step, element: Element, token: Token) -> None:
    """A message bound to a service is that service's call."""
    if element.work is not None:
        begin(step, element, token)
    else:
        step.leave(element, token)


BEHAVIOUR = Behaviour(enter, resume, done)
