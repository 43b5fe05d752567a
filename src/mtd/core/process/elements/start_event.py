"""Start event: where the process or the sub-process begins (BPMN 2.0.2 §10.5.2)."""

from mtd.core.process.definition import Element
from mtd.core.process.instance import Token
from mtd.core.process.step import Behaviour, Step


def enter(step: Step, element: Element, token: Token) -> None:
    """What started it is over already: the token goes on."""
    step.leave(element, token)


BEHAVIOUR = Behaviour(enter)
