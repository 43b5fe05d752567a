"""The one clock: the database's time, carried on by this machine's between two looks."""

import time
from datetime import UTC, datetime, timedelta


class Clock:
    """Database time without a round trip; leases, timers and FEEL's `now()` read it."""

    def __init__(self) -> None:
        self._epoch = datetime.now(UTC)
        self._read_at_s = time.monotonic()

    def now(self) -> datetime:
        """The database's present, as far as this process knows."""
        return self._epoch + timedelta(seconds=time.monotonic() - self._read_at_s)

    def set(self, database_now: datetime) -> None:
        """The database says what time it is; time never goes back here."""
        if database_now > self.now():
            self._epoch = database_now
            self._read_at_s = time.monotonic()


def elapsed_s() -> float:
    """Seconds of a clock that only runs forward, for durations."""
    return time.monotonic()
