"""What a simulated system is to its listener: how it reads a request and what it answers."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from mtd.simulators.ledger import Outcome, Undone

JSON = "application/json"
_ENCODER = msgspec.json.Encoder(decimal_format="number")


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """An answer, and what it did."""

    status: int = 200
    body: bytes
    content_type: str = JSON
    headers: dict[str, str] = {}
    outcome: Outcome
    subject: str = ""
    """What tells this effect from another wanted one of the same operation and order."""
    undoes: tuple[Undone, ...] = ()
    """What this one takes back of the same order."""
    remembered: bool = True
    """Whether the same key gets the same answer again."""
    after_s: float = 0.0
    """Silence before it is answered, on top of the system's pace."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A request that was understood."""

    operation: str
    order: str
    key: str = ""
    payload: bytes
    act: Callable[[str | None], Reply]
    """Do it; given the verdict that was drawn for it, if any."""


class Malformed(Exception):
    """A request that cannot be understood: answered with this status and message."""

    def __init__(self, status: int, message: str, order: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.order = order


class Incoming(msgspec.Struct, frozen=True):
    """A request as it came."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


class System(msgspec.Struct, frozen=True, kw_only=True):
    """One simulated legacy system: its normal behaviour and how it reads a request."""

    name: str
    median_ms: float
    p99_ms: float
    shares: dict[str, float]
    """Default shares of faults, verdicts and troubles of its events."""
    verdicts: frozenset[str]
    """Faults that the system decides itself, such as `declined`."""
    read: Callable[[Incoming], Asked]
    """Raises Malformed."""
    malformed: Callable[[Malformed], Reply]
    """How this system says that it does not understand."""
    command: Callable[[dict[str, Any]], None] | None = None
    """Takes the commands that `/__control` has for this system alone; raises ValueError."""
    state: Callable[[], dict[str, Any]] | None = None
    """What `/__control` tells of this system alone."""
    pages: Mapping[str, Callable[[Mapping[str, str]], Any]] = {}
    """Pages below `/__control/` that this system alone has: each takes the query; raises
    ValueError for one that it cannot answer."""


def encoded(value: Any) -> bytes:
    """`value` as JSON, decimals as numbers."""
    return _ENCODER.encode(value)


def applied(
    value: Any, undoes: tuple[Undone, ...] = (), *, status: int = 200, subject: str = ""
) -> Reply:
    """It took effect."""
    return Reply(
        status=status,
        body=encoded(value),
        outcome=Outcome.APPLIED,
        subject=subject,
        undoes=undoes,
    )


def unchanged(value: Any) -> Reply:
    """There was nothing to do."""
    return Reply(body=encoded(value), outcome=Outcome.UNCHANGED)


def told(value: Any) -> Reply:
    """Only an answer."""
    return Reply(body=encoded(value), outcome=Outcome.READ)


def refused(status: int, code: str, message: str, **more: Any) -> Reply:
    """A business no, with a code that machines understand."""
    body = encoded({"code": code, "message": message, **more})
    return Reply(status=status, body=body, outcome=Outcome.REFUSED)
