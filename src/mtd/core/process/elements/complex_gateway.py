"""Complex gateway: activates by a condition on what came, then resets (BPMN 2.0.2 §13.4.5).

Tokens that it took when it activated stay on it, counted, until it resets: they are its memory
of the first phase, and `waitingForStart` is that there are none. What the clause recommends is
the rule here: a flow out of it takes part in the reset only where a condition speaks of
`waitingForStart`; where none does, the reset is silent.
"""

from collections import Counter
from collections.abc import Mapping
from functools import partial
from typing import Any

import msgspec

from mtd.core.process.choosing import ways_out
from mtd.core.process.definition import Element, Way
from mtd.core.process.instance import Token
from mtd.core.process.journal import Put, Reached
from mtd.core.process.reaching import at_joins, is_complete
from mtd.core.process.step import Behaviour, Step

COUNT, COUNTS = "activationCount", "activationCounts"
"""In sight of its expressions: the tokens on all ways in, and those on each, by the flow's id."""
WAITING_FOR_START = "waitingForStart"


def enter(step: Step, element: Element, token: Token) -> None:
    """The condition is looked at with each token that comes, until it is true."""
    tokens = step.draft.tokens.values()
    _start(step, element, [t for t in tokens if t.at == element.id and t.scope == token.scope])


def rest(step: Step) -> bool:
    """Every token rests: reset a gateway for which nothing more can come, if there is one.

    One that still waits for its start looks again, for variables may have changed.
    """
    for element, here, others in at_joins(step, "complexGateway"):
        facts = len(step.facts)
        step.attempt(here[0], partial(_look, step, element, here, others))
        if len(step.facts) > facts:
            return True
    return False


def _look(step: Step, element: Element, here: list[Token], others: list[Token]) -> None:
    if not any(token.counted for token in here):
        _start(step, element, here)
    elif is_complete(step.definition, element, {token.via for token in here}, others):
        _reset(step, element, here)


def _start(step: Step, element: Element, here: list[Token]) -> None:
    """Activate, if it is time: one token of each way in that has one is taken."""
    if any(token.counted for token in here):
        return
    seen = _seen(here, True)
    scope = here[0].scope
    if element.activation is not None:
        given = step.evaluated(element.activation, {**step.sight(scope), **seen})
        if given is not True:
            return
    ways = ways_out(step, element, here[0], seen) if element.outgoing else ()
    for token in _one_a_way(here):
        step.record(Put(msgspec.structs.replace(token, counted=True)))
    step.emit(scope, ways)


def _reset(step: Step, element: Element, here: list[Token]) -> None:
    """What came by the other ways since is consumed, and the first phase forgotten."""
    first = [token for token in here if token.counted]
    taken = {token.via for token in first}
    late = _one_a_way([token for token in here if token.via not in taken])
    scope = first[0].scope
    ways = _ways_on_reset(step, element, {**step.sight(scope), **_seen(here, False)})
    over = (*first, *late)
    for token in over:
        step.merge(token)
    step.emit(scope, ways)
    if element.leaving is not None:
        step.record(Reached(element.leaving))
    step.agenda.extend(token.id for token in here if token not in over)
    step.finish_if_empty(scope)


def _ways_on_reset(step: Step, element: Element, seen: Mapping[str, Any]) -> tuple[Way, ...]:
    """Those that ask for the phase; the default one where they are all closed; maybe none."""
    asked = [way for way in element.outgoing if way.on_reset]
    ways = [way for way in asked if way.condition and step.evaluated(way.condition, seen) is True]
    if not ways and asked and element.default is not None:
        return (element.default,)
    return tuple(ways)


def _one_a_way(tokens: list[Token]) -> list[Token]:
    """The first token of each way in."""
    found: dict[str | None, Token] = {}
    for token in tokens:
        found.setdefault(token.via, token)
    return list(found.values())


def _seen(here: list[Token], waiting_for_start: bool) -> dict[str, Any]:
    counts = Counter(token.via or "" for token in here if not token.counted)
    return {
        COUNT: counts.total(),
        COUNTS: dict(counts),
        WAITING_FOR_START: waiting_for_start,
    }


BEHAVIOUR = Behaviour(enter, rest=rest)
