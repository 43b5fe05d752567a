"""Retracing: the way that an instance took over its drawing, step by step, from its journal."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from mtd.core.process.definition import Definition
from mtd.core.process.journal import (
    Ended,
    Entry,
    Fact,
    Gone,
    Put,
    Settled,
    Troubled,
    decode,
)

ANSWERED = "answered"
FAILED = frozenset({"failed", "unknown", "in_doubt"})
"""Outcomes after which an attempt is made again, or a person decides."""


class Crossing(msgspec.Struct, frozen=True, kw_only=True):
    """A sequence flow that a token took."""

    flow: str
    after: timedelta | None
    """How long the token had been at the element before; None: nobody saw it come there."""


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """One journal row, as a step on the drawing."""

    seq: int
    at: datetime
    kind: str
    """The trigger's tag."""
    element: str
    """For which the trigger was; empty for the process."""
    came: tuple[str, ...]
    """Elements to which tokens came."""
    crossed: tuple[Crossing, ...]
    stands: tuple[str, ...]
    """Elements where tokens rest afterwards."""
    troubled: tuple[str, ...]
    """Elements with an open incident afterwards; empty for the process itself."""
    failed: str
    """The element whose attempt did not succeed; empty: none was."""


def retraced(definition: Definition, entries: Iterable[Entry]) -> list[Pace]:
    """The steps that `entries` tell, in order; what began before the first of them is not known."""
    sources = {
        way.id: id_ for id_, element in definition.elements.items() for way in element.outgoing
    }
    ground = _Ground(sources)
    return [ground.stepped(entry) for entry in entries]


class _Ground:
    """Where tokens are while their journal is read."""

    def __init__(self, sources: dict[str, str]) -> None:
        self._sources = sources
        self._tokens: dict[int, str] = {}
        self._incidents: dict[int, str] = {}
        self._arrived: dict[tuple[int, str], datetime] = {}
        """When a token last came to an element, by the scope and the element."""

    def stepped(self, entry: Entry) -> Pace:
        record = decode(entry.payload)
        came: list[str] = []
        crossed: list[Crossing] = []
        for fact in record.facts:
            self._apply(fact, entry.at, came, crossed)
        did_fail = entry.kind == ANSWERED and record.cause[1] in FAILED
        return Pace(
            seq=entry.seq,
            at=entry.at,
            kind=entry.kind,
            element=entry.element,
            came=tuple(dict.fromkeys(came)),
            crossed=tuple(crossed),
            stands=tuple(dict.fromkeys(self._tokens.values())),
            troubled=tuple(dict.fromkeys(self._incidents.values())),
            failed=entry.element if did_fail else "",
        )

    def _apply(self, fact: Fact, at: datetime, came: list[str], crossed: list[Crossing]) -> None:
        match fact:
            case Put(token=token):
                if self._tokens.get(token.id) == token.at:
                    return
                self._tokens[token.id] = token.at
                came.append(token.at)
                if token.via in self._sources:
                    since = self._arrived.get((token.scope, self._sources[token.via]))
                    after = None if since is None else at - since
                    crossed.append(Crossing(flow=token.via, after=after))
                self._arrived[token.scope, token.at] = at
            case Gone(token=number):
                self._tokens.pop(number, None)
            case Troubled(incident=incident):
                self._incidents[incident.id] = incident.element
            case Settled(incident=number):
                self._incidents.pop(number, None)
            case Ended():
                self._tokens.clear()
                self._incidents.clear()
            case _:
                return
