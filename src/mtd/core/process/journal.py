"""The journal: facts, how each changes an instance, and the fold that is the instance.

A step of the engine writes one `Record`: what came in and the facts that followed. `Step`
applies facts as it makes them and `fold` applies them again, by the same function, so that
an instance read back equals the one that ran. The fold evaluates nothing.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from mtd.core.process.facts import (
    Assigned,
    Closed,
    Completed,
    Consulted,
    Ended,
    Entered,
    Fact,
    Follows,
    Gone,
    Ignored,
    Left,
    Opened,
    Put,
    Reached,
    Sent,
    Settled,
    Tried,
    Troubled,
    Undone,
    Unheard,
)
from mtd.core.process.instance import Completion, Instance

VERSION = 3
"""Of the records below; a reader refuses one that is newer than itself."""


class Record(msgspec.Struct, frozen=True, array_like=True):
    """One journal row's payload: what came in, what it moved, what it asked for."""

    version: int
    cause: list[Any]
    """The trigger in short: its kind, then what identifies it (see `advance.cause`)."""
    facts: list[Fact]


class Entry(msgspec.Struct, frozen=True):
    """One journal row."""

    seq: int
    at: datetime
    kind: str
    """The trigger's tag."""
    element: str
    """The element that the trigger was for; empty for the process."""
    payload: bytes
    """A `Record` as JSON."""


class Draft:
    """An instance in the making: what facts are applied to."""

    __slots__ = (
        "completed",
        "definition",
        "incidents",
        "next",
        "reached",
        "scopes",
        "state",
        "tokens",
        "visits",
        "waits",
    )

    def __init__(self, instance: Instance) -> None:
        self.definition = instance.definition
        self.state = instance.state
        self.next = instance.next
        self.tokens = dict(instance.tokens)
        self.scopes = dict(instance.scopes)
        self.waits = dict(instance.waits)
        self.incidents = dict(instance.incidents)
        self.reached = instance.reached
        self.completed = instance.completed
        self.visits = instance.visits

    def freeze(self, instance: Instance, steps: int) -> Instance:
        """`instance` as it is `steps` journal rows later."""
        return Instance(
            id=instance.id,
            definition=self.definition,
            key=instance.key,
            seq=instance.seq + steps,
            state=self.state,
            next=self.next,
            tokens=self.tokens,
            scopes=self.scopes,
            waits=self.waits,
            incidents=self.incidents,
            reached=self.reached,
            completed=self.completed,
            visits=self.visits,
        )


def apply(draft: Draft, fact: Fact) -> None:
    """Change `draft` as `fact` says; the only place where an instance changes."""
    _APPLY[type(fact)](draft, fact)


def fold(instance: Instance, entries: Iterable[Entry]) -> Instance:
    """`instance` after `entries`, which must follow its `seq` without a gap.

    Raises ValueError for a gap or a record of a newer version.
    """
    draft = Draft(instance)
    steps = 0
    for entry in entries:
        steps += 1
        if entry.seq != instance.seq + steps:
            raise ValueError(f"{instance.id}: journal row {instance.seq + steps} is missing")
        for fact in decode(entry.payload).facts:
            apply(draft, fact)
    return draft.freeze(instance, steps)


def encode(record: Record) -> bytes:
    """`record` as JSON bytes; numbers keep every digit."""
    return _ENCODER.encode(record)


def decode(payload: bytes) -> Record:
    """The record in `payload`. Raises ValueError for a version newer than this program's."""
    record = _DECODER.decode(payload)
    if record.version > VERSION:
        raise ValueError(f"journal record of version {record.version}; this reads {VERSION}")
    return record


def _put(draft: Draft, fact: Put) -> None:
    draft.tokens[fact.token.id] = fact.token
    draft.next = max(draft.next, fact.token.id + 1)


def _gone(draft: Draft, fact: Gone) -> None:
    del draft.tokens[fact.token]


def _entered(draft: Draft, fact: Entered) -> None:
    scope = fact.scope
    draft.scopes[scope.id] = scope
    draft.next = max(draft.next, scope.id + 1)
    if scope.parent is not None:
        _visited(draft, scope.parent, scope.place, scope.nth)


def _left(draft: Draft, fact: Left) -> None:
    del draft.scopes[fact.scope]
    if fact.scope in draft.visits:
        draft.visits = {key: held for key, held in draft.visits.items() if key != fact.scope}
    if not fact.kept and fact.scope in draft.completed:
        _forget(draft, fact.scope)


def _completed(draft: Draft, fact: Completed) -> None:
    """A completion whose number is known already takes that one's place."""
    scope, id_ = fact.completion.scope, fact.completion.id
    before = (one for one in draft.completed.get(scope, ()) if one.id != id_)
    _remember(draft, scope, (*before, fact.completion))
    draft.next = max(draft.next, fact.completion.id + 1)


def _undone(draft: Draft, fact: Undone) -> None:
    before = draft.completed[fact.scope]
    _remember(draft, fact.scope, tuple(one for one in before if one.id != fact.completion))


def _remember(draft: Draft, scope: int, completions: tuple[Completion, ...]) -> None:
    """Copied when it changes, and not with each draft: most instances remember nothing."""
    others = {key: held for key, held in draft.completed.items() if key != scope}
    draft.completed = {**others, scope: completions} if completions else others


def _forget(draft: Draft, scope: int) -> None:
    """What completed in a scope that is gone, and inside of that, cannot be undone any more."""
    kept = dict(draft.completed)
    gone = [scope]
    while gone:
        gone.extend(one.inside for one in kept.pop(gone.pop(), ()) if one.inside is not None)
    draft.completed = kept


def _assigned(draft: Draft, fact: Assigned) -> None:
    scope = draft.scopes[fact.scope]
    draft.scopes[fact.scope] = msgspec.structs.replace(
        scope, variables={**scope.variables, **fact.variables}
    )


def _opened(draft: Draft, fact: Opened) -> None:
    draft.waits[fact.wait.id] = fact.wait
    draft.next = max(draft.next, fact.wait.id + 1)
    _visited(draft, fact.wait.scope, fact.wait.element, fact.wait.nth)


def _visited(draft: Draft, scope: int, place: str, nth: int) -> None:
    """Copied when it changes, and not with each draft; what a migration tells again is known."""
    there = draft.visits.get(scope, {})
    if nth > there.get(place, 0):
        draft.visits = {**draft.visits, scope: {**there, place: nth}}


def _closed(draft: Draft, fact: Closed) -> None:
    del draft.waits[fact.wait]


def _tried(draft: Draft, fact: Tried) -> None:
    wait = draft.waits[fact.wait]
    draft.waits[fact.wait] = msgspec.structs.replace(wait, effect=fact.effect)


def _troubled(draft: Draft, fact: Troubled) -> None:
    draft.incidents[fact.incident.id] = fact.incident
    draft.next = max(draft.next, fact.incident.id + 1)


def _settled(draft: Draft, fact: Settled) -> None:
    del draft.incidents[fact.incident]


def _reached(draft: Draft, fact: Reached) -> None:
    draft.reached = (*(s for s in draft.reached if s != fact.state), fact.state)


def _follows(draft: Draft, fact: Follows) -> None:
    draft.definition = fact.definition


def _ended(draft: Draft, fact: Ended) -> None:
    draft.state = fact.state


def _nothing(draft: Draft, fact: Fact) -> None:
    """Facts that are history alone."""


_APPLY: dict[type, Callable[[Draft, Any], None]] = {
    Put: _put,
    Gone: _gone,
    Entered: _entered,
    Left: _left,
    Completed: _completed,
    Undone: _undone,
    Assigned: _assigned,
    Opened: _opened,
    Closed: _closed,
    Tried: _tried,
    Troubled: _troubled,
    Settled: _settled,
    Consulted: _nothing,
    Reached: _reached,
    Sent: _nothing,
    Unheard: _nothing,
    Follows: _follows,
    Ended: _ended,
    Ignored: _nothing,
}
_ENCODER = msgspec.json.Encoder(decimal_format="number")
_DECODER = msgspec.json.Decoder(Record, float_hook=Decimal)
