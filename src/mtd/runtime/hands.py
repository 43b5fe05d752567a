"""The hands: one attempt per committed intent, within each legacy system's bounds.

They act only on what is in the journal, check their own lease before each send, and hand
every answer back as a trigger; they decide nothing about what follows.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime

import msgspec
import structlog

from mtd.connectors.contract import Attempt, Connector, Repeat
from mtd.connectors.settings import LegacySettings
from mtd.connectors.wire import Exchange, Wire, Wires
from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.core.process.effect import Call
from mtd.core.process.instance import Wait
from mtd.core.process.outcome import InDoubt, Outcome, Unknown
from mtd.runtime.clock import Clock, elapsed_s
from mtd.runtime.line import Line
from mtd.runtime.live import Live
from mtd.runtime.telemetry import Meters

LOG = structlog.get_logger()


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    """A call that the journal says is to be made."""

    tenant: int
    instance: str
    wait: int
    element: str
    business_key: str
    call: Call
    order: PurchaseOrder | None

    @classmethod
    def of(cls, live: Live, wait: Wait) -> "Intent":
        """The call that `wait` of a live instance asks for."""
        assert isinstance(wait.effect, Call)
        return cls(
            tenant=live.tenant,
            instance=live.instance.id,
            wait=wait.id,
            element=wait.element,
            business_key=live.instance.key,
            call=wait.effect,
            order=live.order,
        )

    @property
    def key(self) -> str:
        """The idempotency key: the same for every attempt of this step (§6, conventions)."""
        return f"{self.instance}:{self.element}:{self.wait}"


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one attempt, with its evidence."""

    intent: Intent
    at: datetime
    """When it was sent."""
    took_ms: float
    outcome: Outcome
    exchanges: tuple[Exchange, ...]


class Hands:
    """Makes the calls; one line per legacy system."""

    def __init__(
        self,
        *,
        connectors: Mapping[str, Connector],
        legacy: Mapping[str, LegacySettings],
        wires: Wires,
        clock: Clock,
        meters: Meters,
        answered: Callable[[Answer], None],
        postponed: Callable[[Intent, float], None],
        may_send: Callable[["Intent"], bool],
    ) -> None:
        self._connectors = connectors
        self._wires = wires
        self._clock = clock
        self._meters = meters
        self._answered = answered
        self._postponed = postponed
        self._may_send = may_send
        self._lines = {name: Line[Intent](settings) for name, settings in legacy.items()}
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = False

    def act(self, intents: Iterable[Intent]) -> None:
        """Make these calls, now or as soon as their lines let them; back-off is waited out."""
        for intent in intents:
            connector = self._connectors[intent.call.service]
            if connector.repeat is Repeat.LOCAL:
                self._answered(self._local(connector, intent))
            elif intent.call.not_before is None or intent.call.not_before <= self._clock.now():
                self._join(connector.legacy, intent)
            else:
                delay_s = (intent.call.not_before - self._clock.now()).total_seconds()
                self._later(delay_s, connector.legacy, intent)

    def pause(self, legacy: str, paused: bool) -> None:
        """Hold back, or let go, everything for one legacy system."""
        self._lines[legacy].paused = paused
        if not paused:
            self._push(legacy)

    async def stop(self) -> None:
        """Begin nothing more; wait for the attempts under way, whose answers still count."""
        self._stopping = True
        for line in self._lines.values():
            line.leave_all()
        if self._tasks:
            await asyncio.wait(self._tasks)

    @property
    def running(self) -> int:
        """Attempts under way at all legacy systems."""
        return sum(line.running for line in self._lines.values())

    def _later(self, delay_s: float, legacy: str, intent: Intent) -> None:
        asyncio.get_running_loop().call_later(delay_s, self._join, legacy, intent)

    def _join(self, legacy: str, intent: Intent) -> None:
        line = self._lines[legacy]
        if not line.is_open(elapsed_s()):
            self._postponed(intent, max(1.0, line.opens_in_s(elapsed_s())))
            return
        line.join(intent)
        self._push(legacy)

    def _push(self, legacy: str) -> None:
        """Let go whoever may go; when the rate says no, look again a little later."""
        line = self._lines[legacy]
        while not self._stopping and (intent := line.next(elapsed_s())) is not None:
            task = asyncio.get_running_loop().create_task(self._attempt(legacy, line, intent))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        if len(line) and not self._stopping:
            if not line.is_open(elapsed_s()):
                for intent in line.leave_all():
                    self._postponed(intent, max(1.0, line.opens_in_s(elapsed_s())))
            elif line.running == 0:
                asyncio.get_running_loop().call_later(0.05, self._push, legacy)

    async def _attempt(self, legacy: str, line: Line[Intent], intent: Intent) -> None:
        connector = self._connectors[intent.call.service]
        if not self._may_send(intent):
            line.settle(sound=True, now_s=elapsed_s())
            return
        wire = self._wires.wire(legacy)
        at, began_s = self._clock.now(), elapsed_s()
        outcome = await _made(connector.run, _attempt_of(intent), wire)
        if isinstance(outcome, Unknown) and connector.repeat is Repeat.NEVER:
            outcome = InDoubt(outcome.message)
        took_s = elapsed_s() - began_s
        line.settle(sound=wire.sound, now_s=elapsed_s())
        self._meters.called(intent.call.service, outcome, took_s)
        self._answered(
            Answer(
                intent=intent,
                at=at,
                took_ms=took_s * 1000,
                outcome=outcome,
                exchanges=tuple(wire.exchanges),
            )
        )
        self._push(legacy)

    def _local(self, connector: Connector, intent: Intent) -> Answer:
        """A local connector never suspends: its coroutine ends at its first step."""
        at, began_s = self._clock.now(), elapsed_s()
        outcome = _finished(connector.run, _attempt_of(intent), self._wires.none)
        took_s = elapsed_s() - began_s
        self._meters.called(intent.call.service, outcome, took_s)
        return Answer(intent=intent, at=at, took_ms=took_s * 1000, outcome=outcome, exchanges=())


def _attempt_of(intent: Intent) -> Attempt:
    return Attempt(
        key=intent.key,
        order=intent.order,
        inputs=intent.call.inputs,
        number=intent.call.attempt,
        sent_before=intent.call.sent_before,
    )


async def _made(
    run: Callable[[Attempt, Wire], Awaitable[Outcome]], attempt: Attempt, wire: Wire
) -> Outcome:
    """The attempt's outcome; a connector that breaks leaves its effect unknown."""
    try:
        return await run(attempt, wire)
    except Exception as error:
        LOG.exception("connector broke", key=attempt.key, attempt=attempt.number)
        return Unknown(f"{type(error).__name__}: {error}")


def _finished(
    run: Callable[[Attempt, Wire], Awaitable[Outcome]], attempt: Attempt, wire: Wire
) -> Outcome:
    made = _made(run, attempt, wire)
    try:
        made.send(None)
    except StopIteration as stop:
        return stop.value
    made.close()
    raise RuntimeError("a local connector waited for something")
