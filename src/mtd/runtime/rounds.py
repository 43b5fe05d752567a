"""Rounds: what a process looks after again and again, beside others that do, until told to stop."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import structlog

LOG = structlog.get_logger()


async def rounds(
    look: Callable[[], Awaitable[object]], every_s: float, stopping: asyncio.Event, otherwise: str
) -> None:
    """Look every so many seconds; a look that fails is told of, and the next one tries anew.

    `otherwise`: what is so while looks fail, for the log; whoever looks leaves nothing half done.
    """
    while not stopping.is_set():
        try:
            await look()
        except Exception as error:  # noqa: BLE001 whatever it is, the next look tells
            LOG.warning(otherwise, problem=f"{type(error).__name__}: {_first_line(error)}")
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), every_s)


def _first_line(error: Exception) -> str:
    """What follows it, of PostgreSQL's, tells the row: data of people, which no log may hold."""
    return str(error).partition("\n")[0]
