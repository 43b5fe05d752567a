"""Receive task: waits for its message (BPMN 2.0.2 §10.3.3, §13.3.3)."""

from typing import Any

from mtd.core.process.catching import absorb, await_events
from mtd.core.process.definition import Element
from mtd.core.process.instance import Token, Wait
from mtd.core.process.step import Behaviour, Step


def enter(step: Step, element: Element, token: Token) -> None:
    """Subscribe to the message."""
    await_events(step, element, token.scope, token)


def resume(step: Step, element: Element, wait: Wait, trigger: Any) -> None:
    """The message came."""
    assert wait.token is not None
    absorb(step, element, wait, trigger)
    step.leave(element, step.move(step.draft.tokens[wait.token], element))


BEHAVIOUR = Behaviour(enter, resume)
