"""An attempt: what a connector is given, how it came out, come what may, and what the log says."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from traceback import extract_tb

import structlog

from mtd.connectors.contract import Attempt
from mtd.connectors.desk import NotYet
from mtd.connectors.wire import Wire
from mtd.core.process.outcome import Done, Failed, Outcome, Refused, Unknown
from mtd.runtime.hands.intent import Intent

LOG = structlog.get_logger()
PLACES_MAX = 6
"""Innermost frames of a failure that the log names."""


def attempt_of(intent: Intent, doubted: bool = False) -> Attempt:
    """What the connector is given; `doubted`: it may have been sent, unknown to us."""
    return Attempt(
        key=intent.key,
        order=intent.order,
        inputs=intent.call.inputs,
        number=intent.call.attempt,
        sent_before=intent.call.sent_before or doubted,
    )


async def made(
    run: Callable[[Attempt, Wire], Awaitable[Outcome]], attempt: Attempt, wire: Wire
) -> Outcome:
    """The attempt's outcome; a connector that breaks leaves its effect unknown.

    What it says when it breaks goes nowhere: it may quote what is personal.
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
    except Exception as error:  # noqa: BLE001 it is this attempt's alone
        frames = extract_tb(error.__traceback__)[-PLACES_MAX:]
        places = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames]
        LOG.error("a connector broke", error=type(error).__name__, places=places)
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


def tell(outcome: Outcome, took_s: float) -> None:
    """What came of the attempt under way; its words may be personal, and are in the trace."""
    took_ms = round(took_s * 1000, 1)
    kind = str(outcome.__struct_config__.tag)
    match outcome:
        case Done():
            LOG.debug("an attempt was made", outcome=kind, took_ms=took_ms)
        case Refused(code=code):
            LOG.info("an attempt was refused", outcome=kind, code=code, took_ms=took_ms)
        case _:
            LOG.info("an attempt failed", outcome=kind, took_ms=took_ms)
