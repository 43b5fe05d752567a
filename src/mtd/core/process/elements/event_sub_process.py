"""Start of an event sub-process: begins beside, or in place of, its scope (BPMN 2.0.2 §10.2.5)."""

from typing import Any

from mtd.core.process.catching import absorb, arm_handlers, rearm
from mtd.core.process.definition import Element
from mtd.core.process.instance import Token, Wait
from mtd.core.process.journal import Closed
from mtd.core.process.step import Behaviour, Step


def enter(step: Step, element: Element, token: Token) -> None:
    """The event went off and put a token here: it goes on."""
    step.leave(element, token)


def resume(step: Step, element: Element, wait: Wait, trigger: Any) -> None:
    """One of its events came from outside."""
    absorb(step, element, wait, trigger)
    if not element.interrupting:
        rearm(step, element, wait)
    go_off(step, element, wait.scope, None)


def go_off(step: Step, element: Element, scope: int, holder: Token | None) -> None:
    """Interrupting: all else in the scope is cancelled, and no other event of it is heard."""
    if element.interrupting:
        step.clear(scope)
        for wait in [w for w in step.draft.waits.values() if w.scope == scope]:
            step.record(Closed(wait.id))
    inside = step.definition.elements[element.parent]
    opened = step.open(inside, scope, None, {})
    arm_handlers(step, inside, opened.id)
    step.put(element.id, opened.id)


BEHAVIOUR = Behaviour(enter, resume, go_off=go_off)
