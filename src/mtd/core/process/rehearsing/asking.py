"""Asking: what an instance awaits of the world, as a question, and what may be answered."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

import msgspec

from mtd.core.process.definition import Element
from mtd.core.process.effect import Call, Listening, Subscription, UserTask
from mtd.core.process.instance import Wait
from mtd.core.process.outcome import Done, Failed, InDoubt, Outcome, Refused, Unknown
from mtd.core.process.trigger import Answered, Received, Submitted, Trigger


class Silence(Enum):
    """What is said when nothing is."""

    NEVER = "never"
    """No answer comes: time passes, timers fire."""
    MISSING = "missing"
    """Nobody knows the answer. Of a call or a user task: the clock stands still."""


class Reply(msgspec.Struct, frozen=True):
    """What comes: an outcome for a call; outputs of a user task, or a message's content."""

    what: Outcome | dict[str, Any]
    after: timedelta = timedelta()


class Question(msgspec.Struct, frozen=True):
    """Something that an instance awaits of the world."""

    instance: str
    element: Element
    wait: Wait
    times: int
    """How often this element was asked about before, in the whole rehearsal."""
    variables: Mapping[str, Any]
    """Those in sight."""


Answering = Callable[[Question], Reply | Silence]


def trigger(wait: Wait, at: datetime, what: Outcome | dict[str, Any]) -> Trigger:
    """What lets `what` in. Raises TypeError where it is no answer to this wait."""
    match wait.effect, what:
        case Call(), Done() | Refused() | Failed() | Unknown() | InDoubt():
            return Answered(at=at, wait=wait.id, outcome=what)
        case UserTask(), dict():
            return Submitted(at=at, wait=wait.id, outputs=what, actor="rehearsal")
        case ((Subscription(name=name) | Listening(name=name)), dict()):
            return Received(at=at, wait=wait.id, name=name, payload=what)
        case effect, _:
            kind = type(effect).__name__
            raise TypeError(f"{type(what).__name__} is no answer to a {kind} at {wait.element}")
