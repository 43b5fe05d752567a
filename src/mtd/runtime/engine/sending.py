"""Sending: the messages that leave with a turn, and how long each waits to be awaited."""

from collections.abc import Iterable
from typing import Any

from mtd.connectors.engine import CANCEL
from mtd.core.process.effect import Message, Subscription
from mtd.core.process.instance import Incident, Instance
from mtd.core.process.journal import Fact, Sent, Troubled
from mtd.core.process.outcome import Done
from mtd.runtime.engine.happening import Happening
from mtd.runtime.settings.lifetimes import Lifetimes
from mtd.store.arriving.door import GRACE_S
from mtd.store.engine.turned import Outgoing

CANCEL_REQUESTED = "CancelRequested"
STAGE_ERROR = "StageError"
"""What an instance that awaits it hears of each incident of its own (R30)."""


def outgoing(messages: Iterable[Message], lifetimes: Lifetimes) -> list[Outgoing]:
    """Each with its time to live; nobody can be told no, so that the least is a grace."""
    return [
        Outgoing(message=message, ttl_s=max(lifetimes.of_s(message.name), GRACE_S))
        for message in messages
    ]


def told(instance: Instance, facts: Iterable[Fact]) -> list[Message]:
    """Messages that the drawing sends, and word of each incident to the instance itself."""
    listed = list(facts)
    messages = [fact.message for fact in listed if isinstance(fact, Sent)]
    troubles = [fact.incident for fact in listed if isinstance(fact, Troubled)]
    if troubles and any(
        isinstance(wait.effect, Subscription) and wait.effect.name == STAGE_ERROR
        for wait in instance.waits.values()
    ):
        messages += [
            Message(STAGE_ERROR, instance.key, _incident(incident))
            for incident in troubles
            if incident.id in instance.incidents
        ]
    return messages


def cancelling(happening: Happening) -> list[Message]:
    """What the drawing asks of the engine by `engine.cancel`: a message to itself."""
    answer = happening.answer
    if answer is None or answer.intent.call.service != CANCEL:
        return []
    if not isinstance(answer.outcome, Done):
        return []
    return [Message(CANCEL_REQUESTED, answer.intent.business_key, {})]


def _incident(incident: Incident) -> dict[str, Any]:
    return {
        "incident": incident.id,
        "element": incident.element,
        "code": incident.code,
        "message": incident.message,
    }
