"""Manual task: done outside the engine's sight, so the token goes on (BPMN 2.0.2 §10.3.4)."""

from mtd.core.process.definition import Element
from mtd.core.process.instance import Token
from mtd.core.process.step import Behaviour, Step


def enter(step: Step, element: Element, token: Token) -> None:
    """Nothing to wait for."""
    step.leave(element, token)


BEHAVIOUR = Behaviour(enter)
