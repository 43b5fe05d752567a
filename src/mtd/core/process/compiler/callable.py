"""Callable: the processes and global tasks of a drawing, and which of them one process calls."""

from mtd.core.process.binding import Bindings
from mtd.core.process.citing import process_reference
from mtd.core.process.compiler.global_tasks import as_process
from mtd.core.process.drawing import Drawing, Process
from mtd.core.process.label import folded


def by_name(drawing: Drawing) -> dict[str, Process]:
    """What may be called, by name and by id."""
    found: dict[str, Process] = {}
    for process in drawing.processes:
        for key in (process.name or process.id, process.id):
            found[key] = process
    for task in drawing.global_tasks:
        for key in (task.id, task.name or task.id):
            found.setdefault(key, as_process(task))
    return found


def reached(drawing: Drawing, root: Process, bindings: Bindings) -> list[Process]:
    """`root`, what its call activities call in the same drawing, and what that calls in turn."""
    known = by_name(drawing)
    calls = {folded(label): binding for label, binding in bindings.call.items()}
    found = {root.id: root}
    waiting = [root]
    while waiting:
        for node in waiting.pop().nodes:
            if node.kind != "callActivity":
                continue
            keys = [folded(key) for key in (node.id, node.name) if key]
            binding = next((calls[key] for key in keys if key in calls), None)
            reference = process_reference(node, binding)
            called = known.get(reference.name) if reference is not None else None
            if called is not None and called.id not in found:
                found[called.id] = called
                waiting.append(called)
    return list(found.values())
