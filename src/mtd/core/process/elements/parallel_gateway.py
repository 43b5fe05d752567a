"""Parallel gateway: waits for a token by every way in, leaves by every way out (§13.4.1)."""

from mtd.core.process.definition import Element
from mtd.core.process.instance import Token
from mtd.core.process.step import Behaviour, Step


def enter(step: Step, element: Element, token: Token) -> None:
    """With one token from each incoming flow, those are consumed; surplus ones stay."""
    arrived: dict[str | None, Token] = {}
    for other in step.draft.tokens.values():
        if other.at == element.id and other.scope == token.scope:
            arrived.setdefault(other.via, other)
    if len(arrived) < len(element.incoming):
        return
    for other in arrived.values():
        if other.id != token.id:
            step.merge(other)
    step.leave(element, token)


BEHAVIOUR = Behaviour(enter)
