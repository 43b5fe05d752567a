"""What one turn of one instance leaves behind: the rows that its commit writes and consumes."""

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from mtd.core.process.effect import Effect, Listening, Message, Subscription, UserTask
from mtd.core.process.instance import Incident, Instance, State, Wait
from mtd.core.process.journal import Entry
from mtd.store.arriving.arrival import Sealed
from mtd.store.engine.issuance import Issuance

LIVE = None
"""`wake_at` of an instance that lives in its owner's memory."""

NEVER = datetime.max.replace(tzinfo=UTC)
"""`wake_at` of an instance that only an arrival wakes: PostgreSQL's infinity."""


class Consumed(msgspec.Struct, frozen=True, kw_only=True):
    """The rows that this turn uses up; were one of them gone, nothing of it would be written."""

    inbox: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()


NOTHING = Consumed()
"""Of a turn that an answer in memory brought about."""


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """Where the order stands, for people."""

    state: str
    reached: tuple[str, ...] = ()
    """Every state it has been in, in order; names without spaces."""
    resume: str | None = None
    """The state to go back to when an exception or a hold is over."""


class Attempted(msgspec.Struct, frozen=True, kw_only=True):
    """Evidence of one attempt: what was sent and what came back, bounded, secrets masked."""

    seq: int
    """The journal row that its answer led to."""
    wait: int
    visit: str
    """With the element, the part of the idempotency key that its instance gives."""
    attempt: int
    service: str
    at: datetime
    """When it was sent."""
    took_ms: float
    outcome: str
    """Tag of the `Outcome`."""
    request: bytes = b""
    response: bytes = b""


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """A message or signal that leaves for other instances in the same commit."""

    message: Message
    ttl_s: float
    """How long it waits to be awaited."""


class Amended(msgspec.Struct, frozen=True, kw_only=True):
    """A new version of an order's content; the old ones stay."""

    version: int
    content: Sealed


class Turned(msgspec.Struct, frozen=True, kw_only=True):
    """One instance's part of a commit; made by `turned`."""

    tenant: int
    instance: str
    definition: str
    key: str
    entries: tuple[Entry, ...]
    began: bool
    """The instance has no row yet."""
    state: State
    wake_at: datetime | None
    """LIVE, NEVER, or when its earliest timer, retry or task is due."""
    held_by: str | None
    """The pause for whose end it waits."""
    restated: bool
    """`state`, `wake_at`, `definition` or `held_by` differ from what the row says."""
    consumed: Consumed
    opened: tuple[Wait, ...]
    """Waits that have a row: messages, signals and user tasks."""
    unsubscribed: tuple[int, ...]
    submitted: tuple[int, ...]
    """User tasks that were completed by a person."""
    withdrawn: tuple[int, ...]
    """User tasks that are no longer wanted."""
    escalated: tuple[int, ...]
    """User tasks, still open, that others were told of when they were due."""
    troubled: tuple[Incident, ...]
    settled: tuple[int, ...]
    sent: tuple[Outgoing, ...]
    status: Status | None
    """Where its order stands, when that changed."""
    amended: Amended | None
    attempts: tuple[Attempted, ...]
    issued: tuple[Issuance, ...]
    """Tax documents that this turn numbers, signs or voids."""
    conversed: bool
    """It has what it awaits of the messages by which it began."""
    snapshot: bool
    """Keep `after` itself, so that the next load folds less."""
    after: Instance
    acquitted: bool
    """It was suspected of killing workers, and did not."""


def turned(
    *,
    tenant: int,
    before: Instance | None,
    after: Instance,
    entries: Sequence[Entry],
    wake_at: datetime | None,
    wake_at_before: datetime | None = LIVE,
    held_by: str | None = None,
    held_by_before: str | None = None,
    consumed: Consumed = NOTHING,
    submitted: int | None = None,
    escalated: Sequence[int] = (),
    sent: Sequence[Outgoing] = (),
    status: Status | None = None,
    amended: Amended | None = None,
    attempts: Sequence[Attempted] = (),
    issued: Sequence[Issuance] = (),
    conversed: bool = False,
    snapshot: bool = False,
    acquitted: bool = False,
) -> Turned:
    """What changes when an instance goes from `before` (None: it just began) to `after`.

    `wake_at_before` and `held_by_before` are what its row says now; `submitted` the user task
    that a person's answer closed. Without entries it only parks, or wakes. Raises ValueError
    when `entries` do not lead from `before` to `after`.
    """
    seq = 0 if before is None else before.seq
    if [entry.seq for entry in entries] != list(range(seq + 1, after.seq + 1)):
        raise ValueError(f"{after.id}: entries do not lead from {seq} to {after.seq}")
    waits: dict[int, Wait] = {} if before is None else before.waits
    incidents: dict[int, Incident] = {} if before is None else before.incidents
    closed = [wait for wait in waits.values() if wait.id not in after.waits]
    tasks = [wait.id for wait in closed if isinstance(wait.effect, UserTask)]
    return Turned(
        tenant=tenant,
        instance=after.id,
        definition=after.definition,
        key=after.key,
        entries=tuple(entries),
        began=before is None,
        state=after.state,
        wake_at=wake_at,
        held_by=held_by,
        restated=before is not None
        and (
            wake_at != wake_at_before
            or held_by != held_by_before
            or after.state is not before.state
            or after.definition != before.definition
        ),
        consumed=consumed,
        opened=tuple(w for w in after.waits.values() if w.id not in waits and _has_row(w.effect)),
        unsubscribed=tuple(w.id for w in closed if isinstance(w.effect, Subscription | Listening)),
        submitted=tuple(task for task in tasks if task == submitted),
        withdrawn=tuple(task for task in tasks if task != submitted),
        escalated=tuple(escalated),
        troubled=tuple(i for i in after.incidents.values() if i.id not in incidents),
        settled=tuple(id_ for id_ in incidents if id_ not in after.incidents),
        sent=tuple(sent),
        status=status,
        amended=amended,
        attempts=tuple(attempts),
        issued=tuple(issued),
        conversed=conversed,
        snapshot=snapshot,
        after=after,
        acquitted=acquitted,
    )


def _has_row(effect: Effect) -> bool:
    """Calls and timers live in the fold alone; the others are met or shown by their rows."""
    return isinstance(effect, Subscription | Listening | UserTask)
