"""Committing: a whole batch of turns in one statement, or nothing of it, and knowing which."""

import asyncio
from collections.abc import Sequence
from enum import Enum

import msgspec

from mtd.store.engine.columns import columns
from mtd.store.engine.turned import Turned
from mtd.store.engine.worker import Fenced, Worker
from mtd.store.ids import SLOTS
from mtd.store.sessions import Fault, constraint, delay_s, fault, sqlstate
from mtd.store.statements import Statement, composed, numbered, read

_FRAGMENTS = read("engine/commit")
_COMMITTED = numbered(_FRAGMENTS["committed"])
_STALE = frozenset(
    {"turn_is_whole", "tax_document_state", "tax_document_credit", "tax_document_sale"}
)
"""Constraints that a turn violates when something it consumes is gone, or is not as it was:
a message, the state of a tax document, what is left of one to be credited, that there is none."""


class Poisoned(msgspec.Struct, frozen=True):
    """A turn that PostgreSQL cannot store, of the batch that was given."""

    index: int
    message: str
    """SQLSTATE and what it concerns; never a value."""


class Committed(msgspec.Struct, frozen=True, kw_only=True):
    """The batch is durable, save for those named here, of which nothing is."""

    conflicts: tuple[int, ...] = ()
    """A row that they rest on was gone, or another: forget these turns and collect again."""
    poisoned: tuple[Poisoned, ...] = ()
    """Make these the incident of their instance, without what they carry."""


class _Refusal(Enum):
    FENCED = "fenced"
    CONFLICT = "conflict"


async def commit(worker: Worker, batch: Sequence[Turned]) -> Committed | Fenced:
    """Write `batch`, at most one turn an instance, and say what became of it.

    Waits for a database that is away, without end: to give up is to be cancelled, and then
    nobody knows what was committed. Where the content of a turn is refused, the batch is
    halved until that turn is alone. Raises ValueError for two turns of one instance.
    """
    if len({(turn.tenant, turn.instance) for turn in batch}) < len(batch):
        raise ValueError("two turns of one instance in one commit")
    conflicts: list[int] = []
    poisoned: list[Poisoned] = []
    pending = [range(len(batch))] if batch else []
    while pending:
        part = pending.pop()
        match await _commit_whole(worker, [batch[i] for i in part]):
            case None:
                continue
            case _Refusal.FENCED:
                return Fenced()
            case _ if len(part) > 1:
                middle = part.start + len(part) // 2
                pending += [range(middle, part.stop), range(part.start, middle)]
            case _Refusal.CONFLICT:
                conflicts.append(part.start)
            case message:
                poisoned.append(Poisoned(part.start, message))
    return Committed(conflicts=tuple(conflicts), poisoned=tuple(poisoned))


async def _commit_whole(worker: Worker, batch: Sequence[Turned]) -> _Refusal | str | None:
    """None: all of it is durable. Else nothing is, and this says why."""
    worker.turns += 1
    parts, values = columns(batch)
    arguments = _statement(parts)(
        **(_NO_STEPS | values),
        worker=worker.id,
        n=worker.turns,
        slots=SLOTS,
        consumed=sum(len(t.consumed.inbox) + len(t.consumed.messages) for t in batch),
    )
    tries = 0
    while True:
        try:
            rows = await worker.writing.fetch(*arguments)
            return None if rows[0][0] else _Refusal.FENCED
        except Exception as error:
            match fault(error):
                case Fault.BUG:
                    raise
                case Fault.AGAIN:
                    await asyncio.sleep(delay_s(tries))
                    tries += 1
                case Fault.CONTENT:
                    # Sent again after a lost reply, a committed turn violates its own rows.
                    return None if await _is_committed(worker) else _refusal(error)


async def _is_committed(worker: Worker) -> bool:
    rows = await worker.writing.insist(*_COMMITTED(worker=worker.id, n=worker.turns))
    return bool(rows[0][0])


def _refusal(error: Exception) -> _Refusal | str:
    violated = constraint(error)
    if violated in _STALE:
        return _Refusal.CONFLICT
    return " ".join(filter(None, (sqlstate(error), type(error).__name__, violated)))


_NO_STEPS = {"journal_tenants": (), "journal_instances": (), "journal_seqs": ()}
"""What the proof of a turn names, where instances only park or wake."""

_PREPARED: dict[tuple[str, ...], Statement] = {}


def _statement(parts: tuple[str, ...]) -> Statement:
    """The commit with these parts; a part without rows is not in it, and costs nothing."""
    known = _PREPARED.get(parts)
    if known is None:
        used = "_".join(("used", *(part for part in ("inbox", "messages") if part in parts)))
        known = composed(_FRAGMENTS, ("fence", *parts, used, "turn"), "outcome")
        _PREPARED[parts] = known
    return known
