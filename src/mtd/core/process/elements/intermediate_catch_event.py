"""Intermediate catch event: waits for one of its events, or for all (BPMN 2.0.2 §10.5.4)."""

from typing import Any

from mtd.core.process.catching import absorb, await_events, goes_off
from mtd.core.process.definition import Element
from mtd.core.process.instance import Token, Wait
from mtd.core.process.journal import Closed
from mtd.core.process.step import Behaviour, Step


def enter(step: Step, element: Element, token: Token) -> None:
    """Wait; an event without a definition is a milestone and waits for nothing."""
    if not await_events(step, element, token.scope, token):
        step.leave(element, token)


def resume(step: Step, element: Element, wait: Wait, trigger: Any) -> None:
    """One event was met: go on, unless all are required and some are still awaited."""
    assert wait.token is not None
    absorb(step, element, wait, trigger)
    token = step.move(step.draft.tokens[wait.token], element)
    for other in [w for w in step.draft.waits.values() if w.token == token.id]:
        if other.element != element.id:  # what an event-based gateway awaited beside it
            step.record(Closed(other.id))
    if goes_off(step, element, wait):
        step.leave(element, token)


BEHAVIOUR = Behaviour(enter, resume)
