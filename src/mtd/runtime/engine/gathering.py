"""Gathering: what happened to a worker's instances since its last turn, each instance once."""

from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime

from mtd.core.process.trigger import Answered, Fired
from mtd.runtime.engine.arriving import Arriving
from mtd.runtime.engine.happening import Happened, Happening
from mtd.runtime.engine.issuing import fitting
from mtd.runtime.engine.pacing import Pace
from mtd.runtime.engine.trials import Trials
from mtd.runtime.hands.intent import Answer
from mtd.runtime.memory.live import Live, due
from mtd.runtime.memory.timing import Alarms

ROOM_SHARE = 4
"""However full the memory, so large a part of a turn (one in so many) may come in anew."""

Key = tuple[int, str]


class Gathering:
    """Answers, alarms, arrivals, and who is to be looked at all the same."""

    def __init__(
        self,
        lives: dict[Key, Live],
        *,
        arriving: Arriving,
        trials: Trials,
        chance: Callable[[], float],
        batch_max: int,
        live_max: int,
    ) -> None:
        self.alarms = Alarms(lives)
        self._lives = lives
        self._arriving = arriving
        self._trials = trials
        self._chance = chance
        self._batch_max = batch_max
        self._live_max = live_max
        self._answers: deque[Answer] = deque()
        self._stirred: set[Key] = set()
        """Instances to be looked at though nothing happened to them."""
        self._pace = Pace()

    def __len__(self) -> int:
        """Answers that were not let in yet."""
        return len(self._answers)

    def answered(self, answer: Answer) -> None:
        """An attempt came back."""
        self._answers.append(answer)
        self._pace.hurry()

    def put_back(self, answer: Answer) -> None:
        """An answer was not committed with its turn: it comes with a later one."""
        self._answers.append(answer)

    def stir(self, lives: Iterable[Live]) -> None:
        """Look at these though nothing happened to them."""
        self._stirred.update(live.key for live in lives)
        self._pace.hurry()

    def nudge(self) -> None:
        """Something may have come in by the door."""
        self._pace.look_soon()

    @property
    def has_some(self) -> bool:
        """Whether there is anything in memory to go on with."""
        return bool(self._answers or self._stirred)

    async def wait(self, now: datetime) -> None:
        """Until something happens, or may have."""
        await self._pace.wait(self.alarms.next_s(now))

    def from_memory(self, now: datetime) -> dict[Key, Happened]:
        """Answers of the hands, timers that are due, and who was stirred."""
        happened: dict[Key, Happened] = {}
        self._take_answers(happened, now)
        self._take_alarms(happened, now)
        self._take_stirred(happened)
        return happened

    async def add_arrivals(
        self,
        happened: dict[Key, Happened],
        draining: frozenset[int],
        relieve: Callable[[int], None],
    ) -> None:
        """What came in by the door, if it is time to look; `relieve`: so many are too many now."""
        if not self._pace.is_time_to_look():
            return
        free = self._live_max - len(self._lives)
        room = max(self._batch_max // ROOM_SHARE, min(self._batch_max, free))
        arrived = await self._arriving.look(self._lives, room, self._trials)
        for one in arrived:
            live = self._lives.setdefault(one.live.key, one.live)
            live.leaving = live.slot in draining
            if live.key in happened:
                happened[live.key].happenings.extend(one.happenings)
            else:
                happened[live.key] = one
        if arrived:
            self._pace.look_soon()
        if (over := len(self._lives) - self._live_max) > 0:
            relieve(over)

    def _take_answers(self, happened: dict[Key, Happened], now: datetime) -> None:
        for answer in fitting(self._answers, happened, self._batch_max):
            intent = answer.intent
            live = self._lives[intent.tenant, intent.instance]
            live.flying.discard(intent.wait)
            trigger = Answered(
                at=now,
                wait=intent.wait,
                outcome=answer.outcome,
                jitter=self._chance(),
                took_ms=answer.took_ms,
            )
            self._add(happened, live, Happening(trigger=trigger, answer=answer))

    def _take_alarms(self, happened: dict[Key, Happened], now: datetime) -> None:
        for live in self.alarms.ringing(now, self._batch_max):
            self._stirred.add(live.key)
            for wait in due(live.instance, now):
                self._add(happened, live, Happening(trigger=Fired(at=now, wait=wait)))

    def _take_stirred(self, happened: dict[Key, Happened]) -> None:
        while self._stirred and len(happened) < self._batch_max:
            key = self._stirred.pop()
            live = self._lives.get(key)
            if live is not None and key not in self._trials:
                happened.setdefault(key, Happened(live=live, happenings=[]))

    def _add(self, happened: dict[Key, Happened], live: Live, happening: Happening) -> None:
        if not self._trials.add(live.key, happening):
            known = happened.setdefault(live.key, Happened(live=live, happenings=[]))
            known.happenings.append(happening)
