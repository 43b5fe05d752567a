"""Start of an event sub-process: begins beside, or in place of, its scope (BPMN 2.0.2 §10.2.5)."""

from typing import Any

from mtd.core.process.catching import brought, goes_off, let_handlers_listen, rearm
from mtd.core.process.definition import Element
from mtd.core.process.instance import Token, Wait
from mtd.core.process.step import Behaviour, Step


def enter(step: Step, element: Element, token: Token) -> None:
    """The event went off and put a token here: it goes on."""
    step.leave(element, token)


def resume(step: Step, element: Element, wait: Wait, trigger: Any) -> None:
    """One of its events came from outside; what it brought belongs to this run of it alone.

    Where all are required, what the first ones brought is kept around it, where they are awaited.
    """
    variables = brought(step, element, wait, trigger)
    if not goes_off(step, element, wait):
        step.assign(wait.scope, variables)
        return
    if not element.interrupting:
        rearm(step, element, wait)
    _begin(step, element, wait.scope, variables)


def go_off(step: Step, element: Element, scope: int, holder: Token | None) -> None:
    """An error was thrown inside its scope."""
    _begin(step, element, scope, {})


def _begin(step: Step, element: Element, scope: int, variables: dict[str, Any]) -> None:
    """Interrupting: all else in the scope is cancelled, and no other event of it is heard."""
    if element.interrupting:
        step.clear(scope)
        step.deafen(scope)
    inside = step.definition.elements[element.parent]
    opened = step.open(inside, scope, None, variables)
    step.put(element.id, opened.id)
    # It has gone off, whatever of what is inside of it cannot be awaited.
    let_handlers_listen(step, inside, opened.id)


BEHAVIOUR = Behaviour(enter, resume, go_off=go_off)
