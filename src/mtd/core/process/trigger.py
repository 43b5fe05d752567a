"""What may happen to an instance: each comes in by the one door, or back from the hands."""

from datetime import datetime
from typing import Any

import msgspec

from mtd.core.process.outcome import Outcome


class Start(msgspec.Struct, frozen=True, kw_only=True, tag="start"):
    """Begin: at the named element, else at the none start event."""

    at: datetime
    variables: dict[str, Any] = {}
    element: str | None = None
    """A start event; or a task or event that begins the process by the message that it catches."""
    heard: str | None = None
    """The message or signal that begins it: `variables` are then its content, of which the
    binding of `element` says what becomes."""


class Answered(msgspec.Struct, frozen=True, kw_only=True, tag="answered"):
    """The hands made the attempt of `wait`."""

    at: datetime
    wait: int
    outcome: Outcome
    jitter: float = 0.5
    """Chance from outside, 0 to 1, that spreads the back-off."""
    took_ms: float = 0.0


class Fired(msgspec.Struct, frozen=True, kw_only=True, tag="fired"):
    """The timer of `wait` is due."""

    at: datetime
    wait: int


class Received(msgspec.Struct, frozen=True, kw_only=True, tag="received"):
    """A message, or a signal, met the subscription of `wait`."""

    at: datetime
    wait: int
    name: str
    payload: dict[str, Any] = {}


class Submitted(msgspec.Struct, frozen=True, kw_only=True, tag="submitted"):
    """A person completed the user task of `wait`."""

    at: datetime
    wait: int
    outputs: dict[str, Any] = {}
    actor: str = ""


class Retried(msgspec.Struct, frozen=True, kw_only=True, tag="retried"):
    """Try again what failed: one incident, or every one (None)."""

    at: datetime
    incident: int | None = None
    variables: dict[str, Any] = {}
    """Corrections, set on the process before the retry."""
    actor: str = ""
    reason: str = ""


class Hastened(msgspec.Struct, frozen=True, kw_only=True, tag="hastened"):
    """An attempt that is put off is to be made now: that of one wait, or every one (None)."""

    at: datetime
    wait: int | None = None
    actor: str = ""
    reason: str = ""


class Stopped(msgspec.Struct, frozen=True, kw_only=True, tag="stopped"):
    """An operator ends the instance where it stands, undoing nothing."""

    at: datetime
    actor: str = ""
    reason: str = ""


class Changed(msgspec.Struct, frozen=True, kw_only=True, tag="changed"):
    """An operator sets variables of the process."""

    at: datetime
    variables: dict[str, Any]
    actor: str = ""
    reason: str = ""


class Modified(msgspec.Struct, frozen=True, kw_only=True, tag="modified"):
    """An operator moves, adds and drops tokens, by the ids of elements."""

    at: datetime
    moves: tuple[tuple[str, str], ...] = ()
    """From and to: every token that rests at the one begins at the other."""
    adds: tuple[str, ...] = ()
    drops: tuple[str, ...] = ()
    variables: dict[str, Any] = {}
    """Set on the process first."""
    actor: str = ""
    reason: str = ""


class Redefined(msgspec.Struct, frozen=True, kw_only=True, tag="migrated"):
    """An operator lets the instance go on with another version of its definition."""

    at: datetime
    to: str
    """`name@version`"""
    mapping: dict[str, str] = {}
    """Ids of elements that have another one there."""
    actor: str = ""
    reason: str = ""


Trigger = (
    Start
    | Answered
    | Fired
    | Received
    | Submitted
    | Retried
    | Hastened
    | Stopped
    | Changed
    | Modified
    | Redefined
)
