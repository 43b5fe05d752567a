"""Bizagi's own .bpm file: a zip of diagrams, each a zip with an XPDL package in it."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import TypeVar

import msgspec

from mtd.core.process.drawing import Drawing, Flow, Node, Process
from mtd.core.process.readers import xpdl
from mtd.core.process.readers.words import label
from mtd.core.process.readers.xml import (
    SIZE_MAX_BYTES,
    Unreadable,
    children,
    local,
    parse,
    text_of,
)

MEMBERS_MAX = 4_096
"""Files in one zip."""
DIAGRAMS_MAX = 256
"""Diagrams in one file."""

Drawn = TypeVar("Drawn", Node, Flow)

_MAGIC = b"PK\x03\x04"
_ENTRY = b"PK\x01\x02"
_DIAGRAM = "Diagram.xml"
_VALUES = "ExtendedAttributeValues.xml"
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError)


def is_zip(content: bytes) -> bool:
    """True of what begins as a zip with something in it does."""
    return content.startswith(_MAGIC)


def read(content: bytes) -> Drawing:
    """The drawing of all diagrams in a .bpm file, or of one .diag file taken out of it.

    Raises Unreadable for what is no such zip, or unpacks to more than 32 MiB altogether.
    """
    unpacking = _Unpacking()
    drawings = [
        _diagram(members, name)
        for name, members in unpacking.diagrams(content)
        if _DIAGRAM in members
    ]
    if not drawings:
        raise Unreadable("the file is a zip without Bizagi diagrams")
    return _together(drawings)


class _Unpacking:
    """Takes files out of zips while what may still be unpacked lasts."""

    def __init__(self) -> None:
        self._left_bytes = SIZE_MAX_BYTES

    def diagrams(self, content: bytes) -> Iterator[tuple[str, dict[str, bytes]]]:
        """Name and wanted files of each diagram, one zip deep."""
        outer = self._files(content, (_DIAGRAM, _VALUES), ".diag")
        if _DIAGRAM in outer:
            yield _DIAGRAM, outer
        diagrams = {name: body for name, body in outer.items() if name.endswith(".diag")}
        if len(diagrams) > DIAGRAMS_MAX:
            raise Unreadable(f"the file has more than {DIAGRAMS_MAX} diagrams")
        for name, body in diagrams.items():
            yield name, self._files(body, (_DIAGRAM, _VALUES))

    def _files(self, content: bytes, wanted: tuple[str, ...], end: str = "/") -> dict[str, bytes]:
        """Files by path that are `wanted` or end so; the first of a path.

        Entries are counted before the directory is read, which would take memory for each.
        """
        if len(content) > SIZE_MAX_BYTES or content.count(_ENTRY) > MEMBERS_MAX:
            raise Unreadable(f"the zip is over {SIZE_MAX_BYTES:,} bytes or {MEMBERS_MAX} files")
        found: dict[str, bytes] = {}
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                for entry in archive.infolist():
                    path = entry.filename
                    if path not in found and (path in wanted or path.endswith(end)):
                        found[path] = self._unpacked(archive, entry)
        except _BROKEN as error:
            raise Unreadable(f"the zip is broken: {error}") from None
        return {path: body for path, body in found.items() if not path.endswith("/")}

    def _unpacked(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
        if entry.compress_type not in _METHODS:
            raise Unreadable("the zip is packed by a method that Bizagi does not use")
        with archive.open(entry) as packed:
            body = packed.read(self._left_bytes + 1)
        self._left_bytes -= len(body)
        if self._left_bytes < 0:
            raise Unreadable(f"the zip unpacks to more than {SIZE_MAX_BYTES:,} bytes")
        return body


def _diagram(members: dict[str, bytes], name: str) -> Drawing:
    try:
        root, oddities = parse(members[_DIAGRAM])
        values = _values(members[_VALUES]) if _VALUES in members else {}
    except Unreadable as refusal:
        reason = f"in the diagram {name}: {refusal.reason}"
        raise Unreadable(reason, refusal.line, refusal.element) from None
    if local(root) != "Package":
        raise Unreadable(f"the diagram {name} begins with {local(root)}, not Package", 1)
    drawing = xpdl.read(root, oddities)
    processes = tuple(_valued(process, values) for process in drawing.processes)
    return msgspec.structs.replace(drawing, processes=processes)


def _values(content: bytes) -> dict[str, dict[str, str]]:
    """Extended attributes by element id, then by name or, for want of one, their id."""
    found: dict[str, dict[str, str]] = {}
    root, _ = parse(content)
    for element in root.iter("{*}ElementAttributeValues"):
        own = found.setdefault(element.get("ElementId") or "", {})
        for value in (one for group in children(element, "Values") for one in group):
            parts = {local(part): text_of(part) for part in value}
            name = label(value.get("Name") or parts.get("Name") or value.get("Id"))
            text = parts.get("Content") or parts.get("DisplayValue") or value.get("Value")
            if name and text:
                own.setdefault(name, text)
    return found


def _valued(process: Process, values: dict[str, dict[str, str]]) -> Process:
    return msgspec.structs.replace(
        process,
        nodes=tuple(_with(node, values.get(node.id)) for node in process.nodes),
        flows=tuple(_with(flow, values.get(flow.id)) for flow in process.flows),
    )


def _with(one: Drawn, values: dict[str, str] | None) -> Drawn:
    if not values:
        return one
    return msgspec.structs.replace(one, attributes={**values, **one.attributes})


def _together(drawings: list[Drawing]) -> Drawing:
    """One drawing of several diagrams, in the order of the file."""
    first = drawings[0]
    return msgspec.structs.replace(
        first,
        source_format="bpm",
        name=first.name if len(drawings) == 1 else None,
        processes=tuple(one for drawing in drawings for one in drawing.processes),
        pools=tuple(one for drawing in drawings for one in drawing.pools),
        message_flows=tuple(one for drawing in drawings for one in drawing.message_flows),
        notes=tuple(one for drawing in drawings for one in drawing.notes),
    )
