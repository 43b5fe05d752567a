"""Drawings of our own, and where to find a node in one."""

from pathlib import Path

from mtd.core.process.drawing import Drawing, Flow, Node, Process
from mtd.core.process.readers import read

FOLDER = Path(__file__).parents[3] / "drawings"


def drawn(name: str) -> Drawing:
    """A drawing of the folder `tests/drawings`."""
    return read((FOLDER / name).read_bytes(), name)


def node(drawing: Drawing, own: str) -> Node:
    """The node of this id, whatever its process."""
    return next(one for process in drawing.processes for one in process.nodes if one.id == own)


def flow(process: Process, own: str) -> Flow:
    """The flow of this id."""
    return next(one for one in process.flows if one.id == own)


def noted(drawing: Drawing, own: str | None) -> list[str]:
    """What is noted of the element of this id."""
    return [note.text for note in drawing.notes if note.element == own]
