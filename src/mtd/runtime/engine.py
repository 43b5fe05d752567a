"""The engine: one worker's memory, its slots, and what its turns need of the world."""

import asyncio
import heapq
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec
import structlog

from mtd.connectors.engine import RETRY
from mtd.core.process.effect import Timer
from mtd.core.process.instance import State
from mtd.core.process.outcome import Done
from mtd.core.process.trigger import Answered, Fired, Retried
from mtd.runtime.arriving import Arriving
from mtd.runtime.clock import Clock, elapsed_s
from mtd.runtime.hands import Answer, Hands, Intent
from mtd.runtime.happening import Happened, Happening, Move
from mtd.runtime.live import Live
from mtd.runtime.moving import set_aside
from mtd.runtime.ownership import Ownership
from mtd.runtime.telemetry import Meters
from mtd.store.committing import Committed, commit
from mtd.store.turned import LIVE
from mtd.store.worker import Fenced

LOG = structlog.get_logger()

IDLE_S = 0.05
"""Between two looks at the inbox when nothing says that something came."""
BUSY_S = 0.02
"""The same while the hands keep the turn busy."""

Key = tuple[int, str]


class Buried(Exception):
    """Somebody else owns what this engine had: forget everything and begin anew."""


class Engine:
    """What `turn.turn` turns."""

    def __init__(
        self,
        *,
        ownership: Ownership,
        arriving: Arriving,
        clock: Clock,
        meters: Meters,
        chance: Callable[[], float],
        batch_max: int,
        live_max: int,
    ) -> None:
        self.lives: dict[Key, Live] = {}
        self._ownership = ownership
        self._arriving = arriving
        self._clock = clock
        self._meters = meters
        self._chance = chance
        self._batch_max = batch_max
        self._live_max = live_max
        self._hands: Hands | None = None
        self._answers: deque[Answer] = deque()
        self._timers: list[tuple[datetime, Key, int]] = []
        self._postponed: set[Key] = set()
        self._something = asyncio.Event()
        self._looked_s = float("-inf")
        self.stopping = False

    def now(self) -> datetime:
        """Database time."""
        return self._clock.now()

    def give_hands(self, hands: Hands) -> None:
        """The hands answer to the engine, and the engine acts by them."""
        self._hands = hands

    def answered(self, answer: Answer) -> None:
        """An attempt came back."""
        self._answers.append(answer)
        self._something.set()

    def postponed(self, intent: Intent, delay_s: float) -> None:
        """A call cannot be made for a while: its instance may wait elsewhere."""
        key = (intent.tenant, intent.instance)
        live = self.lives.get(key)
        if live is not None:
            live.flying.discard(intent.wait)
            live.resume_at = self.now() + timedelta(seconds=delay_s)
            self._postponed.add(key)
            self._something.set()

    def nudge(self) -> None:
        """Something may have come in by the door."""
        self._looked_s = float("-inf")
        self._something.set()

    @property
    def busy(self) -> bool:
        """Answers are still to be let in."""
        return bool(self._answers)

    def may_send(self, intent: Intent) -> bool:
        """Whether this worker still is the one to make the call."""
        key = (intent.tenant, intent.instance)
        return self._ownership.holds(intent.instance) and key in self.lives

    async def collect(self) -> list[Happened]:
        """Answers, timers and arrivals since the last turn; each instance once.

        Raises Buried when this worker's slots are another's by now.
        """
        await self._wait()
        if self._ownership.buried:
            raise Buried(self._ownership.worker.id)
        happened: dict[Key, Happened] = {}
        self._take_answers(happened)
        self._take_timers(happened)
        self._take_postponed(happened)
        if not self.stopping and elapsed_s() - self._looked_s >= BUSY_S:
            self._looked_s = elapsed_s()
            await self._take_arrivals(happened)
        self._something.clear()
        if self._answers:
            self._something.set()
        return list(happened.values())

    async def commit(self, moves: list[Move]) -> list[Move]:
        """Make `moves` durable. Raises Buried when this worker may not any more."""
        began_s = elapsed_s()
        writing = [move for move in moves if move.turned.entries or move.turned.restated]
        if writing:
            outcome = await commit(self._ownership.worker, [move.turned for move in writing])
            if isinstance(outcome, Fenced):
                raise Buried(self._ownership.worker.id)
            await self._undo(writing, outcome, moves)
        for move in moves:
            self._keep(move)
        if writing:
            self._meters.turns.inc()
            self._meters.turn_s.observe(elapsed_s() - began_s)
            self._meters.steps.inc(sum(len(move.turned.entries) for move in writing))
        return moves

    async def act(self, moves: list[Move]) -> None:
        """Make the calls that the journal asks for, now that it does."""
        lives = [m.live for m in moves if (m.live.tenant, m.live.instance.id) in self.lives]
        grounded = [(live, live.grounded()) for live in lives]
        calling = [(live, waits) for live, waits in grounded if waits]
        await self._arriving.bring_orders([live for live, _ in calling])
        intents: list[Intent] = []
        for live, waits in calling:
            for wait in waits:
                live.flying.add(wait.id)
                intents.append(Intent.of(live, wait))
        assert self._hands is not None
        self._hands.act(intents)
        self._meters.live.set(len(self.lives))
        await self._ownership.hand_over(self.lives)

    def _take_answers(self, happened: dict[Key, Happened]) -> None:
        while self._answers and len(happened) < self._batch_max:
            answer = self._answers.popleft()
            intent = answer.intent
            live = self.lives.get((intent.tenant, intent.instance))
            if live is None:
                LOG.warning("an answer for an instance that is gone", key=intent.key)
                continue
            live.flying.discard(intent.wait)
            live.resume_at = None
            trigger = Answered(
                at=self.now(),
                wait=intent.wait,
                outcome=answer.outcome,
                jitter=self._chance(),
                took_ms=answer.took_ms,
            )
            self._add(happened, live, Happening(trigger=trigger, answer=answer))
            if intent.call.service == RETRY and isinstance(answer.outcome, Done):
                self._add(happened, live, Happening(trigger=_retried(intent, self.now())))

    def _take_timers(self, happened: dict[Key, Happened]) -> None:
        now = self.now()
        while self._timers and self._timers[0][0] <= now and len(happened) < self._batch_max:
            due, key, wait = heapq.heappop(self._timers)
            live = self.lives.get(key)
            if live is None or not _is_due(live, wait, due):
                continue
            self._add(happened, live, Happening(trigger=Fired(at=now, wait=wait)))

    def _take_postponed(self, happened: dict[Key, Happened]) -> None:
        for key in self._postponed:
            if key in self.lives:
                happened.setdefault(key, Happened(live=self.lives[key], happenings=[]))
        self._postponed.clear()

    async def _take_arrivals(self, happened: dict[Key, Happened]) -> None:
        room = max(self._batch_max // 4, min(self._batch_max, self._live_max - len(self.lives)))
        arrived = await self._arriving.look(self.lives, room)
        for one in arrived:
            key = (one.live.tenant, one.live.instance.id)
            self.lives[key] = one.live
            if key in happened:
                happened[key].happenings.extend(one.happenings)
            else:
                happened[key] = one
        if arrived:
            self._looked_s = float("-inf")

    async def _undo(self, writing: list[Move], outcome: Committed, moves: list[Move]) -> None:
        """What could not be written is taken out of `moves`, and none of it is lost."""
        for index in outcome.conflicts:
            moves.remove(writing[index])
            self._again(writing[index])
        for poison in outcome.poisoned:
            move = writing[poison.index]
            moves.remove(move)
            await self._quarantine(move, poison.message)

    def _again(self, move: Move) -> None:
        """Another worker was first: what came by the door is read anew, the rest kept."""
        answers = [h.answer for h in move.happenings if h.answer is not None]
        self._answers.extendleft(reversed(answers))
        if not move.live.began:
            del self.lives[move.live.tenant, move.live.instance.id]

    async def _quarantine(self, move: Move, problem: str) -> None:
        """The content of this step cannot be stored: an incident instead, without it."""
        LOG.error("a step cannot be stored", order=move.instance.key, problem=problem)
        bare = [msgspec.structs.replace(h, answer=None) for h in move.happenings]
        stopped = set_aside(Happened(live=move.live, happenings=bare), problem, self.now())
        outcome = await commit(self._ownership.worker, [stopped.turned])
        if isinstance(outcome, Fenced):
            raise Buried(self._ownership.worker.id)
        self._keep(stopped)

    def _keep(self, move: Move) -> None:
        """The live map learns what is durable; who waits long waits in the database."""
        live = move.live
        live.instance = move.instance
        live.status = move.status
        live.wake_at = move.turned.wake_at
        live.began = True
        live.suspected = False
        key = (live.tenant, live.instance.id)
        if live.wake_at is not LIVE or live.instance.state is not State.RUNNING:
            self.lives.pop(key, None)
            return
        self.lives[key] = live
        for wait in live.instance.waits.values():
            if isinstance(wait.effect, Timer):
                heapq.heappush(self._timers, (wait.effect.due, key, wait.id))

    async def _wait(self) -> None:
        """Until something happens, a timer is due, or it is time to look."""
        if self._answers or self._postponed:
            await asyncio.sleep(0)
            return
        until_look_s = max(0.0, self._looked_s + IDLE_S - elapsed_s())
        until_timer_s = IDLE_S
        if self._timers:
            until_timer_s = max(0.0, (self._timers[0][0] - self.now()).total_seconds())
        try:
            await asyncio.wait_for(self._something.wait(), min(until_look_s, until_timer_s))
        except TimeoutError:
            return

    @staticmethod
    def _add(happened: dict[Key, Happened], live: Live, happening: Happening) -> None:
        key = (live.tenant, live.instance.id)
        happened.setdefault(key, Happened(live=live, happenings=[])).happenings.append(happening)


def _retried(intent: Intent, now: datetime) -> Retried:
    """The drawing asks that its own incident be tried again: in the commit of its answer."""
    number = intent.call.inputs.get("incident")
    return Retried(at=now, incident=None if number is None else int(number), actor=intent.element)


def _is_due(live: Live, wait: int, due: datetime) -> bool:
    """The timer is still wanted, and still for then."""
    open_wait = live.instance.waits.get(wait)
    effect = open_wait.effect if open_wait is not None else None
    return isinstance(effect, Timer) and effect.due == due
