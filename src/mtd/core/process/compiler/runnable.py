"""Runnable: which processes of a drawing run, each as a definition of its own (BPMN 2.0.2 §10.2).

Each pool of a file that has something in it is a process with instances of its own; what they
have of each other are messages. Where some say `isExecutable`, the others only document; the
bindings may name those that run, as another's pool is often drawn with all that happens in it.
"""

import msgspec

from mtd.core.process.binding import Bindings
from mtd.core.process.drawing import Drawing, Process
from mtd.core.process.label import folded


def chosen(drawing: Drawing, bindings: Bindings) -> Process | None:
    """The first process that runs; None: there is none, or none that the bindings name."""
    wanted = bindings.processes
    if wanted:
        return _found(drawing, wanted[0])
    return next(iter(_executable(drawing)), None)


def apart(drawing: Drawing, bindings: Bindings) -> dict[str, Bindings]:
    """For each process that runs, by its definition's name, the bindings that name it alone.

    One that is wanted and not drawn is there, too, under the name by which it is wanted.
    """
    wanted = bindings.processes
    if wanted:
        running = {name: _found(drawing, name) for name in wanted}
    else:
        running = {process.id: process for process in _executable(drawing)}
    if len(running) < 2:
        process = next(iter(running.values()), None)
        return {} if process is None else {named(process, bindings): bindings}
    found: dict[str, Bindings] = {}
    for key, process in running.items():
        own = None if found else bindings.name
        name = own or (key if process is None else _unlike(process, found))
        id_ = key if process is None else process.id
        found[name] = msgspec.structs.replace(bindings, process=id_, name=name)
    return found


def named(process: Process, bindings: Bindings) -> str:
    """The name of the definition that comes of `process`."""
    return bindings.name or process.name or process.pool or process.id


def _executable(drawing: Drawing) -> list[Process]:
    """Processes with anything in them: those said to execute, else those not said not to, else all.

    Old exports of Bizagi say of every process that it does not execute.
    """
    drawn = [process for process in drawing.processes if process.nodes]
    said = [process for process in drawn if process.executable]
    unsaid = [process for process in drawn if process.executable is None]
    return said or unsaid or drawn


def _found(drawing: Drawing, wanted: str) -> Process | None:
    """The process of that id; else of that name, or in the pool of that name."""
    for process in drawing.processes:
        if process.id == wanted:
            return process
    for process in drawing.processes:
        names = (process.id, process.name, process.pool)
        if any(name and folded(name) == folded(wanted) for name in names):
            return process
    return None


def _unlike(process: Process, taken: dict[str, Bindings]) -> str:
    """A name that no other process of the file has: its own, its pool's, its id."""
    names = (process.name, process.pool, process.id)
    return next((name for name in names if name and name not in taken), process.id)
