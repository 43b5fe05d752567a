"""Runs betsy's conformance cases on the engine, under a virtual clock, and compares the traces.

    python tests/conformance/betsy.py --cases FILE --models DIR [--json FILE]

A model runs unmodified; `betsy_play` says what its scripts do. All processes of a model are
deployed together and hear each other's messages and signals. Traces are compared as sorted lists,
as betsy does; tokens without their `SCRIPT_` and regardless of case. Without a delay in its case a
model runs until nothing more happens by itself. `betsy_cases` says how a file of cases is read.
The exit code is 1 when a case fails.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec

from mtd.core.process.binding import Bindings, ServiceBinding
from mtd.core.process.compiler import Surroundings, compile_drawing
from mtd.core.process.definition import Definition
from mtd.core.process.drawing import Drawing, Process
from mtd.core.process.readers import Unreadable, read

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.conformance.betsy_cases import BadCases, Case, folded, read_cases
from tests.conformance.betsy_play import BEGAN, Play
from tests.conformance.filling import CONNECTOR, filled

SCRIPT = "betsy.script"
SURROUNDINGS = Surroundings(connectors=frozenset({SCRIPT, CONNECTOR}))
WORK = frozenset({"service", "user", "lane", "rule"})
"""What a model may leave to its surroundings: who does a task. All else is drawn in it."""
REFUSED = "ERROR_deployment"
ANY_ERROR = "ERROR"
ASKED = frozenset({"MARKER_exists", "DATA_correct", "EXECUTION_parallel"})
"""What betsy looks for only where it is expected."""
ABSENT = "NOTHING_TO_RUN"
"""Expected of no case: its model or process is not there."""


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one case."""

    model: str
    case: str
    passed: bool
    expected: tuple[str, ...]
    found: tuple[str, ...]
    reason: str = ""


def results(cases: list[Case], models: Path) -> Iterator[Result]:
    """What comes of each case."""
    for case in cases:
        traced, why = _played(case, models)
        found = [token for token in traced if token not in ASKED or token in case.expected]
        wanted = [*case.expected, *([REFUSED] if case.refused else [])]
        passed = _same(wanted, found)
        hint = f"; not read: {', '.join(case.unread)}" if case.unread and not passed else ""
        yield Result(
            model=case.model,
            case=case.name,
            passed=passed,
            expected=tuple(sorted(wanted)),
            found=tuple(sorted(found)),
            reason="" if passed else f"{why}{hint}",
        )


def _same(wanted: list[str], found: list[str]) -> bool:
    """Whether the sorted lists are equal; a plain ERROR is any that the engine tells of."""
    if ANY_ERROR in wanted:
        found = [ANY_ERROR if token.startswith("ERROR_") else token for token in found]
    return sorted(map(_canonical, wanted)) == sorted(map(_canonical, found))


def _canonical(token: str) -> str:
    return folded(token).removeprefix("script").removesuffix("correct")


def _played(case: Case, models: Path) -> tuple[list[str], str]:
    """The trace, and in words what may have gone wrong."""
    path = _model(case.model, models)
    if path is None:
        return [ABSENT], f"there is no model {case.model} below {models}"
    try:
        drawing = read(path.read_bytes(), path.name)
    except Unreadable as error:
        return [REFUSED], str(error)
    wanted = case.process or path.stem
    definitions, faults = _definitions(drawing)
    if faults:
        return [REFUSED], "; ".join(faults)
    play = Play(drawing, definitions)
    names = [d.name for d in definitions]
    main = wanted if wanted in names else names[0]
    for name in (*case.before, main):
        if name not in names:
            return [ABSENT], f"there is no process {name!r} in {path.name}: {', '.join(names)}"
        play.rehearsal.start(name, case.variables)
    until = None if case.delay_ms is None else BEGAN + timedelta(milliseconds=case.delay_ms)
    ending = play.rehearsal.run(until)
    told = [i.message for one in play.rehearsal.instances.values() for i in one.incidents.values()]
    return play.trace(), "; ".join([ending.value, *told])


def _model(name: str, models: Path) -> Path | None:
    """The model below the folder: by its path, else by its name."""
    for candidate in (models / name, models / f"{name}.bpmn"):
        if candidate.is_file():
            return candidate
    end = name if name.endswith(".bpmn") else f"{name}.bpmn"
    return next(iter(sorted(models.rglob(Path(end).name))), None)


def _definitions(drawing: Drawing) -> tuple[list[Definition], list[str]]:
    """The processes that can run, named by their ids, or why one of them cannot."""
    definitions: list[Definition] = []
    faults: list[str] = []
    for process in drawing.processes:
        if not process.nodes:
            continue
        scripts = _scripts(drawing, process)
        bare = compile_drawing(drawing, scripts, SURROUNDINGS)
        given = filled([one for one in bare.labels if one.table in WORK], 0)
        services = {**given.service, **scripts.service}
        bindings = msgspec.structs.replace(
            given, process=process.id, name=process.id, service=services
        )
        made = compile_drawing(drawing, bindings, SURROUNDINGS)
        definitions += [made.definition] if made.definition is not None else []
        faults += [f"{f.element}: {f.message}" for f in made.faults if not f.warning]
    return definitions, faults or ([] if definitions else ["there is no process to run"])


def _scripts(drawing: Drawing, process: Process) -> Bindings:
    """Every script task, and global one, done here; so is an abstract task, which does nothing
    (BPMN 2.0.2 §13.3.3).
    """
    nodes = (node for one in drawing.processes for node in one.nodes)
    services = {
        node.id: ServiceBinding(connector=SCRIPT)
        for node in (*nodes, *drawing.global_tasks)
        if node.script or node.kind == "task"
    }
    return Bindings(process=process.id, service=services)


def report(found: list[Result]) -> str:
    """A line for each case that fails, and the sums by group of models."""
    lines = [
        f"{one.model} {one.case}: expected {', '.join(one.expected) or 'nothing'}; "
        f"found {', '.join(one.found) or 'nothing'} ({one.reason})"
        for one in found
        if not one.passed
    ]
    groups = Counter(Path(one.model).parent.name for one in found)
    passed = Counter(Path(one.model).parent.name for one in found if one.passed)
    lines += [f"{group or 'all'}: {passed[group]} of {groups[group]}" for group in sorted(groups)]
    lines.append(f"passed: {sum(passed.values())} of {len(found)} cases")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Play the cases and print what failed; 1 if anything did, 2 if the file cannot be read."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--cases", type=Path, required=True)
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args(arguments)
    try:
        cases = read_cases(given.cases)
    except (BadCases, OSError) as error:
        sys.stderr.write(f"betsy: {error}\n")
        return 2
    for key, count in Counter(key for case in cases for key in case.unread).items():
        sys.stderr.write(f"betsy: the key {key!r} is not known and not read ({count} cases)\n")
    found = list(results(cases, given.models))
    sys.stdout.write(report(found) + "\n")
    if given.json:
        rows: list[Any] = [msgspec.to_builtins(one) for one in found]
        given.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    return int(not all(one.passed for one in found))


if __name__ == "__main__":
    sys.exit(main())
