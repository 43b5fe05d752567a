"""Schedules: what a drawing or its bindings say of time, to when a timer fires or a task is due."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from mtd.core.process.binding import TimerBinding
from mtd.core.process.compiler.answers import Answers, Surroundings
from mtd.core.process.compiler.expressions import Expressions
from mtd.core.process.compiler.timing import Place, cycle, duration, is_literal, literal, timer
from mtd.core.process.definition import Evaluate, Event, Schedule
from mtd.core.process.drawing import EventDefinition, Node

Read = Callable[[str, Place], Any]
"""What a text says; ValueError where it says nothing."""
_WORDS = re.compile(r"[\w -]+")
"""What is no expression, unless it begins as one: a name, or what somebody meant to be a time."""


class Schedules:
    """Compiles timers and due times; what cannot be read is a fault, and no incident later."""

    def __init__(
        self, answers: Answers, expressions: Expressions, surroundings: Surroundings
    ) -> None:
        self._answers = answers
        self._expressions = expressions
        self._durations = surroundings.durations
        self._cycles = surroundings.cycles
        self._calendars = surroundings.calendars

    def timer(self, node: Node, drawn: EventDefinition) -> Event:
        """A timer event: its binding, else what is drawn; without either, a missing answer."""
        binding = self._answers.find("timer", TimerBinding, node.id, node.name)
        if binding is not None:
            schedule, missed = self._bound(node, binding), binding.missed
        else:
            schedule, missed = self._drawn(node, drawn.expression or ""), "one"
        if schedule is not None and node.kind == "startEvent" and node.parent is None:
            self._begins(node, schedule)
        return Event(kind="timer", schedule=schedule, missed=missed)

    def due(self, node: Node, text: str) -> Schedule:
        """By when work is to be done: a duration, named or written, a date, or FEEL after `=`."""
        if text.startswith("="):
            return self._rule(node, text[1:])
        return self._literal(node, self._durations.get(text, text), literal)

    def _drawn(self, node: Node, text: str) -> Schedule | None:
        text = text.strip()
        if not text:
            self._answers.missing(node, "timer")
            return None
        self._answers.answered(node, "timer", text)
        known = self._known(text)
        if known != text or is_literal(text) or _WORDS.fullmatch(text):
            return self._literal(node, known, literal)
        return self._when(self._expressions.drawn(node, text))

    def _begins(self, node: Node, schedule: Schedule) -> None:
        """A timer that begins the process: nobody has set a variable by then."""
        if schedule({}, _SOMEWHEN) is None and not self._answers.is_faulty(node):
            message = "it begins the process, so its time must be known without any variable"
            self._answers.fault(node, message)

    def _bound(self, node: Node, binding: TimerBinding) -> Schedule | None:
        given = [text for text in (binding.duration, binding.at, binding.cycle) if text]
        if len(given) != 1:
            self._answers.fault(node, "a timer has exactly one of duration, at and cycle")
            return None
        self._answers.answered(node, "timer", given[0])
        if binding.at is not None:
            return self._rule(node, binding.at)
        if binding.cycle is not None:
            return self._literal(node, self._known(binding.cycle), cycle)
        return self._literal(node, self._durations.get(given[0], given[0]), _duration)

    def _known(self, text: str) -> str:
        """`text` with the name in it resolved: `poll`, `R3/poll`, or a named cycle."""
        if text in self._cycles:
            return self._cycles[text]
        repeats, slash, every = text.rpartition("/")
        return f"{repeats}{slash}{self._durations.get(every, every)}"

    def _literal(self, node: Node, text: str, read: Read) -> Schedule:
        try:
            read(text, Place(self._calendars.zone, self._calendars.of({})))
        except ValueError as error:
            named = ", ".join(sorted({**self._durations, **self._cycles})) or "none"
            self._answers.fault(node, f"{error}; nor is it a name of the customer's ({named})")
        return lambda variables, now: timer(text, now, self._place(variables))

    def _rule(self, node: Node, text: str) -> Schedule:
        return self._when(self._expressions.rule(node, text))

    def _when(self, rule: Evaluate) -> Schedule:
        return lambda variables, now: timer(rule(variables, now), now, self._place(variables))

    def _place(self, variables: Mapping[str, Any]) -> Place:
        return Place(self._calendars.zone_of(variables), self._calendars.of(variables))


def _duration(text: str, place: Place) -> Any:
    return duration(text, place.calendar)


_SOMEWHEN = datetime(2026, 1, 1, tzinfo=UTC)
"""A moment to try a schedule at."""
