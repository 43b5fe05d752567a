"""Event-based gateway: the first of the events behind it decides the way (BPMN 2.0.2 §13.4.4)."""

from mtd.core.process.catching import await_all
from mtd.core.process.definition import Element
from mtd.core.process.instance import Token
from mtd.core.process.step import Behaviour, Step


def enter(step: Step, element: Element, token: Token) -> None:
    """Wait for what each event behind it waits for; the event met takes the token over.

    Entered as the begin of a process whose events are all required, each gets a token of its own.
    """
    if element.parallel_multiple:
        step.depart(element, token, element.outgoing)
        return
    behind = (step.definition.elements[way.target] for way in element.outgoing)
    await_all(step, behind, token.scope, token)


BEHAVIOUR = Behaviour(enter)
