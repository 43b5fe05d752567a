"""Deploys models of Camunda 7's engine tests, runs what needs no Java, and says what came of each.

    python tests/conformance/camunda7.py --models DIR [--json FILE]

Every process of every file below DIR is compiled, its tasks done by a connector or a person that
always says yes. Where it is refused, the reason tells whether that is right: a static rule of the
standard, an expression that calls Java, something that is drawn nowhere. Where it deploys, it
runs with variables that let its first conditions hold, until its end. The exit code is 1 when
something is refused for want of an element, or gets stuck without wanting data.
"""

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from mtd.core.process.binding import Bindings
from mtd.core.process.citing import LATEST, citing
from mtd.core.process.compiler import Compiled, Surroundings
from mtd.core.process.definition import Definition
from mtd.core.process.drawing import Drawing, Process
from mtd.core.process.effect import Call, Listening, Subscription, UserTask
from mtd.core.process.instance import State
from mtd.core.process.outcome import Done
from mtd.core.process.readers import Unreadable, read
from mtd.core.process.rehearsing import Question, Rehearsal, Reply, Silence
from mtd.core.process.rules import broken

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.conformance.filling import SURROUNDINGS, compiled

BEGAN = datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC)
SOON = timedelta(hours=1)
"""When a message or signal comes that the process awaits in its flow."""
ENDINGS = (".bpmn", ".bpmn2", ".bpmn20.xml")
BESIDE = frozenset({"boundaryEvent", "eventSubProcess"})
"""What may happen, and need not for the process to end."""
TOLD = {
    "NO_WAY_OUT": "wants data",
    "EXPRESSION_FAILED": "wants data",
    "KEY_UNKNOWN": "wants data",
    "TIMER_UNKNOWN": "wants data",
    "NO_COLLECTION": "wants data",
    "NO_CARDINALITY": "wants data",
    "DEADLOCK": "deadlock",
    "ENDLESS": "endless",
}
"""Incidents that are the drawing's own, or come of starting it without the data it decides on."""

JAVA = "code of another engine"
UNSUPPORTED = "is not supported"
MISSING = "nothing answers to it"
_COMPARED = re.compile(
    r"([A-Za-z_]\w*)\s*(==|>=|<=|>|<|eq)\s*('[^']*'|\"[^\"]*\"|-?\d+|true|false)"
)
_STEP = {">": 1, "<": -1}


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one process."""

    file: str
    process: str
    verdict: str
    """ended, waiting, wants data, uncaught, deadlock, endless, stuck;
    or refused: rule, java, expression, missing, unsupported, unread."""
    why: str = ""


WRONG = frozenset({"unsupported", "stuck"})
"""Verdicts that are the engine's fault."""


def results(folder: Path) -> Iterator[Result]:
    """What comes of each process below `folder`; those of other files may be called."""
    paths = sorted(p for p in folder.rglob("*") if p.name.endswith(ENDINGS))
    drawings = {path: _read(path) for path in paths}
    deployed = _deployed(one for one in drawings.values() if isinstance(one, Drawing))
    for path, drawing in drawings.items():
        name = str(path.relative_to(folder))
        if isinstance(drawing, str):
            yield Result(file=name, process="", verdict="unread", why=drawing)
            continue
        called = {reference.key for reference in citing(drawing, drawing.processes, Bindings())}
        known = {key: deployed[key] for key in called if key in deployed}
        around = msgspec.structs.replace(SURROUNDINGS, processes=known)
        for process in drawing.processes:
            if process.nodes:
                yield _process(name, drawing, process, around)


def _read(path: Path) -> Drawing | str:
    try:
        return read(path.read_bytes(), path.name)
    except Unreadable as error:
        return str(error)


def _deployed(drawings: Iterable[Drawing]) -> dict[str, Definition]:
    """What the processes of one file may call in others: those that need no other themselves."""
    definitions: dict[str, Definition] = {}
    for drawing in drawings:
        for process in drawing.processes:
            made = compiled(drawing, process.id, 0) if process.nodes else None
            if made is not None and made.definition is not None:
                for key in (process.id, f"{process.id}@{LATEST}"):
                    definitions.setdefault(key, made.definition)
    return definitions


def _process(file: str, drawing: Drawing, process: Process, around: Surroundings) -> Result:
    made = compiled(drawing, process.id, 0, around)
    if made.definition is None:
        verdict, why = _refusal(made, drawing, process)
        return Result(file=file, process=process.id, verdict=verdict, why=why)
    verdict, why = _run(made, process)
    return Result(file=file, process=process.id, verdict=verdict, why=why)


def _refusal(made: Compiled, drawing: Drawing, process: Process) -> tuple[str, str]:
    """The kind of the weightiest reason, and that reason."""
    reasons = [fault.message for fault in made.faults if not fault.warning]
    rules = {words for _, _, words in broken(drawing, process)}
    kinds = {
        "rule": [reason for reason in reasons if reason in rules],
        "java": [reason for reason in reasons if JAVA in reason],
        "unsupported": [reason for reason in reasons if UNSUPPORTED in reason],
        "missing": [reason for reason in reasons if MISSING in reason],
        "expression": reasons,
    }
    return next((kind, told[0]) for kind, told in kinds.items() if told)


def _run(made: Compiled, process: Process) -> tuple[str, str]:
    assert made.definition is not None
    rehearsal = Rehearsal([made.definition], _answer, BEGAN)
    rehearsal.start(made.definition.name, fitting(process), key="k")
    ending = rehearsal.run(BEGAN + timedelta(days=400))
    instance = rehearsal.instances["1"]
    incidents = list(instance.incidents.values())
    if instance.state is not State.RUNNING:
        return "ended", ""
    if incidents:
        first = incidents[0]
        thrower = made.definition.elements.get(first.element)
        if thrower is not None and any(event.kind == "error" for event in thrower.events):
            return "uncaught", first.message
        return TOLD.get(first.code, "stuck"), f"{first.code}: {first.message}"
    waits = sorted({wait.element for wait in instance.waits.values()})
    return ending.value, ", ".join(waits)


def _answer(question: Question) -> Reply | Silence:
    match question.wait.effect:
        case Call():
            return Reply(Done())
        case UserTask():
            return Reply({})
        case Subscription() | Listening() if question.element.kind not in BESIDE:
            return Reply({}, after=SOON)
        case _:
            return Silence.NEVER


def fitting(process: Process) -> dict[str, Any]:
    """Variables with which the first condition about each of them holds."""
    texts = [flow.condition or "" for flow in process.flows]
    texts += [event.expression or "" for node in process.nodes for event in node.events]
    variables: dict[str, Any] = {}
    for text in texts:
        for name, sign, literal in _COMPARED.findall(text):
            variables.setdefault(name, _value(sign, literal))
    for node in process.nodes:
        if node.loop is not None and node.loop.collection_in:
            variables.setdefault(node.loop.collection_in.strip("${} "), ["a", "b"])
        if node.loop is not None and (node.loop.cardinality or "").startswith("${"):
            variables.setdefault((node.loop.cardinality or "").strip("${} "), 2)
    return variables


def _value(sign: str, literal: str) -> Any:
    if literal in ("true", "false"):
        return literal == "true"
    if literal[0] in "'\"":
        return literal[1:-1]
    return int(literal) + _STEP.get(sign, 0)


def report(found: list[Result]) -> str:
    """A line for each process that did not end, and how many came to what."""
    lines = [
        f"{one.verdict:12} {one.file} {one.process}: {one.why}"
        for one in found
        if one.verdict != "ended"
    ]
    sums = Counter(one.verdict for one in found)
    lines += [f"{count:5} {verdict}" for verdict, count in sums.most_common()]
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Print what came of each; 1 if anything is the engine's fault, 2 if there is no model."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args(arguments)
    found = list(results(given.models))
    if not found:
        sys.stderr.write(f"camunda7: there are no models below {given.models}\n")
        return 2
    sys.stdout.write(report(found) + "\n")
    if given.json:
        rows: list[Any] = [msgspec.to_builtins(one) for one in found]
        given.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    return int(any(one.verdict in WRONG for one in found))


if __name__ == "__main__":
    sys.exit(main())
