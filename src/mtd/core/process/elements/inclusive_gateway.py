"""Inclusive gateway: one or more ways out; joins what can still come (BPMN 2.0.2 §13.4.3)."""

from mtd.core.process.choosing import ways_out
from mtd.core.process.definition import Element
from mtd.core.process.instance import Token
from mtd.core.process.reaching import at_joins, is_complete
from mtd.core.process.step import Behaviour, Step


def enter(step: Step, element: Element, token: Token) -> None:
    """With one way in it only splits; with several it first waits until all tokens rest."""
    if len(element.incoming) < 2:
        _split(step, element, [token])


def rest(step: Step) -> bool:
    """Every token rests: let go the first join at which nothing more can arrive, if any.

    One token of each incoming flow that has one is consumed; surplus ones stay.
    """
    for element, here, others in at_joins(step, "inclusiveGateway"):
        merged: dict[str | None, Token] = {}
        for token in here:
            merged.setdefault(token.via, token)
        if is_complete(step.definition, element, merged, others):
            tokens = list(merged.values())
            step.attempt(tokens[0], lambda: _split(step, element, tokens))  # noqa: B023 called now
            return True
    return False


def _split(step: Step, element: Element, tokens: list[Token]) -> None:
    """The ways are found first, so that where there is none, no token is lost."""
    first, *others = tokens
    ways = element.outgoing
    if len(ways) > 1:
        ways = ways_out(step, element, first)
    for other in others:
        step.merge(other)
    step.depart(element, first, ways)


BEHAVIOUR = Behaviour(enter, rest=rest)
