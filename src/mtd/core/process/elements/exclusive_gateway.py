"""Exclusive gateway: a question with one answer; it merges by passing (BPMN 2.0.2 §13.4.2)."""

from mtd.core.process.choosing import answers, chosen
from mtd.core.process.definition import Element, Way
from mtd.core.process.instance import Token
from mtd.core.process.recording import Stuck
from mtd.core.process.step import Behaviour, Step


def enter(step: Step, element: Element, token: Token) -> None:
    """Exactly one way is taken: the decision's, else the first whose condition holds."""
    ways = element.outgoing
    step.depart(element, token, ways if len(ways) < 2 else (_way(step, element, token),))


def _way(step: Step, element: Element, token: Token) -> Way:
    if element.decide is not None:
        ways = chosen(element, answers(step, element, step.sight(token.scope)))
    else:
        ways = (
            way
            for way in element.outgoing
            if way.condition is not None and step.value(way.condition, token.scope) is True
        )
    way = next(iter(ways), element.default)
    if way is None:
        raise Stuck("NO_WAY_OUT", f"no way out of {element.name or element.id!r} is open")
    return way


BEHAVIOUR = Behaviour(enter)
