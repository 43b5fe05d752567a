"""Resuming: a wait is met, and the rule of its element takes what came."""

from typing import Any

from mtd.core.process.effect import Listening, Message
from mtd.core.process.instance import Wait
from mtd.core.process.step import Step
from mtd.core.process.trigger import Received


def resume(step: Step, wait: Wait, trigger: Any) -> None:
    """The element that opened `wait` takes `trigger`; None: its condition has become true."""
    element = step.definition.elements[wait.element]
    token = None if wait.token is None else step.draft.tokens[wait.token]
    rule = step.table[element.kind] if token is None else step.rule(element, token)
    taking = rule.resume
    assert taking is not None, f"{element.kind} opened wait {wait.id}"
    step.attempt(token, lambda: taking(step, element, wait, trigger), wait)


def hear(step: Step, signal: Message) -> None:
    """Who listens in the instance that throws `signal` hears it before the thrower goes on.

    What a signal interrupts is interrupted with all that is in it (BPMN 2.0.2 §10.5.6), the
    thrower included; whoever delivers it to other instances leaves this one out.
    """
    for wait in [w for w in step.draft.waits.values() if w.effect == Listening(signal.name)]:
        if wait.id in step.draft.waits:
            payload = signal.payload
            resume(
                step, wait, Received(at=step.at, wait=wait.id, name=signal.name, payload=payload)
            )
