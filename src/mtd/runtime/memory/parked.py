"""Parked: instances that wait in the database, known in memory for a while yet.

Nobody but a slot's owner changes its instances, so what it committed last is how they are:
whoever wakes soon is not folded from its journal again.
"""

from collections import OrderedDict
from collections.abc import Collection

from mtd.core.process.instance import State
from mtd.runtime.memory.live import Live, is_set_aside

COUNT_MAX = 10_000
"""Instances known; those that parked longest ago are forgotten first."""

Key = tuple[int, str]


class Parked:
    """The instances that this worker parked last."""

    def __init__(self, count_max: int = COUNT_MAX) -> None:
        self._count_max = count_max
        self._lives: OrderedDict[Key, Live] = OrderedDict()

    def __len__(self) -> int:
        return len(self._lives)

    def keep(self, live: Live) -> None:
        """`live` has just parked. Its order is not kept: a person may be erased meanwhile.

        Whoever is in trouble as a whole, suspect, or about to be another worker's is not kept.
        """
        if (
            live.instance.state is not State.RUNNING
            or is_set_aside(live.instance)
            or live.problem is not None
            or live.suspicion is not None
            or live.leaving
        ):
            return
        live.order = None
        live.unreadable = None
        live.alarm_at = None
        live.resume.clear()
        self._lives[live.key] = live
        if len(self._lives) > self._count_max:
            self._lives.popitem(last=False)

    def take(self, key: Key) -> Live | None:
        """The instance, which wakes; None when it must be loaded."""
        return self._lives.pop(key, None)

    def forget(self, slots: Collection[int]) -> None:
        """These slots go to somebody else."""
        for key in [key for key, live in self._lives.items() if live.slot in slots]:
            del self._lives[key]
