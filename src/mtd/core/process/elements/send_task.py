"""Send task: a message leaves through a service, or to another process (BPMN 2.0.2 §10.3.3)."""

from mtd.core.process.definition import Element
from mtd.core.process.instance import Token
from mtd.core.process.publishing import publish
from mtd.core.process.step import Behaviour, Step
from mtd.core.process.work import begin, resume


def enter(step: Step, element: Element, token: Token) -> None:
    """Call the service; without one, the message leaves with the commit."""
    if element.work is not None:
        begin(step, element, token)
        return
    publish(step, element.events, token)
    step.leave(element, token)


BEHAVIOUR = Behaviour(enter, resume)
