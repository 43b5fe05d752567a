"""A scripted world around one order: it answers calls, people and messages, on a virtual clock."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from mtd.core.orders.states import (
    OVERLAYS,
    RECEIVED,
    IllegalTransition,
    OrderState,
    OrderStatus,
    follow,
)
from mtd.core.process.advance import Moved, advance, born
from mtd.core.process.definition import Definition
from mtd.core.process.effect import Call, Message, Subscription, Timer, UserTask
from mtd.core.process.facts import Sent
from mtd.core.process.instance import Instance, State, Wait
from mtd.core.process.journal import Reached
from mtd.core.process.outcome import Done, Outcome, Refused
from mtd.core.process.trigger import (
    Answered,
    Fired,
    Received,
    Retried,
    Start,
    Submitted,
    Trigger,
)
from tests.processes.habits import ANSWERS, MESSAGES, ORDER

BEGIN = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
STEPS_MAX = 2_000
"""Triggers that one order may need; a drawing that goes round meets it."""


class World:
    """Drives one order from its start until nothing more would happen."""

    def __init__(
        self,
        definition: Definition,
        order: Mapping[str, Any] | None = None,
        *,
        calls: Mapping[str, Sequence[Outcome]] | None = None,
        people: Mapping[str, Sequence[dict[str, Any]]] | None = None,
        messages: Mapping[str, Sequence[dict[str, Any] | None]] | None = None,
        intrusions: Mapping[str, tuple[str, dict[str, Any]]] | None = None,
    ) -> None:
        """`intrusions`: label to the message that comes while a token first rests there."""
        self.definition = definition
        self.now = BEGIN
        self.calls = defaultdict(list, {k: list(v) for k, v in (calls or {}).items()})
        self.people = defaultdict(list, {k: list(v) for k, v in (people or {}).items()})
        sent = {**MESSAGES, **(messages or {})}
        self.messages = defaultdict(list, {k: list(v) for k, v in sent.items()})
        self.intrusions = dict(intrusions or {})
        self.script = dict(self.intrusions)
        """What was to intrude, whether it did by now or not."""
        self.made: list[tuple[str, dict[str, Any]]] = []
        self.came: list[tuple[str, dict[str, Any], Outcome]] = []
        """The calls made, each with what came of it."""
        self.kept: dict[str, Any] = {}
        """The process's variables as they last were."""
        self.asked: list[tuple[str, str]] = []
        """User tasks that were open, and the role they were for."""
        self.fired: list[str] = []
        """Labels of the timers that fired."""
        self.fired_at: list[datetime] = []
        """When each of them did."""
        self.status: OrderStatus = RECEIVED
        self.states: list[str] = []
        self.sent: list[Message] = []
        """Messages that the process sent and nobody took yet."""
        self._seen: set[int] = set()
        self._reported: set[int] = set()
        self._withheld: set[int] = set()
        self._happenings = (
            self._report,
            self._deliver,
            self._intrude,
            self._call,
            self._person,
            self._message,
            self._timer,
        )
        self.instance: Instance = born("i-1", definition, ORDER["order_key"])
        self._let(Start(at=self.now, variables={**ORDER, **(order or {})}))

    def run(self) -> "World":
        """Let everything happen: calls, people, messages, and timers when all else rests."""
        for _ in range(STEPS_MAX):
            if self.instance.state is not State.RUNNING:
                return self
            if not any(happen() for happen in self._happenings):
                return self
        raise AssertionError(f"the order goes round: {self.states}, {self.made[-20:]}")

    @property
    def services(self) -> list[str]:
        """The connectors called, in order."""
        return [service for service, _ in self.made]

    @property
    def mails(self) -> list[str]:
        """The kinds of mail sent, in order."""
        return [
            str(inputs.get("kind", service.partition(".")[2]))
            for service, inputs in self.made
            if service.startswith("mail.")
        ]

    @property
    def variables(self) -> dict[str, Any]:
        """The process's variables."""
        return self.instance.scopes[0].variables if 0 in self.instance.scopes else {}

    def resting(self) -> set[str]:
        """Labels of the elements on which tokens rest."""
        elements = self.definition.elements
        return {elements[token.at].name for token in self.instance.tokens.values()}

    def _let(self, trigger: Trigger) -> None:
        moved = advance(self.definition, self.instance, trigger)
        self.instance = moved.instance
        self.kept = self.variables or self.kept
        self._note_state(moved)
        self.sent += [fact.message for fact in moved.facts if isinstance(fact, Sent)]
        for wait in self.instance.waits.values():
            if isinstance(wait.effect, UserTask) and wait.id not in self._seen:
                self._seen.add(wait.id)
                self.asked.append((wait.effect.name, wait.effect.role))

    def _note_state(self, moved: Moved) -> None:
        entered = [fact.state for fact in moved.facts if isinstance(fact, Reached)]
        overlays = {state.value for state in OVERLAYS} - {OrderState.CANCELLATION_REQUESTED.value}
        resting = (self.definition.elements[t.at] for t in self.instance.tokens.values())
        held = [e.entering for e in resting if e.entering in overlays and e.entering]
        for code in entered:
            before = self.status.reached
            self._follow([code], [], troubled=False)
            if self.status.reached is not before:
                self._log(self.status.reached)
        self._follow([], held, troubled=bool(self.instance.incidents))
        self._log(self.status.headline)

    def _follow(self, entered: list[str], held: list[str], troubled: bool) -> None:
        status = follow(self.status, entered, held, troubled)
        assert not isinstance(status, IllegalTransition), f"{status.message}: {self.states}"
        self.status = status

    def _log(self, state: OrderState) -> None:
        if self.states[-1:] != [state.value]:
            self.states.append(state.value)

    def _report(self) -> bool:
        """The engine tells an instance of its own incidents with the message StageError."""
        for incident in self.instance.incidents.values():
            if incident.id not in self._reported:
                self._reported.add(incident.id)
                payload = {
                    "incident": incident.id,
                    "element": self.definition.elements[incident.element].name,
                    "code": incident.code,
                    "message": incident.message,
                }
                return self._send("StageError", payload)
        return False

    def _deliver(self) -> bool:
        """What the process sends is for itself too, where it awaits it."""
        for message in self.sent:
            if message.key == ORDER["order_key"] and self._send(message.name, message.payload):
                self.sent.remove(message)
                return True
        return False

    def _intrude(self) -> bool:
        for label in self.resting() & self.intrusions.keys():
            name, payload = self.intrusions.pop(label)
            assert self._send(name, payload), f"nobody awaits {name} at {label}"
            return True
        return False

    def _call(self) -> bool:
        for wait in self._waits(Call):
            call = wait.effect
            assert isinstance(call, Call)
            if any(incident.wait == wait.id for incident in self.instance.incidents.values()):
                continue
            self.now = max(self.now, call.not_before or self.now)
            self.made.append((call.service, call.inputs))
            outcome = self._outcome(call)
            self.came.append((call.service, call.inputs, outcome))
            self._let(Answered(at=self._tick(), wait=wait.id, outcome=outcome))
            self._after(call, outcome)
            return True
        return False

    def _outcome(self, call: Call) -> Outcome:
        if self.calls[call.service]:
            return self.calls[call.service].pop(0)
        if call.service == "order.handle_error":
            return Done({"resolution": "retry"})
        if call.service == "engine.cancel" and not self._awaited("CancelRequested"):
            return Refused("CANCEL_REFUSED", "the order has left")
        return Done(ANSWERS.get(call.service, {}))

    def _after(self, call: Call, outcome: Outcome) -> None:
        """What the engine's own services do to the instance once they are answered."""
        if call.service == "engine.retry":
            self._let(Retried(at=self._tick(), incident=call.inputs["incident"], actor="engine"))
        if call.service == "engine.cancel" and isinstance(outcome, Done):
            self._send("CancelRequested", {})

    def _person(self) -> bool:
        for wait in self._waits(UserTask):
            task = wait.effect
            assert isinstance(task, UserTask)
            if self.people[task.name]:
                outputs = self.people[task.name].pop(0)
                self._let(Submitted(at=self._tick(), wait=wait.id, outputs=outputs, actor="ana"))
                return True
        return False

    def _message(self) -> bool:
        for wait in self._waits(Subscription):
            subscription = wait.effect
            assert isinstance(subscription, Subscription)
            script = self.messages[subscription.name]
            if not script or wait.id in self._withheld:
                continue
            payload = script.pop(0)
            if payload is not None:
                return self._send(subscription.name, payload)
            self._withheld.add(wait.id)
        return False

    def _timer(self) -> bool:
        waits = self.instance.waits.values()
        timers = [(w.effect.due, w.id, w) for w in waits if isinstance(w.effect, Timer)]
        if not timers:
            return False
        due, _, wait = min(timers, key=lambda timer: timer[:2])
        self.now = max(self.now, due)
        self.fired.append(self.definition.elements[wait.element].name)
        self.fired_at.append(self.now)
        self._let(Fired(at=self.now, wait=wait.id))
        return True

    def _send(self, name: str, payload: dict[str, Any]) -> bool:
        waits = self._awaited(name)
        if waits:
            self._let(Received(at=self._tick(), wait=waits[0].id, name=name, payload=payload))
        return bool(waits)

    def _awaited(self, name: str) -> list[Wait]:
        waits = self._waits(Subscription)
        return [w for w in waits if isinstance(w.effect, Subscription) and w.effect.name == name]

    def _waits(self, kind: type) -> list[Wait]:
        waits = sorted(self.instance.waits.values(), key=lambda wait: wait.id)
        return [wait for wait in waits if isinstance(wait.effect, kind)]

    def _tick(self) -> datetime:
        self.now += timedelta(milliseconds=100)
        return self.now
