"""Publishing: messages and signals that leave for other instances in the same commit."""

from mtd.core.process.definition import Event
from mtd.core.process.effect import Message
from mtd.core.process.instance import Token
from mtd.core.process.journal import Sent
from mtd.core.process.recording import Stuck
from mtd.core.process.step import Step


def publish(step: Step, event: Event, token: Token) -> None:
    """Send the message, to whoever awaits its key, or the signal, to all who listen."""
    payload = step.values(event.payload or {}, token.scope)
    if event.kind == "signal":
        step.record(Sent(Message(event.name or "", None, payload)))
    elif event.kind == "message":
        key = step.key if event.key is None else step.value(event.key, token.scope)
        if key is None:
            raise Stuck("KEY_UNKNOWN", f"the key of message {event.name!r} is not known")
        step.record(Sent(Message(event.name or "", str(key), payload)))
