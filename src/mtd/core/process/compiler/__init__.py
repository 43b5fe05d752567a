"""The compiler: a drawing and its bindings become a definition, or a list of what is missing."""

from collections.abc import Iterable

import msgspec

from mtd.core.process.binding import Bindings
from mtd.core.process.citing import Reference, citing
from mtd.core.process.compiler.answers import Answers, Fault, Label, Surroundings, shortened
from mtd.core.process.compiler.callable import by_name, reached
from mtd.core.process.compiler.compensation import Compensation
from mtd.core.process.compiler.events import Events
from mtd.core.process.compiler.expressions import Expressions
from mtd.core.process.compiler.meeting import met
from mtd.core.process.compiler.nodes import Nodes
from mtd.core.process.compiler.runnable import apart, chosen, named
from mtd.core.process.compiler.schedules import Schedules
from mtd.core.process.compiler.tasks import Tasks
from mtd.core.process.definition import Definition
from mtd.core.process.drawing import Drawing, Process
from mtd.core.process.linking import linked
from mtd.core.process.rules import broken

__all__ = [
    "Compiled",
    "Fault",
    "Label",
    "Surroundings",
    "apart",
    "chosen",
    "cited",
    "compile_drawing",
    "named",
]


DRAWN_MAX = 20_000
"""Nodes and flows of a process and of those in its drawing that it calls."""


class Compiled(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a drawing: every label accounted for, every fault, and what would run."""

    name: str
    definition: Definition | None
    """None while any fault is more than a warning."""
    labels: tuple[Label, ...]
    faults: tuple[Fault, ...]
    unused: tuple[str, ...] = ()
    """Bindings that answer to nothing in this process, in words: most likely misspelt labels,
    unless they answer to something in another process of the file."""


def compile_drawing(
    drawing: Drawing, bindings: Bindings, surroundings: Surroundings, version: int = 1
) -> Compiled:
    """The executable definition of the process in `drawing` that `bindings` name, or why not."""
    drawing = met(drawing, bindings)
    answers = Answers(bindings)
    expressions = Expressions(answers, surroundings)
    schedules = Schedules(answers, expressions, surroundings)
    events = Events(answers, expressions, schedules)
    tasks = Tasks(answers, expressions, schedules, surroundings)
    process = chosen(drawing, bindings)
    if process is None:
        wanted = f"named {bindings.process!r}" if bindings.process else "with anything in it"
        fault = Fault(element="", name="", line=0, message=f"there is no process {wanted}")
        return Compiled(name="", definition=None, labels=(), faults=(fault,))
    processes = {key: one.id for key, one in by_name(drawing).items()}
    processes.setdefault(named(process, bindings), process.id)
    parts = reached(drawing, process, bindings)
    if (crowded := _crowded(process, parts)) is not None:
        own_name = named(process, bindings)
        return Compiled(name=own_name, definition=None, labels=(), faults=(crowded,))
    own = {
        element.id: element
        for part in parts
        for element in Nodes(part, answers, expressions, events, tasks, processes).compile()
    }
    foreign = linked((*surroundings.processes.values(), *surroundings.former))
    elements = Compensation(own, foreign, parts, answers).tied()
    faults = (*_broken(drawing, process, parts), *answers.faults)
    name = named(process, bindings)
    definition = Definition(
        name=name,
        version=version,
        root=process.id,
        elements=elements,
        linked=frozenset(foreign),
    )
    runs = all(fault.warning for fault in faults)
    return Compiled(
        name=name,
        definition=definition if runs else None,
        labels=tuple(answers.labels),
        faults=faults,
        unused=tuple(answers.unused()),
    )


def cited(drawing: Drawing, bindings: Bindings) -> frozenset[Reference]:
    """Every table, and every process of another drawing, that the process so bound refers to."""
    process = chosen(drawing, bindings)
    parts = () if process is None else reached(drawing, process, bindings)
    return citing(drawing, parts, bindings)


def _crowded(process: Process, parts: Iterable[Process]) -> Fault | None:
    """What is drawn of the process and those that it calls, where that is too much to look at."""
    drawn = sum(len(part.nodes) + len(part.flows) for part in parts)
    if drawn <= DRAWN_MAX:
        return None
    message = (
        f"{drawn:,} nodes and flows are drawn here, and {DRAWN_MAX:,} are the most: "
        "deploy parts of it as processes of their own, and call them"
    )
    line = process.line or 0
    return Fault(element=process.id, name=process.name or "", line=line, message=message)


def _broken(drawing: Drawing, root: Process, parts: list[Process]) -> tuple[Fault, ...]:
    """The static rules that the drawing breaks, each breach once."""
    drawn = {process.id for process in drawing.processes}
    faults = [
        Fault(
            element=subject.id,
            name=subject.name or "",
            line=subject.line or 0,
            message=shortened(words),
            warning=rule.warns or (rule.harmless and root.executable is not True),
        )
        for part in parts
        if part.id in drawn
        for rule, subject, words in broken(drawing, part)
    ]
    return tuple(dict.fromkeys(faults))
