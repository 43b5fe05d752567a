"""Citing: what a drawing uses that is deployed apart from it, and in which version.

`deployment`, the usual: the version that was the latest when the drawing was deployed; it never
changes for the drawing's instances. `latest`: the one that is the latest when a token comes there.
`tag:NAME`: the latest that bears this tag. A number: that version.
"""

from collections.abc import Iterable, Iterator

import msgspec

from mtd.core.process.binding import Bindings, CallBinding
from mtd.core.process.drawing import Drawing, Node, Process
from mtd.core.process.label import folded

DEPLOYMENT = "deployment"
LATEST = "latest"
TAG = "tag:"


class Reference(msgspec.Struct, frozen=True, order=True):
    """A table's file, or a called process that is not of the same drawing, in some version."""

    kind: str
    """`table` or `process`."""
    name: str
    version: str = DEPLOYMENT

    @property
    def is_late(self) -> bool:
        """Whether what it means may change while instances run."""
        return self.version == LATEST or self.version.startswith(TAG)

    @property
    def key(self) -> str:
        """How the compiler's surroundings know it: the name, and the version unless usual."""
        return self.name if self.version == DEPLOYMENT else f"{self.name}@{self.version}"

    def problem(self) -> str | None:
        """What is wrong with the wanted version, in words."""
        named = self.version.startswith(TAG) and self.version != TAG
        if self.version in (DEPLOYMENT, LATEST) or named or self.version.isdecimal():
            return None
        return f"version {self.version!r} is none of deployment, latest, tag:NAME and a number"


def table_reference(table: str, version: str) -> Reference:
    """What `file.dmn#Decision` in this version refers to: the file."""
    return Reference("table", table.partition("#")[0], version)


def process_reference(node: Node, binding: CallBinding | None) -> Reference | None:
    """The process that a call activity names: by its binding, else as drawn; None: it names none.

    Vendor attributes may say the version: `called_binding` and `called_version` of the drawing.
    """
    if binding is not None:
        return Reference("process", binding.process, binding.version)
    if not node.called_element:
        return None
    match node.called_binding, node.called_version:
        case ("latest", _):
            version = LATEST
        case ("version", str() as number):
            version = number
        case ("versionTag", str() as tag):
            version = f"{TAG}{tag}"
        case _:
            version = DEPLOYMENT
    return Reference("process", node.called_element, version)


def citing(drawing: Drawing, parts: Iterable[Process], bindings: Bindings) -> frozenset[Reference]:
    """Every table that `bindings` name, and what `parts` of `drawing` call that is not in it."""
    return frozenset((*_tables(bindings), *_processes(drawing, parts, bindings)))


def _tables(bindings: Bindings) -> Iterator[Reference]:
    for binding in (*bindings.rule.values(), *bindings.decision.values()):
        if binding.table is not None:
            yield table_reference(binding.table, binding.version)


def _processes(
    drawing: Drawing, parts: Iterable[Process], bindings: Bindings
) -> Iterator[Reference]:
    own = {bindings.name, *_names(drawing)}
    calls = {folded(label): binding for label, binding in bindings.call.items()}
    for node in _call_activities(parts):
        keys = (folded(key) for key in (node.id, node.name) if key)
        binding = next((calls[key] for key in keys if key in calls), None)
        reference = process_reference(node, binding)
        if reference is not None and reference.name not in own:
            yield reference


def _call_activities(parts: Iterable[Process]) -> Iterator[Node]:
    for process in parts:
        yield from (node for node in process.nodes if node.kind == "callActivity")


def _names(drawing: Drawing) -> Iterable[str]:
    for one in (*drawing.processes, *drawing.global_tasks):
        yield one.id
        if one.name:
            yield one.name
