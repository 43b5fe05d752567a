"""Moving: one instance's part of a turn, from what happened to the rows that say so; pure."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import structlog

from mtd.connectors.engine import CANCEL
from mtd.core.orders.states import OVERLAYS, IllegalTransition, OrderStatus, follow
from mtd.core.process.advance import Moved, advance, quarantined
from mtd.core.process.effect import Message, Subscription
from mtd.core.process.instance import Incident, Instance
from mtd.core.process.journal import Fact, Reached, Sent, Troubled
from mtd.core.process.outcome import Done
from mtd.core.process.trigger import Submitted
from mtd.runtime.evidence import attempted
from mtd.runtime.happening import Happened, Happening, Move
from mtd.runtime.live import Live
from mtd.store.turned import Consumed, Outgoing, Status, turned

LOG = structlog.get_logger()

CANCEL_REQUESTED = "CancelRequested"
STAGE_ERROR = "StageError"
"""What an instance that awaits it hears of each incident of its own (R30)."""
MESSAGE_TTL_S = 7 * 24 * 3600.0
"""How long a message from one instance to another waits to be awaited."""


def move(happened: Happened, now: datetime) -> Move:
    """One instance's part of a turn: its triggers let in, one after the other."""
    instance = happened.live.instance
    moved: list[Moved] = []
    for happening in happened.happenings:
        step = _advanced(happened.live, instance, happening)
        instance = step.instance
        moved.append(step)
    return written(happened, moved, now)


def set_aside(happened: Happened, problem: str, now: datetime) -> Move:
    """One instance left where it was, below an incident that says why."""
    trigger = happened.happenings[0].trigger
    return written(happened, [quarantined(happened.live.instance, trigger, problem)], now)


def written(happened: Happened, moved: list[Moved], now: datetime) -> Move:
    """What the commit writes of these steps of one instance, and what it uses up."""
    live = happened.live
    instance = moved[-1].instance if moved else live.instance
    facts = [fact for step in moved for fact in step.facts]
    status = _status(live, instance, facts)
    return Move(
        live=live,
        happenings=happened.happenings,
        instance=instance,
        status=status,
        turned=turned(
            tenant=live.tenant,
            before=live.instance if live.began else None,
            after=instance,
            entries=[step.entry for step in moved],
            wake_at=live.waking(instance, now),
            wake_at_before=live.wake_at,
            consumed=_consumed(happened.happenings),
            submitted=_submitted(happened.happenings),
            sent=[*_sent(instance, facts), *_asked(happened.happenings)],
            status=_row(status) if status != live.status else None,
            attempts=[attempted(h.answer) for h in happened.happenings if h.answer is not None],
            acquitted=live.suspected and bool(moved),
        ),
    )


def _advanced(live: Live, instance: Instance, happening: Happening) -> Moved:
    """`advance`, or where that fails, which is our fault, an incident of this instance alone."""
    try:
        return advance(live.definition, instance, happening.trigger)
    except Exception as error:
        LOG.exception("advance failed", instance=instance.id, order=instance.key)
        return quarantined(instance, happening.trigger, f"{type(error).__name__}: {error}")


def _status(live: Live, instance: Instance, facts: Iterable[Fact]) -> OrderStatus | None:
    """The order's state after these facts; None where the instance carries no order."""
    if live.status is None:
        return None
    entered = [fact.state for fact in facts if isinstance(fact, Reached)]
    status = follow(live.status, entered, held(live, instance), bool(instance.incidents))
    if isinstance(status, IllegalTransition):
        LOG.error("illegal state", order=instance.key, problem=status.message)
        return live.status
    return status


def held(live: Live, instance: Instance) -> list[str]:
    """The overlays of the elements on which a token rests, or in whose scope one does."""
    elements = live.definition.elements
    places = {token.at for token in instance.tokens.values()}
    places.update(scope.element for scope in instance.scopes.values())
    states = [elements[place].entering for place in places]
    return sorted({state for state in states if state in OVERLAYS})


def _row(status: OrderStatus | None) -> Status | None:
    if status is None:
        return None
    return Status(state=status.headline, reached=(status.reached,), resume=status.resume)


def _consumed(happenings: list[Happening]) -> Consumed:
    rows = [happening.consumed for happening in happenings if happening.consumed is not None]
    return Consumed(
        inbox=tuple(id_ for row in rows for id_ in row.inbox),
        messages=tuple(id_ for row in rows for id_ in row.messages),
    )


def _submitted(happenings: list[Happening]) -> int | None:
    triggers = (happening.trigger for happening in happenings)
    return next((t.wait for t in triggers if isinstance(t, Submitted)), None)


def _told(incident: Incident) -> dict[str, Any]:
    return {
        "incident": incident.id,
        "element": incident.element,
        "code": incident.code,
        "message": incident.message,
    }


def _asked(happenings: list[Happening]) -> list[Outgoing]:
    """What the drawing asks of the engine by `engine.cancel`: a message to itself."""
    asking = [
        happening.answer
        for happening in happenings
        if happening.answer is not None and happening.answer.intent.call.service == CANCEL
    ]
    return [
        Outgoing(
            message=Message(CANCEL_REQUESTED, answer.intent.business_key, {}), ttl_s=MESSAGE_TTL_S
        )
        for answer in asking
        if isinstance(answer.outcome, Done)
    ]


def _sent(instance: Instance, facts: list[Fact]) -> list[Outgoing]:
    """Messages that the drawing sends, and word of each incident to the instance itself."""
    sent = [Outgoing(message=f.message, ttl_s=MESSAGE_TTL_S) for f in facts if isinstance(f, Sent)]
    listens = any(
        isinstance(wait.effect, Subscription) and wait.effect.name == STAGE_ERROR
        for wait in instance.waits.values()
    )
    if listens:
        for fact in facts:
            if isinstance(fact, Troubled) and fact.incident.id in instance.incidents:
                message = Message(STAGE_ERROR, instance.key, _told(fact.incident))
                sent.append(Outgoing(message=message, ttl_s=MESSAGE_TTL_S))
    return sent
