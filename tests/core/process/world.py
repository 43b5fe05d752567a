"""A world in memory: it runs an instance by answering what it waits for, under its own clock."""

from datetime import UTC, datetime, timedelta
from typing import Any

from mtd.core.process.advance import Moved, advance, born
from mtd.core.process.definition import Definition
from mtd.core.process.effect import Call, Listening, Subscription, Timer, UserTask
from mtd.core.process.instance import Instance, State, Wait
from mtd.core.process.journal import Entry, Put, fold
from mtd.core.process.outcome import Done, Failed, Outcome, Refused
from mtd.core.process.trigger import (
    Answered,
    Changed,
    Fired,
    Received,
    Retried,
    Start,
    Stopped,
    Submitted,
    Trigger,
)

BEGAN = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class World:
    """One instance and everything that happens to it."""

    def __init__(
        self, definition: Definition, begin: Start | None = None, **variables: Any
    ) -> None:
        self.definition = definition
        self.now = BEGAN
        self.instance: Instance = born("0", definition, "k")
        self.entries: list[Entry] = []
        self.moved: list[Moved] = []
        self.let(begin or Start(at=self.now, variables=variables))

    def let(self, trigger: Trigger) -> Moved:
        """`trigger` happens."""
        moved = advance(self.definition, self.instance, trigger)
        self.instance = moved.instance
        self.entries.append(moved.entry)
        self.moved.append(moved)
        return moved

    def at(self, element: str, kind: type[Any] | None = None) -> Wait:
        """The open wait of `element`; fails when there is none."""
        waits = [w for w in self.instance.waits.values() if w.element == element]
        if kind is not None:
            waits = [w for w in waits if isinstance(w.effect, kind)]
        assert waits, f"nothing waits at {element!r}: {self.waiting()}"
        return waits[0]

    def answer(self, element: str, outcome: Outcome | None = None, **outputs: Any) -> Moved:
        """The service of `element` answers, by default that it is done."""
        wait = self.at(element, Call)
        return self.let(Answered(at=self.now, wait=wait.id, outcome=outcome or Done(outputs)))

    def answer_wait(self, wait: Wait) -> Moved:
        """The service that this very wait is for is done."""
        return self.let(Answered(at=self.now, wait=wait.id, outcome=Done({})))

    def answer_all(self) -> list[str]:
        """Everything that is called is done, in turn; what was called."""
        called: list[str] = []
        while calls := [w for w in self.instance.waits.values() if isinstance(w.effect, Call)]:
            called.append(calls[0].element)
            self.answer(calls[0].element)
            self.check_fold()
        return called

    def refuse(self, element: str, code: str) -> Moved:
        """The service of `element` says no."""
        return self.answer(element, Refused(code, f"no: {code}"))

    def fail(self, element: str, times: int = 1) -> None:
        """The service of `element` fails technically, so many times."""
        for _ in range(times):
            self.answer(element, Failed("down"))

    def submit(self, element: str, **outputs: Any) -> Moved:
        """A person completes the task."""
        wait = self.at(element, UserTask)
        return self.let(Submitted(at=self.now, wait=wait.id, outputs=outputs, actor="ana"))

    def receive(self, element: str, **payload: Any) -> Moved:
        """The message that `element` awaits comes."""
        wait = self.at(element, Subscription)
        assert isinstance(wait.effect, Subscription)
        return self.let(Received(at=self.now, wait=wait.id, name=wait.effect.name, payload=payload))

    def hear(self, element: str, **payload: Any) -> Moved:
        """The signal that `element` listens to is thrown somewhere."""
        wait = self.at(element, Listening)
        assert isinstance(wait.effect, Listening)
        return self.let(Received(at=self.now, wait=wait.id, name=wait.effect.name, payload=payload))

    def pass_time(self, **time: float) -> None:
        """The clock goes forward; every timer due on the way fires in its turn."""
        until = self.now + timedelta(**time)
        while (wait := self._next_timer(until)) is not None:
            assert isinstance(wait.effect, Timer)
            self.now = max(self.now, wait.effect.due)
            self.let(Fired(at=self.now, wait=wait.id))
        self.now = until

    def retry(self, **variables: Any) -> Moved:
        """An operator retries everything that is stuck."""
        return self.let(Retried(at=self.now, variables=variables, actor="ana"))

    def change(self, **variables: Any) -> Moved:
        """An operator sets variables."""
        return self.let(Changed(at=self.now, variables=variables, actor="ana"))

    def stop(self) -> Moved:
        """An operator ends the instance."""
        return self.let(Stopped(at=self.now, actor="ana"))

    def waiting(self) -> list[str]:
        """The elements that wait for something, sorted."""
        return sorted(wait.element for wait in self.instance.waits.values())

    def visited(self) -> list[str]:
        """Every element at which a token stood, in order."""
        return [
            fact.token.at for moved in self.moved for fact in moved.facts if isinstance(fact, Put)
        ]

    @property
    def ended(self) -> bool:
        """Whether the instance is over."""
        return self.instance.state is not State.RUNNING

    def check_fold(self) -> None:
        """The fold of the journal, from the beginning and from every row, is the instance."""
        assert fold(born("0", self.definition, "k"), self.entries) == self.instance
        middle = len(self.entries) // 2
        assert fold(self.moved[middle].instance, self.entries[middle + 1 :]) == self.instance

    def _next_timer(self, until: datetime) -> Wait | None:
        timers = [
            (wait.effect.due, wait.id, wait)
            for wait in self.instance.waits.values()
            if isinstance(wait.effect, Timer) and wait.effect.due <= until
        ]
        return min(timers)[2] if timers else None
