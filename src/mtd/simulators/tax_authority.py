"""The tax authority (SII) behind the issuer: takes documents at once, decides much later."""

import asyncio
from collections.abc import Callable
from enum import StrEnum

import msgspec

from mtd.simulators.world import World

DECIDED_MIN_S = 60.0
DECIDED_MAX_S = 3_600.0


class Decision(StrEnum):
    """What the authority thinks of a document in the end."""

    ACCEPTED = "ACCEPTED"
    OBJECTED = "ACCEPTED_WITH_OBJECTIONS"
    REJECTED = "REJECTED"


class Envelope(msgspec.Struct):
    """A document on its way: the envelope's code and the counts that decide.

    `EPR` says only that the envelope was processed: the counts tell what came of the document.
    """

    track_id: str
    code: str = "REC"
    decision: Decision | None = None
    order: str = ""

    @property
    def counts(self) -> tuple[int, int, int]:
        """Accepted, objected and rejected documents of this envelope of one."""
        if self.code != "EPR":
            return 0, 0, 0
        return (
            int(self.decision is Decision.ACCEPTED),
            int(self.decision is Decision.OBJECTED),
            int(self.decision is Decision.REJECTED),
        )


UNREADABLE = ("RSC", "RFR", "RCT")
"""Rejected before anybody looked at the document: schema, signature, cover."""


class TaxAuthority:
    """Decides on each envelope after 1 to 60 minutes of simulated time; may be down."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._min_s = world.delay_s("decided_min", DECIDED_MIN_S)
        self._max_s = world.delay_s("decided_max", DECIDED_MAX_S)
        self._envelopes: dict[str, Envelope] = {}
        self._waiting: list[Callable[[], None]] = []
        self._down = False

    def submit(
        self, track_id: str, order: str, verdict: str | None, decided: Callable[[Envelope], None]
    ) -> None:
        """Take the envelope; `decided` is called when it is."""
        envelope = Envelope(track_id, order=order)
        self._envelopes[track_id] = envelope
        spread = self._max_s - self._min_s
        delay_s = self._min_s + spread * self._world.chance("decided", order)
        loop = asyncio.get_running_loop()
        loop.call_later(delay_s, self._decide, envelope, verdict, decided)

    def state(self, track_id: str) -> Envelope | None:
        """Where the envelope stands."""
        return self._envelopes.get(track_id)

    def be_down(self, down: bool) -> None:
        """While it is down nothing is decided; afterwards everything that was due is."""
        self._down = down
        if not down:
            waiting, self._waiting = self._waiting, []
            for decide in waiting:
                decide()

    def _decide(
        self, envelope: Envelope, verdict: str | None, decided: Callable[[Envelope], None]
    ) -> None:
        if self._down:
            self._waiting.append(lambda: self._decide(envelope, verdict, decided))
            return
        if verdict == "rejected":
            envelope.decision = Decision.REJECTED
            drawn = self._world.chance("code", envelope.order)
            envelope.code = "EPR" if drawn < 0.5 else UNREADABLE[int(drawn * 6) % 3]
        else:
            objected = verdict == "objected"
            envelope.decision = Decision.OBJECTED if objected else Decision.ACCEPTED
            envelope.code = "EPR"
        decided(envelope)
