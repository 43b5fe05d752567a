"""Counting: what one row of an instance's journal adds to the tally; pure, and the same again.

Nothing but the journal and what never changes of an order goes in, so that counting everything anew
comes to the same sums. An order is counted once in each state, however often its drawing enters it;
with an exception, once more after it went on to a state that it had not reached.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from mtd.core.orders.states import OrderState
from mtd.core.process.effect import Call, UserTask
from mtd.core.process.facts import (
    Ended,
    Entered,
    Follows,
    Gone,
    Opened,
    Put,
    Reached,
    Troubled,
)
from mtd.core.process.journal import Entry, Record, decode
from mtd.core.process.linking import SEPARATOR
from mtd.runtime.counts.tally import Tally
from mtd.store.counts.course import Course, Standing

ANSWERED, MIGRATED = "answered", "migrated"
"""Kinds of rows: tags of their triggers."""
CARRIER = "carrier"
"""The fact of an order that names who brings it."""

_S = OrderState
MET = frozenset({_S.DISPATCHED, _S.READY_FOR_PICKUP, _S.DELIVERED})
"""States in which an order has left, or may be fetched: its promise is met."""
DROPPED = frozenset({_S.CANCELLED, _S.RETURNED, _S.CLOSED, _S.REJECTED})


def count(course: Course, entry: Entry, tally: Tally) -> None:
    """Let a row of an instance's journal be counted; `course` goes on with it.

    Raises ValueError for a row of a newer version than this program's.
    """
    record = decode(entry.payload)
    course.seq = entry.seq
    if entry.seq == 1 and course.sale is not None:
        tally.entered(course, course.sale, _S.RECEIVED, course.sale.received_at)
    if entry.kind == ANSWERED:
        _attempted(course, entry, record, tally)
    for fact in record.facts:
        counting = _COUNTED.get(type(fact))
        if counting is not None:
            counting(course, fact, entry, tally)


def followed(course: Course, later: Sequence[bytes]) -> None:
    """What an instance follows before its rows are counted: `later` are those that migrate it."""
    for payload in later:
        for fact in decode(payload).facts:
            if isinstance(fact, Follows) and fact.before:
                course.definition = fact.before
                return


def placed(definition: str, element: str) -> tuple[str, str]:
    """The definition that an element is drawn in: a called one's stands before its id."""
    called, _, own = element.rpartition(SEPARATOR)
    return (called, own) if "@" in called else (definition, element)


def _attempted(course: Course, entry: Entry, record: Record, tally: Tally) -> None:
    if not entry.element:
        return
    _, outcome, took_ms, *_ = record.cause
    where = placed(course.definition, entry.element)
    tally.attempted(course, *where, entry.at, str(outcome), float(took_ms))


def _put(course: Course, fact: Put, entry: Entry, tally: Tally) -> None:
    token = fact.token
    if token.inner:
        return
    definition, element = placed(course.definition, token.at)
    before = course.tokens.get(token.id)
    if before is not None and (before.definition, before.element) == (definition, element):
        return
    if before is not None and entry.kind == MIGRATED:
        course.stand(token.id, Standing(definition, element, before.since, before.due_at))
        return
    _leave(course, token.id, entry.at, tally)
    course.stand(token.id, Standing(definition, element, entry.at, None))
    tally.visited(course, definition, element, entry.at)


def _gone(course: Course, fact: Gone, entry: Entry, tally: Tally) -> None:
    _leave(course, fact.token, entry.at, tally)


def _leave(course: Course, token: int, at: datetime, tally: Tally) -> None:
    stood = course.tokens.get(token)
    if stood is None:
        return
    course.lift(token)
    late = stood.due_at is not None and at > stood.due_at
    tally.left(course, stood.definition, stood.element, at, at - stood.since, late=late)


def _entered(course: Course, fact: Entered, entry: Entry, tally: Tally) -> None:
    """The process itself begins: an order's promise is open from now on."""
    del tally
    sale = course.sale
    if fact.scope.parent is not None or entry.kind == MIGRATED or sale is None:
        return
    course.carrier = str(fact.scope.variables.get(CARRIER) or "")
    course.awaited = sale.promised_at is not None


def _opened(course: Course, fact: Opened, entry: Entry, tally: Tally) -> None:
    del entry, tally
    wait = fact.wait
    match wait.effect:
        case Call(service=service):
            course.services[placed(course.definition, wait.element)] = service
        case UserTask(due=due) if due is not None and wait.token in course.tokens:
            stood = course.tokens[wait.token]
            course.stand(wait.token, Standing(stood.definition, stood.element, stood.since, due))
        case _:
            return


def _troubled(course: Course, fact: Troubled, entry: Entry, tally: Tally) -> None:
    tally.troubled(course, *placed(course.definition, fact.incident.element), entry.at)
    if course.sale is not None and _S.EXCEPTION.value not in course.reached:
        course.reached.add(_S.EXCEPTION.value)
        tally.entered(course, course.sale, _S.EXCEPTION, entry.at)


def _reached(course: Course, fact: Reached, entry: Entry, tally: Tally) -> None:
    if course.sale is None or fact.state == _S.RECEIVED.value:
        return
    if fact.state not in course.reached:
        course.reached.discard(_S.EXCEPTION.value)
        course.reached.add(fact.state)
        tally.entered(course, course.sale, fact.state, entry.at)
    due = course.sale.promised_at
    if fact.state in MET and due is not None:
        _settle(course, "kept" if entry.at <= due else "missed", tally)
    elif fact.state in DROPPED:
        _settle(course, "dropped", tally)


def _settle(course: Course, became: str, tally: Tally) -> None:
    if course.awaited and course.sale is not None and course.sale.promised_at is not None:
        course.awaited = False
        tally.settled(course, course.sale, course.sale.promised_at, became)


def _follows(course: Course, fact: Follows, entry: Entry, tally: Tally) -> None:
    """Whoever stands on the drawing itself stands on its other version."""
    del entry, tally
    before, course.definition = course.definition, fact.definition
    for token, stood in list(course.tokens.items()):
        if stood.definition == before:
            moved = Standing(fact.definition, stood.element, stood.since, stood.due_at)
            course.stand(token, moved)


def _ended(course: Course, fact: Ended, entry: Entry, tally: Tally) -> None:
    del fact
    for token in list(course.tokens):
        _leave(course, token, entry.at, tally)
    _settle(course, "dropped", tally)
    course.ended_at = entry.at


_COUNTED: dict[type, Callable[[Course, Any, Entry, Tally], None]] = {
    Put: _put,
    Gone: _gone,
    Entered: _entered,
    Opened: _opened,
    Troubled: _troubled,
    Reached: _reached,
    Follows: _follows,
    Ended: _ended,
}
"""Facts that are counted; the others say nothing that is."""
