"""An attempt: what a connector is given, and how it came out, come what may."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from mtd.connectors.contract import Attempt
from mtd.connectors.desk import NotYet
from mtd.connectors.wire import Wire
from mtd.core.process.outcome import Failed, Outcome, Unknown
from mtd.runtime.hands.intent import Intent

LOG = structlog.get_logger()


def attempt_of(intent: Intent) -> Attempt:
    """What the connector is given."""
    return Attempt(
        key=intent.key,
        order=intent.order,
        inputs=intent.call.inputs,
        number=intent.call.attempt,
        sent_before=intent.call.sent_before,
    )


async def made(
    run: Callable[[Attempt, Wire], Awaitable[Outcome]], attempt: Attempt, wire: Wire
) -> Outcome:
    """The attempt's outcome; a connector that breaks leaves its effect unknown.

    What it says when it breaks goes to the log alone: it may quote what is personal.
    """
    try:
        return await run(attempt, wire)
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        return Unknown("the connector gave up")
    except NotYet:
        raise
    except Exception as error:
        LOG.exception("a connector broke", key=attempt.key, attempt=attempt.number)
        return Unknown(f"the connector broke: {type(error).__name__}")


def finished(
    run: Callable[[Attempt, Wire], Awaitable[Outcome]], attempt: Attempt, wire: Wire
) -> Outcome:
    """As `made`, of a connector that never suspends: its coroutine ends at its first step."""
    making = made(run, attempt, wire)
    try:
        making.send(None)
    except StopIteration as stop:
        return stop.value
    making.close()
    return Failed("a local connector waited for something, which is a fault of its own")
