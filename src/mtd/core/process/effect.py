"""What an instance wants from the world; while it is outstanding, it is a wait of the instance."""

from datetime import datetime
from typing import Any

import msgspec


class Call(msgspec.Struct, frozen=True, array_like=True, tag="call"):
    """One step of work by a service; the hands make one attempt per committed intent."""

    service: str
    """The connector's name, `legacy.operation`."""
    inputs: dict[str, Any]
    """The binding's input mapping, evaluated once, so that every attempt sends the same bytes."""
    attempt: int = 1
    not_before: datetime | None = None
    """Back-off: the attempt is not made earlier."""
    sent_before: bool = False
    """An earlier attempt may have taken effect."""


class Timer(msgspec.Struct, frozen=True, array_like=True, tag="timer"):
    """To be woken at `due`; a cycle has `left` more firings after this one (None: no end)."""

    due: datetime
    left: int | None = 0


class Subscription(msgspec.Struct, frozen=True, array_like=True, tag="message"):
    """A message with this name and correlation key."""

    name: str
    key: str


class Listening(msgspec.Struct, frozen=True, array_like=True, tag="signal"):
    """A signal, broadcast to all that listen to its name."""

    name: str


class UserTask(msgspec.Struct, frozen=True, array_like=True, tag="task"):
    """Work for a person of a role."""

    name: str
    role: str
    due: datetime | None = None
    form: str | None = None
    """Name of the JSON Schema that the answer must satisfy."""
    fields: dict[str, Any] = {}
    """What the person is shown: the binding's input mapping, evaluated."""


class Watching(msgspec.Struct, frozen=True, array_like=True, tag="condition"):
    """A condition over the instance's variables; looked at whenever they change."""

    met: bool = False
    """It went off while true: it must be false before it goes off again (BPMN 2.0.2 §10.5.5)."""
    event: int = 0
    """Which of its element's events has the condition."""


Effect = Call | Timer | Subscription | Listening | UserTask | Watching


class Message(msgspec.Struct, frozen=True, array_like=True, tag="publish"):
    """What an instance sends to others: a message when it has a key, else a signal."""

    name: str
    key: str | None
    payload: dict[str, Any]
