"""Faults on order: seeded shares, scripts per order, and windows in which a system is down."""

from collections import deque
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from mtd.simulators.chance import chance
from mtd.simulators.clock import now_s
from mtd.simulators.settings import Share

SCRIPTS_MAX = 100_000
TIMES_MAX = 1_000


class Fault(StrEnum):
    """What may befall any request; a system's own verdicts, such as `declined`, come on top."""

    ERROR = "error"
    """503, no effect."""
    THROTTLE = "throttle"
    """429 with Retry-After, no effect."""
    RESET = "reset"
    """The connection is cut, no effect."""
    ERROR_AFTER = "error_after"
    """The effect takes place, then 500."""
    TIMEOUT_AFTER = "timeout_after"
    """The effect takes place; no answer ever comes."""
    LOST_REPLY = "lost_reply"
    """The effect takes place, then the connection is cut."""
    HALF_BODY = "half_body"
    """The effect takes place; half of the answer comes."""
    GARBAGE = "garbage"
    """The effect takes place; the answer is 200 with a page of HTML."""
    SLOW = "slow"
    """The effect takes place; the answer comes `slow_s` later."""


BEFORE_EFFECT = frozenset({Fault.ERROR, Fault.THROTTLE, Fault.RESET})


class Down(StrEnum):
    """How a system is down."""

    REFUSE = "refuse"
    """Nobody listens on its port."""
    ERROR = "error"
    """Every request is answered 503."""
    HANG = "hang"
    """No request is ever answered."""


class Scripted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The next `times` calls, of this order and operation where they are named, answer `fault`."""

    fault: str
    """A fault, a verdict of the system, or `none` for a sound answer whatever the shares say."""
    order: str | None = None
    operation: str | None = None
    times: Annotated[int, Meta(ge=1, le=TIMES_MAX)] = 1


class Outage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Down from now on for so many seconds; 0 ends it."""

    seconds: Annotated[float, Meta(ge=0)]
    mode: Down = Down.REFUSE


class Faults:
    """What befalls the requests of one system."""

    def __init__(
        self, seed: int, system: str, shares: Mapping[str, Share], verdicts: frozenset[str]
    ) -> None:
        self._seed = seed
        self._system = system
        self.known = frozenset(Fault) | verdicts
        self.shares = {name: share for name, share in shares.items() if name in self.known}
        self._scripts: dict[tuple[str | None, str | None], deque[str]] = {}
        self._drawn: dict[tuple[str, str], int] = {}
        self._down: Down | None = None
        self._down_until_s = 0.0

    def draw(self, operation: str, order: str) -> str | None:
        """What befalls this request: what was scripted for it, else by share."""
        scripted = self._scripted(operation, order) if self._scripts else None
        if scripted is not None:
            return None if scripted == "none" else scripted
        if not self.shares:
            return None
        nth = self._drawn.get((operation, order), 0)
        self._drawn[(operation, order)] = nth + 1
        drawn = chance(self._seed, self._system, operation, order, nth)
        for fault, share in self.shares.items():
            if drawn < share:
                return fault
            drawn -= share
        return None

    def script(self, scripted: Scripted) -> None:
        """Add to what is scripted for this order and operation."""
        queue = self._scripts.setdefault((scripted.order, scripted.operation), deque())
        queue.extend([scripted.fault] * scripted.times)

    def clear(self) -> None:
        """Forget shares, scripts and the outage."""
        self.shares.clear()
        self._scripts.clear()
        self._down = None

    def fail(self, outage: Outage) -> None:
        """Be down for a while."""
        self._down = outage.mode if outage.seconds > 0 else None
        self._down_until_s = now_s() + outage.seconds

    def down(self) -> Down | None:
        """How the system is down now, if it is."""
        if self._down is not None and now_s() >= self._down_until_s:
            self._down = None
        return self._down

    @property
    def scripted(self) -> int:
        """Answers still scripted."""
        return sum(map(len, self._scripts.values()))

    def _scripted(self, operation: str, order: str) -> str | None:
        for place in ((order, operation), (order, None), (None, operation), (None, None)):
            queue = self._scripts.get(place)
            if queue:
                fault = queue.popleft()
                if not queue:
                    del self._scripts[place]
                return fault
        return None
