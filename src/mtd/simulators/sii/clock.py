"""The authority's own clock: the simulators' one, set forward or back on order."""

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/Santiago")
"""Its days and hours are Chile's."""


class AuthorityClock:
    """What time it is at the authority, whatever it is elsewhere."""

    def __init__(self, source_s: Callable[[], float]) -> None:
        self._source_s = source_s
        self.ahead_s = 0.0
        """How far it goes ahead of its source; negative: behind."""

    def now_s(self) -> float:
        """Seconds since 1970 (UTC)."""
        return self._source_s() + self.ahead_s

    def now(self) -> datetime:
        """The local time."""
        return self.local(self.now_s())

    @staticmethod
    def local(at_s: float) -> datetime:
        """A moment in seconds since 1970, in local time."""
        return datetime.fromtimestamp(at_s, UTC).astimezone(ZONE)
