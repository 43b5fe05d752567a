"""Facts: what may come to be so of an instance in a step; the journal keeps them in order."""

from typing import Any

import msgspec

from mtd.core.process.effect import Effect, Message
from mtd.core.process.instance import Completion, Incident, Scope, State, Token, Wait


class Put(msgspec.Struct, frozen=True, array_like=True, tag="put"):
    """A token is now here."""

    token: Token


class Gone(msgspec.Struct, frozen=True, array_like=True, tag="gone"):
    """A token was consumed."""

    token: int


class Entered(msgspec.Struct, frozen=True, array_like=True, tag="scope"):
    """A scope opened."""

    scope: Scope


class Left(msgspec.Struct, frozen=True, array_like=True, tag="left"):
    """A scope closed."""

    scope: int
    kept: bool = False
    """What completed in it may still be undone: it is remembered on."""


class Completed(msgspec.Struct, frozen=True, array_like=True, tag="did"):
    """An activity completed that something in the drawing could undo."""

    completion: Completion


class Undone(msgspec.Struct, frozen=True, array_like=True, tag="undo"):
    """Compensation of an activity began: it is never begun again."""

    scope: int
    completion: int


class Assigned(msgspec.Struct, frozen=True, array_like=True, tag="set"):
    """Variables of a scope took values."""

    scope: int
    variables: dict[str, Any]


class Opened(msgspec.Struct, frozen=True, array_like=True, tag="wait"):
    """Something is wanted from the world and awaited."""

    wait: Wait


class Closed(msgspec.Struct, frozen=True, array_like=True, tag="met"):
    """A wait is over: answered, or no longer wanted."""

    wait: int


class Tried(msgspec.Struct, frozen=True, array_like=True, tag="again"):
    """A wait goes on with a changed effect: the next attempt of a call, a condition false again."""

    wait: int
    effect: Effect


class Troubled(msgspec.Struct, frozen=True, array_like=True, tag="trouble"):
    """A token got stuck."""

    incident: Incident


class Settled(msgspec.Struct, frozen=True, array_like=True, tag="settled"):
    """An incident is over."""

    incident: int


class Consulted(msgspec.Struct, frozen=True, array_like=True, tag="table"):
    """A decision of a deployed model was evaluated, in this version."""

    cited: str
    """`file.dmn#Decision@version`"""


class Reached(msgspec.Struct, frozen=True, array_like=True, tag="state"):
    """The business state that the binding names for an element."""

    state: str


class Sent(msgspec.Struct, frozen=True, array_like=True, tag="sent"):
    """A message or signal left for other instances, in the same commit."""

    message: Message


class Unheard(msgspec.Struct, frozen=True, array_like=True, tag="unheard"):
    """An escalation was thrown and nobody caught it, which does no harm (BPMN 2.0.2 §10.5.5)."""

    code: str


class Follows(msgspec.Struct, frozen=True, array_like=True, tag="follows"):
    """The instance goes on with this version of its definition."""

    definition: str
    """`name@version`"""
    before: str = ""
    """The one that it followed until now; empty in rows that are older than this."""


class Ended(msgspec.Struct, frozen=True, array_like=True, tag="end"):
    """The instance is over."""

    state: State


class Ignored(msgspec.Struct, frozen=True, array_like=True, tag="ignored"):
    """What came in answered nothing that is still awaited."""

    reason: str


Fact = (
    Put | Gone | Entered | Left | Completed | Undone | Assigned | Opened | Closed | Tried
    | Troubled | Settled | Consulted | Reached | Sent | Unheard | Follows
    | Ended | Ignored
)  # fmt: skip
