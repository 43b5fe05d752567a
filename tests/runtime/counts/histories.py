"""Random histories: orders and other instances that do all that is counted, by several workers."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

import msgspec

from mtd.core.process.effect import Call, UserTask
from mtd.core.process.facts import (
    Closed,
    Ended,
    Entered,
    Fact,
    Follows,
    Gone,
    Ignored,
    Left,
    Opened,
    Put,
    Reached,
    Settled,
    Tried,
    Troubled,
)
from mtd.core.process.instance import Incident, Instance, Scope, State, Token, Wait
from mtd.core.process.journal import Entry, Record, encode, fold
from mtd.store.arriving.arrival import NewInstance, NewOrder
from mtd.store.engine.collecting import collect
from mtd.store.engine.committing import Committed, commit
from mtd.store.engine.turned import NEVER, turned
from mtd.store.engine.worker import Worker
from mtd.store.store import Store
from tests.store.making import a_start, an_order

ELEMENTS = ("Pay", "Pack", "Ship", "Tell", "tax@2:Issue", "tax@2:Sign")
STATES = ("VALIDATED", "INVOICED", "DISPATCHED", "DELIVERED", "CANCELLED", "CLOSED")
NOON = datetime(2026, 11, 27, 15, tzinfo=UTC)
SPREAD = timedelta(hours=60)
"""Rows are of so long a time before NOON: some are late."""


class Told(msgspec.Struct):
    """What is known of the histories, counted as they were told."""

    visits: Counter[str] = msgspec.field(default_factory=Counter[str])
    attempts: Counter[tuple[str, str]] = msgspec.field(default_factory=Counter[tuple[str, str]])
    incidents: Counter[str] = msgspec.field(default_factory=Counter[str])
    states: Counter[str] = msgspec.field(default_factory=Counter[str])


class Teller:
    """Makes things happen to instances."""

    def __init__(self, store: Store, workers: Sequence[Worker], chance: Random) -> None:
        self._store = store
        self._workers = workers
        self._chance = chance
        self.running: dict[str, Instance] = {}
        self.ended: list[Instance] = []
        self.told = Told()
        self._number = 0
        self._reached: set[tuple[str, str]] = set()

    async def begin(self, count: int) -> None:
        """So many more begin; two in three are orders."""
        arrivals: list[NewOrder | NewInstance] = []
        for _ in range(count):
            self._number += 1
            if self._number % 3 == 0:
                arrivals.append(a_start())
                continue
            promised = NOON + timedelta(hours=self._chance.randrange(-40, 40))
            arrivals.append(
                an_order(
                    f"A-{self._number}",
                    store=self._chance.choice(("paris", "carters")),
                    channel=self._chance.choice(("ecommerce", "phone")),
                    amount=Decimal(self._chance.randrange(1_000, 90_000)),
                    promised_at=self._chance.choice((promised, None)),
                )
            )
            self.told.states["RECEIVED"] += 1
        await self._store.deliver(arrivals)
        for worker in self._workers:
            for incoming in (await collect(worker, 10_000)).incoming:
                blank = Instance(
                    id=incoming.instance, definition=incoming.definition or "", key=incoming.key
                )
                carrier = self._chance.choice(("STARKEN", None))
                scope = Scope(0, "Process_1", variables={"carrier": carrier})
                facts: list[Fact] = [Entered(scope), Put(Token(1, "Pay", 0))]
                self.told.visits["Pay"] += 1
                first = self._entry(blank, facts, "start", "", ["start"])
                after = fold(blank, [first])
                turn = turned(
                    tenant=1, before=None, after=after, entries=[first], wake_at=NEVER,
                    consumed=incoming.consumed,
                )  # fmt: skip
                assert await commit(worker, [turn]) == Committed()
                self.running[after.id] = after

    async def act(self) -> None:
        """One row more, or a few, of somebody."""
        if self.ended and self._chance.random() < 0.05:
            late = self._chance.choice(self.ended)
            cause = [7, "done", 30, None]
            self.told.attempts[("Ship", "done")] += 1
            entry = self._entry(late, [Ignored("nobody awaits it")], "answered", "Ship", cause)
            self.ended[self.ended.index(late)] = await self._written(late, [entry])
            return
        if not self.running:
            return
        instance = self._chance.choice(list(self.running.values()))
        entries: list[Entry] = []
        now = instance
        for _ in range(self._chance.randrange(1, 4)):
            if now.state is not State.RUNNING:
                break
            entries.append(self._happening(now))
            now = fold(now, entries[-1:])
        await self._written(instance, entries)

    def _happening(self, now: Instance) -> Entry:
        acts = [self._move, self._move, self._move, self._split, self._call, self._work]
        acts += [self._trouble, self._reach, self._reach, self._migrate, self._end]
        if any(isinstance(wait.effect, Call) for wait in now.waits.values()):
            acts += [self._answer] * 6
        return self._chance.choice(acts)(now)

    def _move(self, now: Instance) -> Entry:
        token = self._token(now)
        facts: list[Fact] = []
        for n in range(self._chance.randrange(1, 4)):
            at = self._chance.choice([e for e in ELEMENTS if e != token.at])
            token = Token(token.id, at, 0, f"flow_{n}")
            facts.append(Put(token))
            self.told.visits[at] += 1
        return self._entry(now, facts, "fired", "", [1])

    def _split(self, now: Instance) -> Entry:
        if len(now.tokens) > 2:
            return self._entry(now, [Gone(self._token(now).id)], "fired", "", [1])
        at = self._chance.choice(ELEMENTS)
        self.told.visits[at] += 1
        return self._entry(now, [Put(Token(now.next, at, 0))], "fired", "", [1])

    def _call(self, now: Instance) -> Entry:
        token = self._token(now)
        wait = Wait(now.next, token.at, 0, token.id, Call("pos.sell", {}))
        return self._entry(now, [Opened(wait)], "fired", "", [1])

    def _answer(self, now: Instance) -> Entry:
        calls = [wait for wait in now.waits.values() if isinstance(wait.effect, Call)]
        wait = self._chance.choice(calls)
        outcome = self._chance.choice(("done", "done", "refused", "failed", "unknown", "in_doubt"))
        self.told.attempts[(wait.element, outcome)] += 1
        over = outcome in ("done", "refused")
        fact: Fact = Closed(wait.id) if over else Tried(wait.id, wait.effect)
        cause = [wait.id, outcome, self._chance.randrange(1, 9_000), None]
        return self._entry(now, [fact], "answered", wait.element, cause)

    def _work(self, now: Instance) -> Entry:
        token = self._token(now)
        task = UserTask("Look", "agent", due=self._at())
        wait = Wait(now.next, token.at, 0, token.id, task)
        return self._entry(now, [Opened(wait)], "fired", "", [1])

    def _trouble(self, now: Instance) -> Entry:
        if now.incidents:
            return self._entry(now, [Settled(next(iter(now.incidents)))], "retried", "", [1])
        token = self._token(now)
        self.told.incidents[token.at] += 1
        incident = Incident(now.next, token.at, token.id, None, "LEGACY_UNAVAILABLE", "no answer")
        return self._entry(now, [Troubled(incident)], "fired", "", [1])

    def _reach(self, now: Instance) -> Entry:
        state = self._chance.choice(STATES)
        if now.key.startswith("CL/") and (now.id, state) not in self._reached:
            self._reached.add((now.id, state))
            self.told.states[state] += 1
        return self._entry(now, [Reached(state)], "fired", "", [1])

    def _migrate(self, now: Instance) -> Entry:
        name, _, version = now.definition.partition("@")
        to = f"{name}@{int(version) + 1}"
        facts: list[Fact] = [Follows(to, now.definition)]
        facts += [Put(msgspec.structs.replace(t, at="Moved")) for t in now.tokens.values()][:1]
        return self._entry(now, facts, "migrated", "", [to, {}, "ana", "newer"])

    def _end(self, now: Instance) -> Entry:
        if self._chance.random() < 0.7:
            return self._move(now)
        gone: list[Fact] = [Closed(wait) for wait in now.waits]
        gone += [Gone(token) for token in now.tokens]
        gone += [Settled(incident) for incident in now.incidents]
        return self._entry(now, [*gone, Left(0), Ended(State.COMPLETED)], "fired", "", [1])

    async def _written(self, before: Instance, entries: Sequence[Entry]) -> Instance:
        after = fold(before, entries)
        turn = turned(
            tenant=1, before=before, after=after, entries=entries, wake_at=NEVER,
            wake_at_before=NEVER,
        )  # fmt: skip
        assert await commit(self._chance.choice(self._workers), [turn]) == Committed()
        if after.state is State.RUNNING:
            self.running[after.id] = after
        elif self.running.pop(after.id, None) is not None:
            self.ended.append(after)
        return after

    def _entry(
        self, now: Instance, facts: Sequence[Fact], kind: str, element: str, cause: Sequence[object]
    ) -> Entry:
        payload = encode(Record(2, list(cause), list(facts)))
        return Entry(now.seq + 1, self._at(), kind, element, payload)

    def _token(self, now: Instance) -> Token:
        return self._chance.choice(list(now.tokens.values()))

    def _at(self) -> datetime:
        return NOON - SPREAD * self._chance.random()
