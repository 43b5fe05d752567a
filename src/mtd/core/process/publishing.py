"""Publishing: messages and signals that leave for other instances in the same commit."""

from collections.abc import Iterable

from mtd.core.process.associating import taken
from mtd.core.process.definition import Event
from mtd.core.process.effect import Message
from mtd.core.process.facts import Sent
from mtd.core.process.instance import Token
from mtd.core.process.recording import Stuck, fitting_key
from mtd.core.process.resuming import hear
from mtd.core.process.step import Step


def publish(step: Step, events: Iterable[Event], token: Token) -> None:
    """Send the messages, to whoever awaits their keys, and the signals, to all who listen.

    What listens in this instance hears a signal at once, which may end `token` itself.
    Raises Stuck before any is sent, where one has no key.
    """
    send(step, messages(step, events, token))


def messages(step: Step, events: Iterable[Event], token: Token) -> list[Message]:
    """What `events` that `token` throws are to others. Raises Stuck where one has no key."""
    return [_message(step, event, token) for event in events if event.kind in ("message", "signal")]


def send(step: Step, leaving: Iterable[Message]) -> None:
    """They leave; what listens in this instance hears a signal at once."""
    for message in leaving:
        step.record(Sent(message))
        if message.key is None:
            hear(step, message)


def _message(step: Step, event: Event, token: Token) -> Message:
    element = step.element(token)
    payload = taken(step, element, token.scope) | step.values(event.payload or {}, token.scope)
    if event.kind == "signal":
        return Message(event.name or "", None, payload)
    key = step.key if event.key is None else step.value(event.key, token.scope)
    if key is None:
        raise Stuck("KEY_UNKNOWN", f"the key of message {event.name!r} is not known")
    return Message(event.name or "", fitting_key(str(key), event.name), payload)
