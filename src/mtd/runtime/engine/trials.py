"""Trials: an instance that was at hand when workers died is advanced alone, under a mark.

Only a death that bears the mark counts against it, so that the innocent live.
"""

from mtd.runtime.engine.happening import Happened, Happening
from mtd.runtime.engine.ownership import Ownership
from mtd.runtime.memory.live import Live

ADOPTIONS_MAX = 2
"""Instances adopted so often without having moved since are advanced alone."""

Key = tuple[int, str]


class Trials:
    """Who is still to be tried, and who is."""

    def __init__(self, ownership: Ownership) -> None:
        self._ownership = ownership
        self._waiting: dict[Key, Happened] = {}
        self._marked = False
        self._tried_last = False

    def __len__(self) -> int:
        return len(self._waiting)

    def __contains__(self, key: Key) -> bool:
        return key in self._waiting

    def add(self, key: Key, happening: Happening) -> bool:
        """One thing more for one who waits; False: they do not."""
        if key not in self._waiting:
            return False
        self._waiting[key].happenings.append(happening)
        return True

    def put_apart(self, happened: dict[Key, Happened]) -> None:
        """Take the suspects out of what one turn is to advance together."""
        for key in [key for key, one in happened.items() if _is_suspect(one.live)]:
            self._waiting[key] = happened.pop(key)

    async def next(self) -> Happened | None:
        """Whose turn it is to be tried, marked: every second turn, while any wait.

        Raises Buried.
        """
        if self._marked:
            await self._ownership.unmark()
            self._marked = False
        self._tried_last = bool(self._waiting) and not self._tried_last
        if not self._tried_last:
            return None
        key = next(iter(self._waiting))
        one = self._waiting.pop(key)
        if one.live.problem is None:
            await self._ownership.mark(*key)
            self._marked = True
        return one


def _is_suspect(live: Live) -> bool:
    return live.suspicion is not None and live.suspicion.adopted >= ADOPTIONS_MAX
