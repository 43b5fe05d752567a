"""Moving: one instance's part of a turn, from what happened to the rows that say so; pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import structlog

from mtd.connectors.engine import RETRY
from mtd.core.orders.states import IllegalTransition, OrderState, OrderStatus, follow
from mtd.core.process.advance import Moved, advance, migrate
from mtd.core.process.definition import Definition
from mtd.core.process.instance import Incident, Instance, State
from mtd.core.process.journal import Ignored, Reached, Troubled
from mtd.core.process.outcome import Done
from mtd.core.process.trigger import (
    Answered,
    Changed,
    Received,
    Redefined,
    Retried,
    Submitted,
    Trigger,
)
from mtd.runtime.engine.escalating import escalated
from mtd.runtime.engine.happening import Happened, Happening, Move
from mtd.runtime.engine.issuing import written
from mtd.runtime.engine.sending import cancelling, outgoing, told
from mtd.runtime.engine.setting_aside import begin_again, held_up, recorded, stopped
from mtd.runtime.hands.evidence import evidence
from mtd.runtime.hands.intent import Answer
from mtd.runtime.memory.live import Live, conversed, is_set_aside, overlays
from mtd.runtime.settings.lifetimes import USUAL, Lifetimes
from mtd.store.engine.turned import LIVE, Attempted, Consumed, Status, turned

LOG = structlog.get_logger()

ILLEGAL_STATE = "ILLEGAL_STATE"
"""Incident of an order whose drawing enters a state that may not follow the one it is in."""
ADOPTED = "adopted"
"""Kind of the journal row that says which calls may have been made by somebody else."""
SNAPSHOT_ROWS = 50
"""A parking instance with more journal rows than that since its snapshot gets a new one."""

NO_INCIDENT = -1
_STATES = frozenset(state.value for state in OrderState)


def move(happened: Happened, now: datetime, lifetimes: Lifetimes = USUAL) -> Move:
    """One instance's part of a turn: its triggers let in, one after the other.

    A message whose wait was closed by what came before it is left where it is, to be matched
    anew. What cannot be advanced is set aside.
    """
    live = happened.live
    if live.problem is not None:
        return set_aside(happened, live.problem, now, lifetimes)
    instance, definition = live.instance, live.definition
    moved: list[Moved] = []
    taken: list[Happening] = []
    heard: list[Happening] = []
    attempts: list[tuple[int, Answer | None]] = []
    if happened.doubts:
        moved.append(recorded(instance, now, ADOPTED, happened.doubts))
        instance = moved[-1].instance
    for happening in happened.happenings:
        if _came_too_late(instance, happening):
            continue
        taken.append(happening)
        before = instance
        moved.append(_advanced(definition, before, happening.trigger, happening.target))
        instance = moved[-1].instance
        attempts.append((instance.seq, happening.answer))
        if instance.definition != before.definition and happening.target is not None:
            definition = happening.target
        for trigger in _following(live, before, instance, happening):
            moved.append(_advanced(definition, instance, trigger))
            instance = moved[-1].instance
        if _is_awaited(before, happening):
            heard.append(happening)
    moved += held_up(live, instance, now)
    acquitted = live.suspicion is not None
    return _written(
        happened,
        taken,
        moved,
        now,
        heard,
        lifetimes,
        attempts=evidence(attempts),
        definition=definition,
        acquitted=acquitted,
    )


def set_aside(
    happened: Happened,
    problem: str,
    now: datetime,
    lifetimes: Lifetimes = USUAL,
    *,
    with_evidence: bool = True,
) -> Move:
    """One instance left where it was, below an incident that says why; it stays suspect."""
    live = happened.live
    none = Changed(at=now, variables={}, actor="engine", reason=problem)
    trigger = happened.happenings[0].trigger if happened.happenings else none
    step = stopped(live.instance, trigger, problem)
    answers = [(step.entry.seq, h.answer) for h in happened.happenings if with_evidence]
    return _written(
        happened, happened.happenings, [step], now, [], lifetimes, attempts=evidence(answers)
    )


def held(known: Mapping[str, str], instance: Instance) -> list[str]:
    """The `known` overlays of the elements on which a token rests, or in whose scope one does."""
    if not known:
        return []
    places = {token.at for token in instance.tokens.values()}
    places.update(scope.element for scope in instance.scopes.values())
    return sorted({state for place, state in known.items() if place in places})


def _written(
    happened: Happened,
    taken: list[Happening],
    moved: list[Moved],
    now: datetime,
    heard: list[Happening],
    lifetimes: Lifetimes,
    *,
    attempts: Sequence[Attempted],
    definition: Definition | None = None,
    acquitted: bool = False,
) -> Move:
    """What the commit writes of these steps of one instance, and what it uses up."""
    live = happened.live
    instance = moved[-1].instance if moved else live.instance
    status = live.status
    definition = definition or live.definition
    if moved and status is not None:
        known = live.overlays if definition is live.definition else overlays(definition)
        status, instance = _followed(status, known, instance, moved, now)
    facts = [fact for step in moved for fact in step.facts]
    wake_at = live.waking(instance, now)
    parks = wake_at is not LIVE and instance.state is State.RUNNING
    asked = [message for happening in heard for message in cancelling(happening)]
    desks = written(heard, instance)
    return Move(
        live=live,
        happened=happened,
        instance=instance,
        definition=definition,
        status=status,
        turned=turned(
            tenant=live.tenant,
            before=live.instance if live.began else None,
            after=instance,
            entries=[step.entry for step in moved],
            wake_at=wake_at,
            wake_at_before=live.wake_at,
            held_by=live.held_by(instance),
            held_by_before=live.held_said,
            consumed=_consumed(taken),
            submitted=_submitted(taken),
            escalated=escalated(live, taken, instance),
            sent=outgoing([*told(instance, facts), *asked], lifetimes),
            status=_row(status, instance) if status != live.status else None,
            attempts=attempts,
            issued=[one for desk in desks for one in desk.issued],
            conversed=conversed(live, definition, instance),
            snapshot=parks and instance.seq - live.snapshot_seq > SNAPSHOT_ROWS,
            acquitted=acquitted and bool(moved),
        ),
        desks=desks,
        ignored=sum(isinstance(fact, Ignored) for fact in facts),
    )


def _advanced(
    definition: Definition, instance: Instance, trigger: Trigger, target: Definition | None = None
) -> Moved:
    """`advance`, or where that fails, which is our fault, an incident of this instance alone."""
    try:
        if target is not None and isinstance(trigger, Redefined):
            return migrate(definition, target, instance, trigger)
        return advance(definition, instance, trigger)
    except Exception as error:
        LOG.exception("advance failed", instance=instance.id, order=instance.key)
        return stopped(instance, trigger, f"{type(error).__name__}: {error}")


def _following(
    live: Live, before: Instance, instance: Instance, happening: Happening
) -> Iterator[Trigger]:
    """What follows in the same commit: a kept start, or a retry that the drawing asked for."""
    trigger = happening.trigger
    if isinstance(trigger, Retried) and not is_set_aside(instance):
        if (start := begin_again(instance, live.definition, trigger.at)) is not None:
            yield start
    elif _is_awaited(before, happening) and (retried := _retrying(happening)) is not None:
        yield retried


def _is_awaited(before: Instance, happening: Happening) -> bool:
    """Whether this is the answer to a call that was still wanted."""
    return happening.answer is not None and happening.answer.intent.wait in before.waits


def _came_too_late(instance: Instance, happening: Happening) -> bool:
    """A message that the commit would use up, though what awaited it does not any more."""
    trigger, consumed = happening.trigger, happening.consumed
    is_message = isinstance(trigger, Received) and consumed is not None and consumed.messages
    return bool(is_message) and isinstance(trigger, Received) and trigger.wait not in instance.waits


def _followed(
    before: OrderStatus,
    known: Mapping[str, str],
    instance: Instance,
    moved: list[Moved],
    now: datetime,
) -> tuple[OrderStatus, Instance]:
    """The order's state after these steps; where they may not be, an incident says so."""
    entered = [fact.state for step in moved for fact in step.facts if isinstance(fact, Reached)]
    status = follow(before, entered, held(known, instance), bool(instance.incidents))
    if not isinstance(status, IllegalTransition):
        return status, instance
    troubled = follow(before, [], [], troubled=True)
    assert isinstance(troubled, OrderStatus)
    incident = Incident(instance.next, "", None, None, ILLEGAL_STATE, status.message)
    if any(
        (i.code, i.message) == (incident.code, incident.message)
        for i in instance.incidents.values()
    ):
        return troubled, instance
    LOG.error("illegal state", order=instance.key, problem=status.message)
    moved.append(recorded(instance, now, "state", [Troubled(incident)]))
    return troubled, moved[-1].instance


def _row(status: OrderStatus | None, instance: Instance) -> Status | None:
    """What people see; the last of the states reached is the one that `follow` goes on from."""
    if status is None:
        return None
    reached = status.reached.value
    passed = [state for state in instance.reached if state in _STATES and state != reached]
    resume = status.resume.value if status.resume is not None else None
    return Status(state=status.headline.value, reached=(*passed, reached), resume=resume)


def _consumed(happenings: list[Happening]) -> Consumed:
    rows = [happening.consumed for happening in happenings if happening.consumed is not None]
    if not rows:
        return _NOTHING
    return Consumed(
        inbox=tuple(id_ for row in rows for id_ in row.inbox),
        messages=tuple(id_ for row in rows for id_ in row.messages),
    )


def _submitted(happenings: list[Happening]) -> int | None:
    triggers = (happening.trigger for happening in happenings)
    return next((t.wait for t in triggers if isinstance(t, Submitted)), None)


def _retrying(happening: Happening) -> Retried | None:
    """What the drawing asks of the engine by `engine.retry`: that an incident be tried again."""
    answer, trigger = happening.answer, happening.trigger
    if answer is None or answer.intent.call.service != RETRY or not isinstance(trigger, Answered):
        return None
    if not isinstance(answer.outcome, Done):
        return None
    named = answer.intent.call.inputs.get("incident")
    number = None if named is None else _number(named)
    return Retried(at=trigger.at, incident=number, actor=answer.intent.element)


def _number(named: Any) -> int:
    try:
        return int(named)
    except (TypeError, ValueError, ArithmeticError):
        return NO_INCIDENT


_NOTHING = Consumed()
