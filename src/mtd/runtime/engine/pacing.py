"""Pacing: when the turn goes round again, and when it looks into the inbox."""

import asyncio

from mtd.runtime.clock import elapsed_s

IDLE_S = 0.05
"""Between two looks at the inbox when nothing says that something came."""
BUSY_S = 0.02
"""The same while the hands keep the turn busy."""


class Pace:
    """Waits for something to happen, and no longer than it may."""

    def __init__(self) -> None:
        self._something = asyncio.Event()
        self._looked_s = float("-inf")

    def hurry(self) -> None:
        """Something happened in memory."""
        self._something.set()

    def look_soon(self) -> None:
        """Something may have come in by the door."""
        self._looked_s = float("-inf")
        self._something.set()

    def is_time_to_look(self) -> bool:
        """Whether to look into the inbox in this turn, which is taken for done."""
        now_s = elapsed_s()
        if now_s - self._looked_s < BUSY_S:
            return False
        self._looked_s = now_s
        return True

    async def wait(self, alarm_s: float) -> None:
        """Until something happens, it is time to look, or `alarm_s` seconds are over."""
        until_look_s = max(0.0, self._looked_s + IDLE_S - elapsed_s())
        try:
            async with asyncio.timeout(min(alarm_s, until_look_s)):
                await self._something.wait()
        except TimeoutError:
            return
        self._something.clear()
