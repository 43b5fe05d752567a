"""One of betsy's cases being played: what the scripts of its model do, under a virtual clock.

A script task whose text is a token writes it into the case's trace when it runs; SCRIPTS are the
texts that mean more (betsy's script transformation).
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from mtd.core.process.advance import DEADLOCK
from mtd.core.process.definition import Definition
from mtd.core.process.drawing import Drawing
from mtd.core.process.effect import Call
from mtd.core.process.outcome import Done, Refused
from mtd.core.process.rehearsing import Question, Rehearsal, Reply, Silence
from tests.conformance.betsy_cases import INTEGER

BEGAN = datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC)
WORKING = timedelta(seconds=10)
"""How long the scripts take that take time."""
ERROR_CODE = "ERR_CODE"
"""What THROW_ERROR throws."""
DATUM = "data"
WRITTEN = "String"
"""The value that SET_STRING_DATA writes into DATUM, and LOG_DATA looks for."""

STUCK = "ERROR_runtime"
UNCAUGHT = "ERROR_thrownErrorEvent"


class Play:
    """One case being played."""

    def __init__(self, drawing: Drawing, definitions: list[Definition]) -> None:
        self.tokens: list[str] = []
        self.marked = False
        self.working: dict[str, datetime] = {}
        self.rehearsal = Rehearsal(definitions, self.answer, BEGAN)
        nodes = (node for process in drawing.processes for node in process.nodes)
        self._scripts = {
            node.id: node.script for node in (*nodes, *drawing.global_tasks) if node.script
        }

    def answer(self, question: Question) -> Reply | Silence:
        """A script runs; messages are left to whoever sends them."""
        if not isinstance(question.wait.effect, Call):
            return Silence.NEVER
        script = self._scripts.get(question.element.id, "")
        if script in SCRIPTS:
            return SCRIPTS[script](self, question)
        self.tokens += [script] if script else []
        return Reply(Done())

    def trace(self) -> list[str]:
        """The tokens, with those that betsy makes of what else the scripts left behind."""
        begun = sorted(self.working.values())
        parallel = len(begun) > 1 and begun[1] - begun[0] < WORKING
        return [
            *self.tokens,
            *(["MARKER_exists"] if self.marked else []),
            *(["EXECUTION_parallel"] if parallel else []),
            *self._errors(),
        ]

    def _errors(self) -> Iterator[str]:
        """What the engine would tell betsy; to wait for ever is no error to it."""
        for id_, instance in self.rehearsal.instances.items():
            elements = self.rehearsal.definition(id_).elements
            for incident in instance.incidents.values():
                if incident.code == DEADLOCK:
                    continue
                element = elements.get(incident.element)
                thrown = element is not None and any(e.kind == "error" for e in element.events)
                yield UNCAUGHT if thrown else STUCK


def _nothing(play: Play, question: Question) -> Reply:
    return Reply(Done())


def _mark(play: Play, question: Question) -> Reply:
    play.marked = True
    return Reply(Done())


def _work(play: Play, question: Question) -> Reply:
    play.working[question.element.id] = play.rehearsal.now
    return Reply(Done(), after=WORKING)


def _wait(play: Play, question: Question) -> Reply:
    return Reply(Done(), after=WORKING)


def _throw(play: Play, question: Question) -> Reply:
    return Reply(Refused(ERROR_CODE, "THROW_ERROR"))


def _increment(play: Play, question: Question) -> Reply:
    return Reply(Done({INTEGER: int(question.variables[INTEGER]) + 1}))


def _increment_and_log(play: Play, question: Question) -> Reply:
    play.tokens.append("INCREMENT")
    return _increment(play, question)


def _write(play: Play, question: Question) -> Reply:
    return Reply(Done({DATUM: WRITTEN}))


def _look(play: Play, question: Question) -> Reply:
    if question.variables.get(DATUM) == WRITTEN:
        play.tokens.append("DATA_correct")
    return Reply(Done())


SCRIPTS: dict[str, Callable[[Play, Question], Reply]] = {
    "CREATE_LOG_FILE": _nothing,
    "CREATE_MARKER_FILE": _mark,
    "CREATE_TIMESTAMP_LOG_1": _work,
    "CREATE_TIMESTAMP_LOG_2": _work,
    "WAIT_TEN_SECONDS": _wait,
    "THROW_ERROR": _throw,
    "INCREMENT_INTEGER_VARIABLE": _increment,
    "INCREMENT_INTEGER_VARIABLE_AND_LOG": _increment_and_log,
    "SET_STRING_DATA": _write,
    "LOG_DATA": _look,
}
"""The scripts that do more than write their own text (betsy's script transformation)."""
