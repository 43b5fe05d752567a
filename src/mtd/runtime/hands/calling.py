"""Calling: who makes a call, and one attempt of it, up to the answer with its evidence."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial

from structlog.contextvars import bound_contextvars

from mtd.connectors.contract import Attempt, Connector, Repeat
from mtd.connectors.desk import NotYet
from mtd.connectors.wire import Counter, Exchange, Wire, Wires
from mtd.core.process.outcome import Done, Failed, InDoubt, Outcome, Unknown
from mtd.runtime.clock import Clock, elapsed_s
from mtd.runtime.hands.attempts import attempt_of, finished, made, tell
from mtd.runtime.hands.intent import Answer, Intent, Keep, Lay, OpenMailroom
from mtd.runtime.tax.desks import Desk
from mtd.runtime.telemetry import Meters
from mtd.store.ids import uuid7

DOUBTED_FOR = timedelta(days=30)
"""So long after a restore what begins may have begun before, and been forgotten by it."""


class Calling:
    """The connectors, and what an attempt by one of them needs; it decides nothing."""

    def __init__(
        self,
        *,
        connectors: Mapping[str, Connector],
        wires: Wires,
        clock: Clock,
        meters: Meters,
        keep: Keep,
        lay: Lay,
        mailroom: OpenMailroom,
    ) -> None:
        self._connectors = connectors
        self._wires = wires
        self._clock = clock
        self._meters = meters
        self._keep = keep
        self._lay = lay
        self._mailroom = mailroom
        self._doubted_until = ""
        """Instances of lesser ids may have done more than is known here."""

    def doubt(self, restored_at: datetime) -> None:
        """The database was restored: what it may have forgotten is asked after first."""
        self._doubted_until = uuid7(restored_at + DOUBTED_FOR, bytes(10))

    def serving(self, intent: Intent) -> Connector | Failed:
        """Who makes this call."""
        connector = self._connectors.get(intent.call.service)
        if connector is None:
            return Failed(f"there is no service {intent.call.service!r}")
        return connector if connector.choose is None else connector.choose(self._given(intent))

    def chosen(self, intent: Intent) -> Connector:
        """Who makes a call that stands in a line: that does not change."""
        connector = self.serving(intent)
        assert isinstance(connector, Connector), connector
        return connector

    def failed(self, intent: Intent, message: str) -> Answer:
        """Certainly nothing was sent: the binding says what follows, as of any failure."""
        return Answer(
            intent=intent, at=self._clock.now(), took_ms=0.0, outcome=Failed(message), exchanges=()
        )

    def local(self, connector: Connector, intent: Intent) -> Answer:
        """A local connector never suspends: its coroutine ends at its first step."""
        at, began_s = self._clock.now(), elapsed_s()
        outcome = finished(connector.run, self._given(intent), self._wires.none)
        return self._answer(connector, intent, outcome, at, elapsed_s() - began_s)

    async def remote(
        self, legacy: str, connector: Connector, intent: Intent
    ) -> tuple[Answer, bool]:
        """The answer of a legacy system; and whether the way to it was sound."""
        wire = self._wires.wire(legacy)
        wire.mailroom = self._mailroom(intent)
        at, began_s = self._clock.now(), elapsed_s()
        run = partial(self._run, connector, intent)
        with bound_contextvars(**intent.told):
            outcome = await made(run, self._given(intent), wire)
            if isinstance(outcome, Unknown) and connector.repeat is Repeat.NEVER:
                outcome = InDoubt(outcome.message)
            tell(outcome, took_s := elapsed_s() - began_s)
        exchanges = tuple(wire.exchanges)
        return self._answer(connector, intent, outcome, at, took_s, exchanges), wire.sound

    async def transact(self, connector: Connector, intent: Intent) -> Answer:
        """Nothing leaves: what the connector writes is committed with its answer, or undone.

        Raises NotYet where it is to be made later.
        """
        at, began_s = self._clock.now(), elapsed_s()
        desk = self._lay(intent)
        try:
            with bound_contextvars(**intent.told):
                outcome = await made(connector.run, self._given(intent), Counter(desk))
                tell(outcome, elapsed_s() - began_s)
        except NotYet:
            desk.undone()
            raise
        if isinstance(outcome, Unknown):
            outcome = Failed(outcome.message)  # nothing was written: nothing took effect
        if not isinstance(outcome, Done):
            desk.undone()
        written = desk if isinstance(outcome, Done) else None
        took_s = elapsed_s() - began_s
        return self._answer(connector, intent, outcome, at, took_s, desk=written)

    def _given(self, intent: Intent) -> Attempt:
        return attempt_of(intent, doubted=intent.instance < self._doubted_until)

    async def _run(
        self, connector: Connector, intent: Intent, attempt: Attempt, wire: Wire
    ) -> Outcome:
        """What came back with a call that is done is kept first: else it is not known to be."""
        outcome = await connector.run(attempt, wire)
        if isinstance(outcome, Done) and wire.kept:
            await self._keep(intent, wire.kept)
        return outcome

    def _answer(
        self,
        connector: Connector,
        intent: Intent,
        outcome: Outcome,
        at: datetime,
        took_s: float,
        exchanges: tuple[Exchange, ...] | None = None,
        desk: Desk | None = None,
    ) -> Answer:
        self._meters.called(connector.handler(intent.call.inputs), outcome, took_s)
        return Answer(
            intent=intent,
            at=at,
            took_ms=took_s * 1000,
            outcome=outcome,
            exchanges=exchanges,
            desk=desk,
        )
