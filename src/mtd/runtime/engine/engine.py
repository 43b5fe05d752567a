"""The engine: one worker's memory, its slots, and what its turns need of the world."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from mtd.core.process.instance import State
from mtd.runtime.clock import Clock, elapsed_s
from mtd.runtime.engine import tally
from mtd.runtime.engine.arriving import Arriving
from mtd.runtime.engine.gathering import Gathering, Key
from mtd.runtime.engine.happening import Happened, Move
from mtd.runtime.engine.issuing import kept, refuse, settle
from mtd.runtime.engine.moving import set_aside
from mtd.runtime.engine.ownership import Ownership
from mtd.runtime.engine.trials import Trials
from mtd.runtime.hands.hands import Hands
from mtd.runtime.hands.intent import Answer, Intent
from mtd.runtime.hands.opening import bring_orders
from mtd.runtime.memory.live import Live
from mtd.runtime.telemetry import Meters
from mtd.runtime.vault import Vault
from mtd.store.engine.committing import Committed, Poisoned, commit
from mtd.store.engine.turned import LIVE
from mtd.store.engine.worker import Fenced

LOG = structlog.get_logger()


class Engine:
    """What `turn.turn` turns."""

    def __init__(
        self,
        *,
        ownership: Ownership,
        arriving: Arriving,
        vault: Vault,
        clock: Clock,
        meters: Meters,
        chance: Callable[[], float],
        batch_max: int,
        live_max: int,
    ) -> None:
        self.lives: dict[Key, Live] = {}
        self._ownership = ownership
        self._arriving = arriving
        self._vault = vault
        self._clock = clock
        self._meters = meters
        self._hands: Hands | None = None
        self._trials = Trials(ownership)
        self._gathering = Gathering(
            self.lives, arriving=arriving, trials=self._trials, chance=chance,
            batch_max=batch_max, live_max=live_max,
        )  # fmt: skip
        self._draining: frozenset[int] = frozenset()
        self._stopping = False
        self._collected_s = 0.0
        """When the last collecting ended: what follows, up to the commit, is advancing."""

    def now(self) -> datetime:
        """Database time."""
        return self._clock.now()

    def give_hands(self, hands: Hands) -> None:
        """The hands answer to the engine, and the engine acts by them."""
        self._hands = hands

    def answered(self, answer: Answer) -> None:
        """An attempt came back."""
        self._gathering.answered(answer)

    def put_off(self, intent: Intent, delay_s: float, /, held_by: str | None = None) -> None:
        """A call cannot be made for a while, or while a pause lasts: its instance may wait."""
        live = self.lives[intent.tenant, intent.instance]
        live.put_off(intent.wait, self.now() + timedelta(seconds=delay_s), held_by)
        self._gathering.stir((live,))

    def reconsider(self, lasts: Callable[[str], bool]) -> None:
        """Something was paused, or a pause does not last any more."""
        self._gathering.stir([live for live in self.lives.values() if live.let_go(lasts)])
        if self._hands is not None:
            self._hands.hold_back()

    def nudge(self) -> None:
        """Something may have come in by the door."""
        self._gathering.nudge()

    def stop(self) -> None:
        """Begin nothing more; keep the answers of what is under way, and park everything."""
        self._stopping = True
        self._leave_or_stay()

    @property
    def at_rest(self) -> bool:
        """Nothing is in memory any more."""
        return not (self.lives or self._gathering or self._trials)

    def may_send(self, intent: Intent) -> bool:
        """Whether this worker still is the one to make the call."""
        return not self._stopping and self._ownership.holds(intent.instance)

    async def collect(self) -> list[Happened]:
        """Answers, alarms and arrivals since the last turn; each instance once.

        Raises Buried when this worker's slots are another's by now.
        """
        if self._gathering.has_some or self._trials:
            await asyncio.sleep(0)
        else:
            await self._gathering.wait(self.now())
        if self._ownership.buried:
            raise self._ownership.bury()
        if (tried := await self._trials.next()) is not None:
            return [tried]
        if self._draining != self._ownership.draining:
            self._draining = self._ownership.draining
            self._arriving.parked.forget(self._draining)
            self._leave_or_stay()
        happened = self._gathering.from_memory(self.now())
        if not self._stopping:
            await self._gathering.add_arrivals(happened, self._draining, self._relieve)
        self._trials.put_apart(happened)
        self._collected_s = elapsed_s()
        return list(happened.values())

    async def commit(self, moves: list[Move]) -> list[Move]:
        """Make `moves` durable; those that are. Raises Buried when this worker may not any more."""
        began_s = elapsed_s()
        tally.advanced(self._meters, moves, began_s - self._collected_s)
        writing = [move for move in moves if move.turned.entries or move.turned.restated]
        undone: set[int] = set()
        if writing:
            outcome = await self._committed(writing)
            poisoned = [poison.index for poison in outcome.poisoned]
            undone = {id(writing[index]) for index in (*outcome.conflicts, *poisoned)}
            self._again([writing[index] for index in outcome.conflicts])
            for poison in outcome.poisoned:
                await self._quarantine(writing[poison.index], poison)
            tally.written(self._meters, writing, elapsed_s() - began_s)
        durable = [move for move in moves if id(move) not in undone] if undone else moves
        for move in durable:
            self._keep(move)
        return durable

    async def act(self, moves: list[Move]) -> None:
        """Make the calls that the journal asks for, now that it does."""
        assert self._hands is not None
        self._hands.heed(self._ownership.paused, self._ownership.restored_at)
        now = self.now()
        calling = [(m.live, calls) for m in moves if (calls := m.live.calls_due(now))]
        await bring_orders(self._ownership.worker, self._vault, [live for live, _ in calling])
        intents: list[Intent] = []
        for live, waits in calling:
            for wait in waits:
                live.flying.add(wait.id)
                live.resume.pop(wait.id, None)
                live.held.pop(wait.id, None)
                intents.append(Intent.of(live, wait))
        self._hands.act(intents)
        self._meters.live.set(len(self.lives))
        if self._draining:
            occupied = {live.slot for live in self.lives.values()} | self._ownership.gained
            self._ownership.drained(self._draining - occupied)

    async def _committed(self, writing: list[Move]) -> Committed:
        outcome = await commit(self._ownership.worker, [move.turned for move in writing])
        if isinstance(outcome, Fenced):
            raise self._ownership.bury()
        return outcome

    def _again(self, conflicting: list[Move]) -> None:
        """Another worker was first: what came by the door is read anew, the rest kept."""
        for move in conflicting:
            live = move.live
            for answer in kept(move.happened):
                live.flying.add(answer.intent.wait)
                self._gathering.put_back(answer)
            if live.flying or (live.began and live.wake_at is LIVE and not move.happened.doubts):
                self._gathering.alarms.set(live)
                self._gathering.stir((live,))
                continue
            del self.lives[live.key]
            if live.began and live.wake_at is LIVE:
                self._ownership.gained.add(live.slot)

    async def _quarantine(self, move: Move, poison: Poisoned) -> None:
        """The content of this step cannot be stored: an incident instead, without it."""
        LOG.error("a step cannot be stored", order=move.instance.key, problem=poison.message)
        refuse(move.happened)
        stopped = set_aside(move.happened, poison.message, self.now(), with_evidence=False)
        outcome = await self._committed([stopped])
        if outcome.conflicts or outcome.poisoned:
            raise RuntimeError(f"{move.instance.id} can be neither moved nor set aside")
        self._keep(stopped)

    def _keep(self, move: Move) -> None:
        """The live map learns what is durable; who waits long waits in the database."""
        settle(move)
        live = move.live
        live.instance = move.instance
        live.run_on(move.definition)
        live.status = move.status
        live.wake_at = move.turned.wake_at
        live.held_said = move.turned.held_by
        live.began = True
        if move.turned.acquitted:
            live.suspicion = None
        if move.turned.snapshot:
            live.snapshot_seq = move.instance.seq
        over = live.wake_at is not LIVE or live.instance.state is not State.RUNNING
        if over and not live.flying:
            self.lives.pop(live.key, None)
            self._arriving.parked.keep(live)
        else:
            self._gathering.alarms.set(live)

    def _leave_or_stay(self) -> None:
        """Who is to leave is looked at, and parks; calls that wait in a line are recalled."""
        for live in self.lives.values():
            leaving = self._stopping or live.slot in self._draining
            if leaving is not live.leaving:
                live.leaving = leaving
                self._gathering.stir((live,))
        if self._hands is not None:
            self._hands.recall()

    def _relieve(self, count: int) -> None:
        """Memory is too full by so many: calls that wait may wait elsewhere."""
        if self._hands is not None:
            self._hands.relieve(count)
