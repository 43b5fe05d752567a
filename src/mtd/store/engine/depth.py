"""Depth: how far back a worker looks for what happened; from the beginning while that is cheap.

What was consumed stays in the indexes for as long as some session could still see it. Beside a
backup or a long report, a look from the beginning passes by all that came in since that began.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from mtd.store.ids import least_id

LATELY_S = 2.0
"""Nearly every transaction is over by then; comparing more at every look costs most of a look."""
RECENT_S = 120.0
"""No transaction of ours lives half as long: what it wrote counts as recent when it shows."""
MATCH_RECENT_S = 3.0
"""How often messages and subscriptions of RECENT_S are compared; at every look, of LATELY_S."""
MATCH_ALL_S = 30.0
"""How often all of them are."""
WHOLE_SHARE = 0.05
"""How much of a worker's time looks from the beginning may take."""
WHOLE_S = 10.0
"""How often there is one, whatever it takes."""

_FIRST_ID = "00000000-0000-0000-0000-000000000000"
_FIRST_TIME = datetime.min.replace(tzinfo=UTC)


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """Where one look begins."""

    at_s: float
    """When, on the loop's clock."""
    arrived_from: str = _FIRST_ID
    """The least id of what came in."""
    due_from: datetime = _FIRST_TIME
    """The earliest time at which an instance was to be woken."""
    matched_since: timedelta | None = None
    """How far back messages and subscriptions are compared; None: to the beginning."""

    @property
    def is_whole(self) -> bool:
        """Whether nothing that came in or is due lies before it."""
        return self.arrived_from == _FIRST_ID


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What one look found, the oldest of each kind first among what it left."""

    now: datetime
    """Database time."""
    arrived: Sequence[str]
    """Ids of what came in."""
    due: Sequence[datetime]
    """When instances were to be woken."""
    all_met: bool
    """Whether these were all the messages that met a subscription."""


class Depth:
    """Where the next look at a worker's slots may begin; a new one begins at the beginning."""

    def __init__(self) -> None:
        self._arrived_from = _FIRST_ID
        self._due_from = _FIRST_TIME
        self._whole_at_s = self._matched_at_s = self._matched_recently_at_s = float("-inf")
        self._whole_took_s = 0.0

    def look(self, clock_s: float) -> Look:
        """The look to be taken now."""
        rest_s = min(WHOLE_S, self._whole_took_s / WHOLE_SHARE)
        is_whole = clock_s - self._whole_at_s >= rest_s
        return Look(
            at_s=clock_s,
            arrived_from=_FIRST_ID if is_whole else self._arrived_from,
            due_from=_FIRST_TIME if is_whole else self._due_from,
            matched_since=self._matched_since(clock_s),
        )

    def looked(self, look: Look, seen: Seen, clock_s: float) -> None:
        """It is over: what is still to be found begins at the oldest that was, and no later than
        what may be committed yet.
        """
        lately = seen.now - timedelta(seconds=LATELY_S)
        self._arrived_from = min([least_id(lately), *seen.arrived])
        self._due_from = min([lately, *seen.due])
        if look.is_whole:
            self._whole_at_s = clock_s
            self._whole_took_s = clock_s - look.at_s
        if look.matched_since is None:
            self._matched_at_s = look.at_s
        if not seen.all_met:
            self._matched_recently_at_s = float("-inf")  # there are more, and they grow older
        elif look.matched_since != timedelta(seconds=LATELY_S):
            self._matched_recently_at_s = look.at_s

    def _matched_since(self, clock_s: float) -> timedelta | None:
        if clock_s - self._matched_at_s > MATCH_ALL_S:
            return None
        recently = clock_s - self._matched_recently_at_s > MATCH_RECENT_S
        return timedelta(seconds=RECENT_S if recently else LATELY_S)
