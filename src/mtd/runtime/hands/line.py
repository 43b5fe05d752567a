"""A line to one legacy system: its queue, its bounds, and the breaker that closes it."""

from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

from mtd.connectors.settings import LegacySettings
from mtd.store.operations.breakers import State

Job = TypeVar("Job")


class Line(Generic[Job]):
    """Who waits for a legacy, and whether the next may go: pure bookkeeping, no waiting.

    All times are seconds of one monotonic clock, given by the caller. The breaker opens after
    `breaker_failures` failures in a row; when its time is up one job may probe, and nobody else
    until that one is back.
    """

    def __init__(self, settings: LegacySettings, queue_max: int) -> None:
        self._settings = settings
        self._queue_max = queue_max
        self._queue: deque[Job] = deque()
        self._running = 0
        self._failures = 0
        self._open_until_s: float | None = None
        """Until when the breaker is open; None: it is closed."""
        self._opened_s = 0.0
        """When it opened, if it is open."""
        self._probe: Job | None = None
        self._allowance = max(1.0, float(settings.rate_per_s or 0))
        self._refilled_s = 0.0

    def __len__(self) -> int:
        return len(self._queue)

    @property
    def running(self) -> int:
        """Attempts under way."""
        return self._running

    @property
    def failures(self) -> int:
        """Attempts that failed in a row."""
        return self._failures

    def state(self, now_s: float) -> State:
        """Of the breaker: once its time is up, one job may probe."""
        if self._open_until_s is None:
            return "closed"
        return "open" if now_s < self._open_until_s else "half_open"

    def open_s(self, now_s: float) -> float:
        """How long ago the breaker opened; 0 when it is closed."""
        return 0.0 if self._open_until_s is None else now_s - self._opened_s

    def close(self) -> None:
        """Somebody says that the legacy works: let everybody through, and count anew."""
        self._failures = 0
        self._open_until_s = None
        self._probe = None

    def lets_through(self, now_s: float) -> bool:
        """Whether the breaker lets a job go, be it as a probe."""
        if self._open_until_s is None:
            return True
        return now_s >= self._open_until_s and self._probe is None

    def admits(self, now_s: float) -> bool:
        """Whether there is any use in joining: the breaker lets through, the queue has room."""
        return len(self._queue) < self._queue_max and self.lets_through(now_s)

    def join(self, job: Job) -> None:
        """`job` takes its place at the end."""
        self._queue.append(job)

    def leave(self, goes: Callable[[Job], bool]) -> list[Job]:
        """Whoever of the queue `goes`, in order; the others keep their places."""
        going: list[Job] = []
        staying: deque[Job] = deque()
        for job in self._queue:
            (going if goes(job) else staying).append(job)
        self._queue = staying
        return going

    def leave_last(self, count: int) -> list[Job]:
        """At most `count` of those who came last."""
        return [self._queue.pop() for _ in range(min(count, len(self._queue)))]

    def next(self, now_s: float) -> Job | None:
        """The next job that may go now; None while bounds, the rate or the breaker say no."""
        if not self._may_go(now_s):
            return None
        if self._settings.rate_per_s:
            self._refill(now_s)
            if self._allowance < 1.0:
                return None
            self._allowance -= 1.0
        self._running += 1
        job = self._queue.popleft()
        if self._open_until_s is not None:
            self._probe = job
        return job

    def ready_in_s(self, now_s: float) -> float | None:
        """Seconds until `next` is worth asking for want of the rate alone; None: nobody knows."""
        if not self._may_go(now_s):
            return None
        rate = self._settings.rate_per_s
        if not rate:
            return 0.0
        self._refill(now_s)
        return max(0.0, 1.0 - self._allowance) / rate

    def settle(self, job: Job, *, sound: bool, now_s: float) -> None:
        """An attempt came back; enough failures in a row open the breaker."""
        self.withdraw(job)
        if sound:
            self._failures = 0
            self._open_until_s = None
            return
        self._failures += 1
        if self._failures >= self._settings.breaker_failures:
            if self._open_until_s is None:
                self._opened_s = now_s
            self._open_until_s = now_s + self._settings.breaker_open_s

    def withdraw(self, job: Job) -> None:
        """A job that was let go was not made after all, which says nothing of the legacy."""
        self._running -= 1
        if self._probe is job:
            self._probe = None

    def opens_in_s(self, now_s: float) -> float:
        """Seconds until the breaker lets a probe pass; 0 when it is closed."""
        return 0.0 if self._open_until_s is None else max(0.0, self._open_until_s - now_s)

    def _may_go(self, now_s: float) -> bool:
        full = self._running >= self._settings.concurrency_max
        return bool(self._queue) and not full and self.lets_through(now_s)

    def _refill(self, now_s: float) -> None:
        """The allowance grows with time, to a second's worth at most."""
        rate = self._settings.rate_per_s or 0.0
        grown = self._allowance + max(0.0, now_s - self._refilled_s) * rate
        self._allowance = min(grown, max(1.0, rate))
        self._refilled_s = max(self._refilled_s, now_s)
