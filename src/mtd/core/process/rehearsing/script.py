"""A script: the answers that a file gives in a rehearsal, by label, element id or name."""

import tomllib
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import msgspec

from mtd.core.process.compiler.timing import duration
from mtd.core.process.effect import Call, Effect, Listening, Subscription, UserTask
from mtd.core.process.label import folded
from mtd.core.process.outcome import Done, Failed, Outcome, Refused, Unknown
from mtd.core.process.recording import plain
from mtd.core.process.rehearsing.asking import Question, Reply, Silence


class BadScript(Exception):
    """An answers file that cannot be read: the message names the table and the key."""


class Line(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One answer; at most one of `refuse`, `fail`, `unknown` and `never`."""

    outputs: dict[str, Any] = {}
    """Of a service or a user task that is done; a message's or a signal's content."""
    refuse: str | None = None
    """A service says no, with this BPMN error code."""
    fail: str | None = None
    """A service fails technically, for this reason; the next attempt is asked for again."""
    unknown: str | None = None
    """Nobody knows whether a service took effect."""
    never: bool = False
    """No answer comes, and time passes."""
    after: str = ""
    """ISO 8601: how long it takes."""

    def reply(self) -> Reply | Silence:
        """What is answered. Raises ValueError for an `after` that is no fixed duration."""
        if self.never:
            return Silence.NEVER
        wait = duration(self.after) if self.after else timedelta()
        if not isinstance(wait, timedelta):
            raise ValueError(f"after = {self.after!r}: months are of no fixed length")
        return Reply(self._what(), wait)

    def _what(self) -> Outcome | dict[str, Any]:
        outputs: dict[str, Any] = plain(self.outputs)
        if self.refuse is not None:
            return Refused(self.refuse, f"refused: {self.refuse}", outputs)
        if self.fail is not None:
            return Failed(self.fail)
        if self.unknown is not None:
            return Unknown(self.unknown)
        return outputs

    def problem(self, table: str) -> str | None:
        """What is wrong with it, in words."""
        said = [word for word in (self.refuse, self.fail, self.unknown) if word is not None]
        if said and table != "service":
            return "cannot refuse, fail or be unknown: only a service does"
        if len(said) + self.never > 1:
            return "says more than one of refuse, fail, unknown and never"
        try:
            self.reply()
        except ValueError as error:
            return str(error)
        return None


class Script:
    """Answers in the order in which they are given; the last one of a label stays for good."""

    def __init__(
        self, lines: dict[str, dict[str, list[Line]]], *, services_done: bool = False
    ) -> None:
        self._lines = {
            table: {folded(label): given for label, given in labels.items()}
            for table, labels in lines.items()
        }
        self._services_done = services_done
        """A service of which nothing is said is done, with no outputs."""

    def __call__(self, question: Question) -> Reply | Silence:
        """What the file says to `question`."""
        effect = question.wait.effect
        for key in _keys(question):
            given = self._lines.get(table_of(effect), {}).get(folded(key))
            if given:
                return _fitting(effect, given[min(question.times, len(given) - 1)].reply())
        if isinstance(effect, Call):
            return Reply(Done()) if self._services_done else Silence.MISSING
        return Silence.MISSING


def read_script(content: bytes, *, services_done: bool = False) -> Script:
    """The script in an answers file (TOML). Raises BadScript."""
    try:
        tables = tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadScript(str(error)) from error
    if unknown := sorted(tables.keys() - set(TABLES)):
        raise BadScript(f"[{unknown[0]}] is none of {', '.join(TABLES)}")
    lines = {
        table: {label: _read(table, label, given) for label, given in dict(labels).items()}
        for table, labels in tables.items()
    }
    return Script(lines, services_done=services_done)


def table_of(effect: Effect) -> str:
    """The table of the answers file in which an answer to `effect` belongs."""
    match effect:
        case Call():
            return "service"
        case UserTask():
            return "user"
        case Listening():
            return "signal"
        case _:
            return "message"


def _read(table: str, label: str, given: Any) -> list[Line]:
    where = f'[{table}."{label}"]'
    try:
        lines = msgspec.convert(given if isinstance(given, list) else [given], list[Line])
    except msgspec.ValidationError as error:
        raise BadScript(f"{where}: {error}") from error
    for line in lines:
        if (problem := line.problem(table)) is not None:
            raise BadScript(f"{where} {problem}")
    return lines


def _keys(question: Question) -> Iterable[str]:
    """The names by which an answer may be given, the nearest first."""
    yield question.element.id
    yield question.element.name
    match question.wait.effect:
        case Call(service=service):
            yield service
        case Subscription(name=name) | Listening(name=name):
            yield name
        case _:
            return


def _fitting(effect: Effect, reply: Reply | Silence) -> Reply | Silence:
    """A service is done where others only give something."""
    if isinstance(effect, Call) and isinstance(reply, Reply) and isinstance(reply.what, dict):
        return Reply(Done(reply.what), reply.after)
    return reply


TABLES = ("service", "user", "message", "signal")
"""The tables of an answers file."""
