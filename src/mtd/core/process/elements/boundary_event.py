"""Boundary event: leaves its activity sideways, and interrupts it or not (BPMN 2.0.2 §13.5.3)."""

from typing import Any

from mtd.core.process.catching import absorb, goes_off, rearm
from mtd.core.process.definition import Element
from mtd.core.process.instance import Token, Wait
from mtd.core.process.step import Behaviour, Step


def enter(step: Step, element: Element, token: Token) -> None:
    """The event went off and put a token here: it goes on."""
    step.leave(element, token)


def resume(step: Step, element: Element, wait: Wait, trigger: Any) -> None:
    """One of its events came from outside."""
    assert wait.token is not None
    absorb(step, element, wait, trigger)
    if not goes_off(step, element, wait):
        return
    if not element.interrupting:
        rearm(step, element, wait)
    go_off(step, element, wait.scope, step.draft.tokens[wait.token])


def go_off(step: Step, element: Element, scope: int, holder: Token | None) -> None:
    """Interrupting: the activity is cancelled and its place taken. Else: a token beside it."""
    assert holder is not None, "a boundary event stands on an activity"
    if element.interrupting:
        step.cancel(holder)
    step.put(element.id, scope)


BEHAVIOUR = Behaviour(enter, resume, go_off=go_off)
