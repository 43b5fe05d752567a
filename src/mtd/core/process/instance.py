"""An instance: the set of tokens on a drawing, and all that they hold and wait for."""

from enum import Enum
from typing import Any

import msgspec

from mtd.core.process.effect import Effect, Timer

ROOT = 0
"""The scope that is the process itself."""
SET_ASIDE = "ENGINE_FAILURE"
"""Code of the incident of a whole instance that the engine itself could not move."""


class State(Enum):
    """The life of an instance (reference-processes §5.1 e)."""

    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    TERMINATED = "TERMINATED"


class Token(msgspec.Struct, frozen=True, array_like=True):
    """A place where the flow is: resting on an element, or waiting at a join."""

    id: int
    at: str
    """Id of the element."""
    scope: int
    via: str | None = None
    """Id of the sequence flow it came by; joins count by it."""
    inner: bool = False
    """One body of a multi-instance or loop activity, and not the activity itself."""
    counted: bool = False
    """It waits no more for others: its activity has its start quantity (§13.3.2), or its complex
    gateway took it when it activated, and remembers so until it resets (§13.4.5)."""
    finished: bool = False
    """Its activity is done, and only a way out of it is missing."""


class Scope(msgspec.Struct, frozen=True, array_like=True):
    """A running process, sub-process, event sub-process, called process or loop body."""

    id: int
    element: str
    """The element it is the inside of; empty for the process itself."""
    parent: int | None = None
    holder: int | None = None
    """The token that rests on `element`; None for the process and for event sub-processes."""
    variables: dict[str, Any] = {}
    closed: bool = False
    """Variables around it are neither seen nor set from inside: they are passed."""
    place: str = ""
    """The element at which it opened in the scope around it."""
    nth: int = 0
    """The number of its opening there, from 1 (see `visiting`); 0 in rows older than that, and of
    the process itself."""


class Wait(msgspec.Struct, frozen=True, array_like=True):
    """An outstanding effect: what is awaited, by which token, on behalf of which element."""

    id: int
    element: str
    """The element whose rule takes the answer: the task, the event, the boundary event."""
    scope: int
    token: int | None
    """None for the start of an event sub-process, which waits on behalf of its scope."""
    effect: Effect
    nth: int = 0
    """Of a call: its number among those of its element in its scope, from 1 (see `visiting`); 0 of
    all else, and in rows older than that."""


class Incident(msgspec.Struct, frozen=True, array_like=True):
    """A token that cannot go on until a person, or a retry, settles why."""

    id: int
    element: str
    token: int | None
    """None where the process itself is in trouble."""
    wait: int | None
    """The wait still open below it: a call that is repeated under the same key."""
    code: str
    message: str
    unheard: int | None = None
    """Of an event that should listen, at the border of an activity or at the start of an event
    sub-process, and cannot: the scope in which it should; None of all else, and in older rows."""
    last: Timer | None = None
    """Of an event that went off and recurs: what it fired by, and whose next time is missing."""
    armed: bool = False
    """The events at the border of its activity began to listen when it was entered: whoever goes
    on with it leaves them as they are. False of all else, and in older rows."""


class Completion(msgspec.Struct, frozen=True, array_like=True):
    """An activity that completed and may still be compensated."""

    id: int
    """Later completions have higher ids: they are undone first."""
    element: str
    scope: int
    """Where it completed."""
    whole: bool = True
    """The activity itself; False of the rounds of a loop, and of what was interrupted."""
    inside: int | None = None
    """The scope that ended with it: what completed in there is undone with it."""
    variables: dict[str, Any] = {}
    """Those of the scope inside, as they were when it completed."""
    closed: bool = False
    """That scope saw none around it, and set none; False, too, in rows that are older than this."""
    place: str = ""
    """Where the scope inside had opened, and its number there."""
    nth: int = 0


class Instance(msgspec.Struct, frozen=True):
    """The fold of its journal (`journal.fold`); immutable."""

    id: str
    """UUIDv7, made by the door."""
    definition: str
    """`name@version`"""
    key: str = ""
    """The business key: what people call it."""
    seq: int = 0
    """Journal rows so far."""
    state: State = State.RUNNING
    next: int = 1
    """The next free id of a token, scope, wait or incident."""
    tokens: dict[int, Token] = {}
    scopes: dict[int, Scope] = {}
    waits: dict[int, Wait] = {}
    incidents: dict[int, Incident] = {}
    reached: tuple[str, ...] = ()
    """Business states in the order in which elements reached them, each once, its last time."""
    completed: dict[int, tuple[Completion, ...]] = {}
    """By the scope where it completed, what may still be compensated, in order."""
    visits: dict[int, dict[str, int]] = {}
    """By scope, how often calls were asked for, or scopes opened, at each element in it."""
