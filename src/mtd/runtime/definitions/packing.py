"""Packing: the files of one deployment, from a folder or a request, each known by its name."""

from collections import deque
from collections.abc import Iterable
from pathlib import Path, PurePath

import msgspec

from mtd.core.process.binding import Refusal, read_bindings
from mtd.core.process.citing import table_reference

DRAWINGS = frozenset({".bpmn", ".bpmn2", ".bpm", ".xpdl", ".xml"})
"""Eclipse's modeller and jBPM save BPMN as `.bpmn2`."""
BINDINGS = ".toml"
TABLES = ".dmn"
FORMS = ".json"
FORMS_FOLDER = "forms"
"""Where the forms lie that bindings name, beside the drawing."""
FILES_MAX = 200
"""Files of one deployment."""


class File(msgspec.Struct, frozen=True):
    """A file that is to be deployed."""

    name: str
    """Without its folders: bindings bear the drawing's name, and drawings name tables by theirs."""
    content: bytes

    @property
    def ending(self) -> str:
        """As `.bpmn`."""
        return PurePath(self.name).suffix.lower()

    @property
    def stem(self) -> str:
        """The name without its ending."""
        return PurePath(self.name).stem


def packed(paths: Iterable[Path]) -> list[File]:
    """The files at `paths`, and what stands beside them that they need.

    Of a drawing, the bindings of its name; of bindings, the tables, forms and drawings that they
    name. Raises OSError.
    """
    found: dict[str, File] = {}
    waiting = deque(paths)
    while waiting:
        path = waiting.popleft()
        _pack(found, path)
        if path.suffix.lower() in DRAWINGS and (toml := path.with_suffix(BINDINGS)).is_file():
            _pack(found, toml)
            beside = [one for one in _named(path, found[toml.name].content) if one.is_file()]
            waiting.extend(one for one in beside if one.name not in found)
    return list(found.values())


def tables_named(bindings: bytes) -> list[str]:
    """The files of tables that `bindings` name; none, where they cannot be read."""
    try:
        read = read_bindings(bindings)
    except Refusal:
        return []
    uses = (*read.rule.values(), *read.decision.values())
    tables = {use.table for use in uses if use.table is not None}
    return sorted({table_reference(table, "").name for table in tables})


def forms_named(bindings: bytes) -> list[str]:
    """The forms that `bindings` name; none, where they cannot be read."""
    try:
        read = read_bindings(bindings)
    except Refusal:
        return []
    return sorted({use.form for use in read.user.values() if use.form is not None})


def calls_named(bindings: bytes) -> list[str]:
    """The processes that `bindings` call; none, where they cannot be read."""
    try:
        read = read_bindings(bindings)
    except Refusal:
        return []
    return sorted({call.process for call in read.call.values()})


def _named(drawing: Path, bindings: bytes) -> list[Path]:
    """Where what the bindings of `drawing` name would stand."""
    folder = drawing.parent
    return [
        *(folder / table for table in tables_named(bindings)),
        *(folder / FORMS_FOLDER / f"{form}{FORMS}" for form in forms_named(bindings)),
        *(folder / f"{process}{drawing.suffix}" for process in calls_named(bindings)),
    ]


def _pack(found: dict[str, File], path: Path) -> None:
    if path.name not in found:
        found[path.name] = File(path.name, path.read_bytes())
