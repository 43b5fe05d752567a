"""Intermediate throw event: throws and goes on (BPMN 2.0.2 §10.5.4)."""

from typing import Any

from mtd.core.process.compensating import compensate, proceed
from mtd.core.process.definition import Element
from mtd.core.process.instance import Scope, Token, Wait
from mtd.core.process.publishing import publish
from mtd.core.process.step import Behaviour, Step
from mtd.core.process.work import begin
from mtd.core.process.work import resume as resume_work


def enter(step: Step, element: Element, token: Token) -> None:
    """A message bound to a service is that service's call; others leave with the commit.

    Compensation comes last: the token rests here until all is undone, unless it need not wait.
    """
    if element.work is not None:
        begin(step, element, token)
        return
    for event in element.events:
        publish(step, event, token)
    if not compensate(step, element, token):
        step.leave(element, token)


def resume(step: Step, element: Element, wait: Wait, trigger: Any) -> None:
    """The service that sends the message answered."""
    resume_work(step, element, wait, trigger)


def done(step: Step, element: Element, token: Token, scope: Scope) -> None:
    """One compensation handler came to its end."""
    if proceed(step, element, token):
        step.leave(element, token)


BEHAVIOUR = Behaviour(enter, resume, done)
