"""Operating: what people do to a running instance: retry, correct, and move its tokens."""

from datetime import datetime
from enum import Enum
from random import Random
from typing import Any

from mtd.core.process.definition import Definition, Element
from mtd.core.process.instance import Instance
from mtd.core.process.trigger import Changed, Hastened, Modified, Retried, Trigger

JOINS = frozenset({"parallelGateway", "inclusiveGateway", "complexGateway"})
ACTIVITIES = ("Task", "Process", "Activity", "transaction", "CatchEvent")
"""Ends of the kinds of what may be passed over, or begun again."""


class Operators(Enum):
    """How far the operators of one story go."""

    CORRECTING = "correcting"
    """They retry, and set variables."""
    GENTLE = "gentle"
    """They pass over what waits, begin it anew, and let instances follow to versions in which
    everybody has a way: whoever came to an end before, still does."""
    ROUGH = "rough"
    """They move tokens anywhere, and spoil drawings."""


def corrected(chance: Random, now: datetime) -> Trigger:
    """A retry of something or of everything, an attempt brought forward, or a variable set."""
    variables: dict[str, Any] = {"answer": chance.random() < 0.5}
    acts: list[Trigger] = [
        Retried(at=now, variables=variables, actor="ana", reason="again"),
        Retried(at=now, incident=chance.randrange(1, 40), actor="ana", reason="one"),
        Hastened(at=now, actor="ana", reason="now"),
        Changed(at=now, variables={"n": chance.randrange(4)}, actor="ana"),
        Changed(at=now, variables={"go": chance.random() < 0.5}, actor="ana"),
    ]
    return chance.choice(acts)


def eased(definition: Definition, instance: Instance, chance: Random, now: datetime) -> Modified:
    """Something that waits is passed over or begun anew; where nothing can, a variable is set."""
    places = sorted({token.at for token in instance.tokens.values() if not token.inner})
    moves = [
        (place, target)
        for place in places
        if definition.elements[place].kind.endswith(ACTIVITIES)
        for target in (place, *_next(definition, definition.elements[place]))
    ]
    variables = {"n": chance.randrange(4)} if not moves or chance.randrange(2) else {}
    return Modified(
        at=now, moves=(chance.choice(moves),) if moves else (), variables=variables, actor="ana"
    )


def moved_about(
    definition: Definition, instance: Instance, chance: Random, now: datetime
) -> Modified:
    """Tokens are moved, added and dropped wherever somebody points to, possible or not."""
    here = sorted({token.at for token in instance.tokens.values()})
    known = list(definition.elements)

    def source() -> str:
        return chance.choice(here if here and chance.randrange(5) else known)

    def beside(place: str) -> str:
        parent = definition.elements[place].parent
        alike = [id_ for id_ in known if definition.elements[id_].parent == parent]
        return chance.choice(alike if chance.randrange(6) else known)

    moved = [source() for _ in range(chance.randrange(3))]
    return Modified(
        at=now,
        moves=tuple((place, beside(place)) for place in moved),
        adds=tuple(beside(source()) for _ in range(chance.choice((0, 0, 1, 2)))),
        drops=tuple(source() for _ in range(chance.choice((0, 0, 0, 1)))),
        variables={"n": chance.randrange(4)} if chance.randrange(2) else {},
        actor="ana",
    )


def _next(definition: Definition, element: Element) -> list[str]:
    """Where the one way out of `element` leads, if a token may begin there."""
    if len(element.outgoing) != 1 or element.outgoing[0].condition is not None:
        return []
    target = definition.elements[element.outgoing[0].target]
    is_join = target.kind in JOINS and len(target.incoming) > 1
    return [] if is_join or target.start_quantity > 1 else [target.id]
