"""The hands: one attempt per committed intent, within each legacy system's bounds.

They act only on what is in the journal, check their own lease before each send, and hand
every answer back as a trigger; they decide nothing about what follows.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping
from datetime import datetime
from typing import Any

from mtd.connectors.contract import Connector, Repeat
from mtd.connectors.desk import NotYet
from mtd.connectors.settings import LegacySettings
from mtd.core.process.outcome import Failed
from mtd.runtime.clock import elapsed_s
from mtd.runtime.hands.calling import Calling
from mtd.runtime.hands.intent import Answer, Intent, PutOff
from mtd.runtime.hands.line import Line
from mtd.runtime.hands.pauses import HELD_S
from mtd.runtime.memory.live import PATIENCE
from mtd.store.operations.breakers import Broken
from mtd.store.operations.pauses import Pause

PUT_OFF_MIN_S = 2 * PATIENCE.total_seconds()
"""A call that cannot be made is put off so long at least: its instance need not stay for it."""
PAUSED_S = 10.0
"""How long a call is put off while nothing may be sent at all."""


class Hands:
    """Makes the calls; one line per legacy system.

    Every intent given to `act` comes back once: as an answer, or put off for so many seconds.
    """

    def __init__(
        self,
        calling: Calling,
        *,
        legacy: Mapping[str, LegacySettings],
        queue_max: int,
        chance: Callable[[], float],
        answered: Callable[[Answer], None],
        put_off: PutOff,
        may_send: Callable[[Intent], bool],
        paused_by: Callable[[Intent, Connector], Pause | None],
    ) -> None:
        self._calling = calling
        self._chance = chance
        self._answered = answered
        self._put_off = put_off
        self._may_send = may_send
        self._paused_by = paused_by
        self._lines = {name: Line[Intent](s, queue_max) for name, s in legacy.items()}
        self._again: dict[str, asyncio.TimerHandle] = {}
        """When a line is looked at again, where its rate holds it up."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._paused = False

    def act(self, intents: Iterable[Intent]) -> None:
        """Make these calls, now or as soon as their lines let them."""
        for intent in intents:
            connector = self._calling.serving(intent)
            if isinstance(connector, Failed):
                self._fail(intent, connector.message)
            elif intent.unreadable is not None:
                self._fail(intent, intent.unreadable)
            elif self._held(intent, connector):
                continue
            elif connector.repeat is Repeat.TRANSACTIONAL:
                self._begin(self._transact(connector, intent))
            elif connector.repeat is Repeat.LOCAL:
                self._answered(self._calling.local(connector, intent))
            elif connector.legacy not in self._lines:
                self._fail(intent, f"the settings have no [legacy.{connector.legacy}]")
            else:
                self._join(connector.legacy, intent)

    def heed(self, paused: bool, restored_at: datetime | None) -> None:
        """Send nothing to anyone, or send again; and doubt what a restore may have forgotten."""
        if restored_at is not None:
            self._calling.doubt(restored_at)
        if paused and not self._paused:
            self._dismiss(lambda _: True, PAUSED_S)
        self._paused = paused

    def recall(self) -> None:
        """Give back at once whatever waits in a line and may not be sent here any more."""
        self._dismiss(lambda intent: not self._may_send(intent), 0.0)

    def hold_back(self) -> None:
        """Something was paused: who waits in a line and is held by that goes home."""
        for line in self._lines.values():
            for intent in line.leave(self._is_held):
                self._held(intent, self._calling.chosen(intent))

    def relieve(self, count: int) -> None:
        """Put off at most `count` calls, those that came last in the longest line."""
        line = max(self._lines.values(), key=len, default=None)
        for intent in line.leave_last(count) if line is not None else ():
            self._put_off(intent, self._delay_s(0.0))

    def abandon(self) -> None:
        """Wait for nothing more: whoever comes after takes what is under way for made."""
        for handle in self._again.values():
            handle.cancel()
        for task in self._tasks:
            task.cancel()

    def broken(self) -> list[Broken]:
        """The breakers that are not closed."""
        now_s = elapsed_s()
        return [
            Broken(
                legacy=name,
                state=state,
                open_s=line.open_s(now_s),
                failures=line.failures,
            )
            for name, line in self._lines.items()
            if (state := line.state(now_s)) != "closed"
        ]

    def close_breaker(self, legacy: str) -> None:
        """Somebody says that this system works; one that we do not call is none of ours."""
        if legacy in self._lines:
            self._lines[legacy].close()
            self._push(legacy)

    @property
    def running(self) -> int:
        """Attempts under way at all legacy systems."""
        return sum(line.running for line in self._lines.values())

    def _join(self, legacy: str, intent: Intent) -> None:
        line, now_s = self._lines[legacy], elapsed_s()
        if self._paused:
            self._put_off(intent, self._delay_s(PAUSED_S))
        elif not line.admits(now_s):
            self._put_off(intent, self._delay_s(line.opens_in_s(now_s)))
        else:
            line.join(intent)
            self._push(legacy)

    def _push(self, legacy: str) -> None:
        """Let go whoever may go; whom the breaker stops goes home, whom the rate stops waits."""
        line, now_s = self._lines[legacy], elapsed_s()
        while (intent := line.next(now_s)) is not None:
            self._begin(self._attempt(legacy, line, intent))
        if not len(line):
            return
        if not line.lets_through(now_s):
            for intent in line.leave(lambda _: True):
                self._put_off(intent, self._delay_s(line.opens_in_s(now_s)))
        elif legacy not in self._again and (ready_in_s := line.ready_in_s(now_s)) is not None:
            loop = asyncio.get_running_loop()
            self._again[legacy] = loop.call_later(ready_in_s, self._push_again, legacy)

    def _push_again(self, legacy: str) -> None:
        del self._again[legacy]
        self._push(legacy)

    def _dismiss(self, whom: Callable[[Intent], bool], delay_s: float) -> None:
        for line in self._lines.values():
            for intent in line.leave(whom):
                self._put_off(intent, self._delay_s(delay_s) if delay_s else 0.0)

    def _delay_s(self, at_least_s: float) -> float:
        """Up to twice the time, so that those who wait for the same do not come back as one."""
        return max(PUT_OFF_MIN_S, at_least_s) * (1.0 + self._chance())

    async def _attempt(self, legacy: str, line: Line[Intent], intent: Intent) -> None:
        connector = self._calling.chosen(intent)
        if self._may_not_now(intent) or self._held(intent, connector):
            line.withdraw(intent)
            return
        answer, sound = await self._calling.remote(legacy, connector, intent)
        line.settle(intent, sound=sound, now_s=elapsed_s())
        self._answered(answer)
        self._push(legacy)

    async def _transact(self, connector: Connector, intent: Intent) -> None:
        if self._may_not_now(intent):
            return
        try:
            self._answered(await self._calling.transact(connector, intent))
        except NotYet as later:
            self._put_off(intent, later.delay_s * (1.0 + self._chance()))

    def _may_not_now(self, intent: Intent) -> bool:
        """Whether nothing may be sent, at all or by this worker; then the call is put off."""
        stopped = self._paused or not self._may_send(intent)
        if stopped:
            self._put_off(intent, self._delay_s(PAUSED_S if self._paused else 0.0))
        return stopped

    def _is_held(self, intent: Intent) -> bool:
        return self._paused_by(intent, self._calling.chosen(intent)) is not None

    def _held(self, intent: Intent, connector: Connector) -> bool:
        """Whether the call is held by a pause; then its instance waits for the end of that."""
        pause = self._paused_by(intent, connector)
        if pause is not None:
            self._put_off(intent, HELD_S, pause.id)
        return pause is not None

    def _begin(self, attempt: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(attempt)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _fail(self, intent: Intent, message: str) -> None:
        self._answered(self._calling.failed(intent, message))
