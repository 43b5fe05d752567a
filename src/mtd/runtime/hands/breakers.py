"""Breakers as a worker tells of them, and closes them by people's word."""

from datetime import datetime

from mtd.runtime.hands.hands import Hands
from mtd.store.engine.worker import Worker
from mtd.store.operations.breakers import closings, publish

Said = frozenset[tuple[str, str]]


class Breakers:
    """What a worker last said of its breakers, and which closings it has seen."""

    def __init__(self, worker: Worker, hands: Hands) -> None:
        self._worker = worker
        self._hands = hands
        self._said: Said = frozenset()
        self._seen: dict[str, datetime] | None = None
        """When each was last closed by somebody; None: before the first look."""

    async def look(self) -> None:
        """Close what people had closed since, and say what changed: nothing is written else."""
        found = await closings(self._worker)
        # Whoever begins has all of them closed, and owes nothing to what was said before.
        seen = found if self._seen is None else self._seen
        for legacy, at in found.items():
            if legacy not in seen or at > seen[legacy]:
                self._hands.close_breaker(legacy)
        self._seen = found
        broken = self._hands.broken()
        said = frozenset((one.legacy, one.state) for one in broken)
        if said != self._said:
            await publish(self._worker, broken)
            self._said = said
