"""Timing: when live instances are to be looked at though nothing came in; one alarm each."""

import heapq
import math
from collections.abc import Iterator, Mapping
from datetime import datetime

from mtd.runtime.memory.live import Live

Key = tuple[int, str]
STALE_MIN = 1_000
"""Alarms that may lie about for instances that have none any more, before the rest is kept."""


class Alarms:
    """The alarms of the instances in memory; each knows its own (`Live.alarm_at`)."""

    def __init__(self, lives: Mapping[Key, Live]) -> None:
        self._lives = lives
        self._heap: list[tuple[datetime, Key]] = []

    def set(self, live: Live) -> None:
        """Set the alarm of `live` to what it wants now."""
        at = live.alarm()
        if at == live.alarm_at:
            return
        live.alarm_at = at
        if at is not None:
            heapq.heappush(self._heap, (at, live.key))
            if len(self._heap) > 2 * len(self._lives) + STALE_MIN:
                self._tidy()

    def ringing(self, now: datetime, limit: int) -> Iterator[Live]:
        """Instances whose alarm is due, earliest first, at most `limit`; their alarms are off."""
        heap = self._heap
        while heap and heap[0][0] <= now and limit > 0:
            at, key = heapq.heappop(heap)
            live = self._lives.get(key)
            if live is not None and live.alarm_at == at:
                live.alarm_at = None
                limit -= 1
                yield live

    def next_s(self, now: datetime) -> float:
        """Seconds until the next alarm, 0 for one that is due; infinite when there is none."""
        if not self._heap:
            return math.inf
        return max(0.0, (self._heap[0][0] - now).total_seconds())

    def _tidy(self) -> None:
        self._heap = [
            (live.alarm_at, key) for key, live in self._lives.items() if live.alarm_at is not None
        ]
        heapq.heapify(self._heap)
