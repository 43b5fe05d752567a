"""Counting: how many a list has, where that is known in the time that a page has for it."""

from collections.abc import Awaitable

from mtd.store.sessions import Fault, fault

COUNTED_MAX = 10_001
"""Of more than that it is said that there are more."""
COUNTING_MS = 250
"""A count that takes longer is not shown."""


async def in_time(counting: Awaitable[int]) -> int | None:
    """The count; None: it took longer than it may, and is not shown."""
    try:
        return await counting
    except Exception as error:
        if fault(error) is Fault.AGAIN:
            return None
        raise
