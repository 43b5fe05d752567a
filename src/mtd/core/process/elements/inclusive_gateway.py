"""Inclusive gateway: one or more ways out; joins what can still come (BPMN 2.0.2 §13.4.3)."""

from mtd.core.process.choosing import answers, chosen
from mtd.core.process.definition import Element, Way
from mtd.core.process.instance import Token
from mtd.core.process.journal import Gone
from mtd.core.process.recording import Stuck
from mtd.core.process.step import Behaviour, Step


def enter(step: Step, element: Element, token: Token) -> None:
    """With one way in it only splits; with several it first waits until all tokens rest."""
    if len(element.incoming) < 2:
        _split(step, element, token)


def rest(step: Step) -> bool:
    """Every token rests: let go the first join at which nothing more can arrive, if any."""
    for token in step.draft.tokens.values():
        element = step.element(token)
        if element.kind == "inclusiveGateway" and _is_complete(step, element, token.scope):
            _join(step, element, token)
            return True
    return False


def _join(step: Step, element: Element, token: Token) -> None:
    """One token of each incoming flow that has one is consumed; surplus ones stay."""
    merged: dict[str | None, Token] = {}
    for other in _waiting(step, element, token.scope):
        merged.setdefault(other.via, other)
    first, *others = merged.values()
    for other in others:
        step.record(Gone(other.id))
    step.attempt(first, lambda: _split(step, element, first))


def _is_complete(step: Step, element: Element, scope: int) -> bool:
    """No token elsewhere can reach an empty way in, unless it can reach a filled one too."""
    waiting = _waiting(step, element, scope)
    if any(incident.token in {t.id for t in waiting} for incident in step.draft.incidents.values()):
        return False
    filled = {token.via for token in waiting}
    for token in step.draft.tokens.values():
        if token.scope == scope and token.at != element.id:
            ways_in = _reachable(step, token.at, element)
            if ways_in - filled and not ways_in & filled:
                return False
    return True


def _waiting(step: Step, element: Element, scope: int) -> list[Token]:
    tokens = step.draft.tokens.values()
    return [token for token in tokens if token.at == element.id and token.scope == scope]


def _reachable(step: Step, start: str, gateway: Element) -> set[str | None]:
    """The ways into `gateway` that a token at `start` may still come by, not passing it."""
    found: set[str | None] = set()
    seen, waiting = {start}, [start]
    while waiting:
        element = step.definition.elements[waiting.pop()]
        leads = list(element.outgoing)
        for boundary in element.attached:
            leads.extend(step.definition.elements[boundary].outgoing)
        for way in leads:
            if way.target == gateway.id:
                found.add(way.id)
            elif way.target not in seen:
                seen.add(way.target)
                waiting.append(way.target)
    return found


def _split(step: Step, element: Element, token: Token) -> None:
    ways = element.outgoing
    step.depart(element, token, ways if len(ways) < 2 else _ways(step, element, token))


def _ways(step: Step, element: Element, token: Token) -> tuple[Way, ...]:
    if element.decide is not None:
        ways = chosen(element, answers(step, element, token))
    else:
        ways = tuple(
            way
            for way in element.outgoing
            if way.condition is not None and step.value(way.condition, token.scope) is True
        )
    if ways:
        return ways
    if element.default is None:
        raise Stuck("NO_WAY_OUT", f"no way out of {element.name or element.id!r} is open")
    return (element.default,)


BEHAVIOUR = Behaviour(enter, rest=rest)
