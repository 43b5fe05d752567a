"""A line to one legacy system: its queue, its bounds, and the breaker that closes it."""

from collections import deque
from typing import Generic, TypeVar

from mtd.connectors.settings import LegacySettings

Job = TypeVar("Job")


class Line(Generic[Job]):
    """Who waits for a legacy, and whether the next may go: pure bookkeeping, no waiting.

    All times are seconds of one monotonic clock, given by the caller.
    """

    def __init__(self, settings: LegacySettings) -> None:
        self._settings = settings
        self._queue: deque[Job] = deque()
        self._running = 0
        self._failures = 0
        self._open_until_s: float | None = None
        self._probing = False
        self._allowance = float(settings.rate_per_s or 0)
        self._refilled_s: float | None = None
        self.paused = False
        """An operator, or a restore, holds everything back."""

    def __len__(self) -> int:
        return len(self._queue)

    @property
    def running(self) -> int:
        """Attempts under way."""
        return self._running

    def is_open(self, now_s: float) -> bool:
        """Whether calls go through; an open breaker lets one probe pass when its time is up."""
        if self.paused:
            return False
        if self._open_until_s is None:
            return True
        return now_s >= self._open_until_s and not self._probing

    def join(self, job: Job) -> None:
        """`job` takes its place at the end."""
        self._queue.append(job)

    def leave_all(self) -> list[Job]:
        """Everybody goes: the line is closed, and their instances can wait elsewhere."""
        jobs = list(self._queue)
        self._queue.clear()
        return jobs

    def next(self, now_s: float) -> Job | None:
        """The next job that may go now; None while bounds, the rate or the breaker say no."""
        full = self._running >= self._settings.concurrency_max
        if not self._queue or full or not self.is_open(now_s) or not self._take_allowance(now_s):
            return None
        if self._open_until_s is not None:
            self._probing = True
        self._running += 1
        return self._queue.popleft()

    def settle(self, sound: bool, now_s: float) -> None:
        """An attempt came back; enough failures in a row open the breaker."""
        self._running -= 1
        self._probing = False
        if sound:
            self._failures = 0
            self._open_until_s = None
            return
        self._failures += 1
        if self._failures >= self._settings.breaker_failures:
            self._open_until_s = now_s + self._settings.breaker_open_s

    def opens_in_s(self, now_s: float) -> float:
        """Seconds until the breaker lets a probe pass; 0 when it is closed."""
        return 0.0 if self._open_until_s is None else max(0.0, self._open_until_s - now_s)

    def _take_allowance(self, now_s: float) -> bool:
        rate = self._settings.rate_per_s
        if not rate:
            return True
        if self._refilled_s is not None:
            grown = self._allowance + (now_s - self._refilled_s) * rate
            self._allowance = min(grown, max(1.0, rate))
        self._refilled_s = now_s
        if self._allowance < 1.0:
            return False
        self._allowance -= 1.0
        return True
