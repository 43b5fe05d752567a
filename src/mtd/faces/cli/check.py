"""`mtd check FILE`: what answers to each label of a drawing, and what is missing."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import Parameter
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from mtd.core.process.compiler import Compiled
from mtd.core.process.compiler.skeleton import skeleton
from mtd.faces.cli.faults import located, show_faults
from mtd.faces.cli.starting import settings_of
from mtd.runtime.app import surroundings
from mtd.runtime.definitions.inspecting import Inspected, inspected
from mtd.runtime.definitions.packing import packed
from mtd.runtime.definitions.shelf import Nothing
from mtd.runtime.settings.settings import BadSettings


def check(
    file: Path,
    *,
    json: Annotated[bool, Parameter(help="Everything, for machines.")] = False,
    skeleton: Annotated[
        bool, Parameter(name="--skeleton", help="Write the missing bindings beside the drawing.")
    ] = False,
    customer: Annotated[str, Parameter(help="Whose durations and retries it uses.")] = "default",
) -> int:
    """Read a .bpmn, .bpm or .xpdl and say whether it would run; exit code 1 when it would not."""
    try:
        around = surroundings(settings_of(customer))
        found = asyncio.run(inspected(packed([file]), (), Nothing(), around))
    except (OSError, BadSettings) as error:
        print(f"mtd check: {file}: {error}", file=sys.stderr)
        return 1
    drawn = [flow.name for flow in found.flows if flow.file.name == file.name]
    compiled = [found.compiled[name] for name in drawn if name in found.compiled]
    if not compiled:
        for fault in found.faults:
            print(f"mtd check: {located(fault)}", file=sys.stderr)
        return 1
    if skeleton:
        _write_skeleton(file, compiled)
    if json:
        print(_as_json(found, compiled))
    else:
        _show(found, compiled)
    return 0 if found.runs else 1


def _write_skeleton(file: Path, compiled: Sequence[Compiled]) -> None:
    """Add what is missing at the end of the bindings file."""
    path = file.with_suffix(".toml")
    before = path.read_text(encoding="utf-8") if path.is_file() else ""
    missing = skeleton(label for one in compiled for label in one.labels)
    if missing:
        path.write_text(f"{before}\n{missing}" if before else missing, encoding="utf-8")
        print(f"written: {path}", file=sys.stderr)


def _as_json(found: Inspected, compiled: Sequence[Compiled]) -> str:
    drawing = found.flows[0].drawing
    report = {
        "format": drawing.source_format,
        "runs": found.runs,
        "processes": [{"name": one.name, "labels": one.labels} for one in compiled],
        "faults": found.faults,
        "notes": drawing.notes,
    }
    return msgspec.json.format(msgspec.json.encode(report)).decode()


def _show(found: Inspected, compiled: Sequence[Compiled]) -> None:
    console = Console()
    flow = found.flows[0]
    drawing = flow.drawing
    names = ", ".join(escape(one.name) for one in compiled)
    console.print(f"[bold]{flow.file.name}[/], read as {drawing.source_format}: {names}")
    for one in compiled:
        if len(compiled) > 1:
            console.print(f"\n[bold]{escape(one.name)}[/]")
        console.print(_labels(one))
    for note in drawing.notes:
        about = escape(f"{note.name or note.element or ''} {note.text}")
        console.print(f"[dim]line {note.line}: {about}[/]", highlight=False)
    show_faults(console, found.faults)
    console.print("[green]It would run.[/]" if found.runs else "[red]It would not run.[/]")


def _labels(compiled: Compiled) -> Table:
    """What answers to each label of a process."""
    table = Table("line", "element", "label", "answered by", box=None)
    for label in compiled.labels:
        nearest = f" — the nearest: {', '.join(label.nearest)}" if label.nearest else ""
        answer = escape(label.answer or "") or f"[red]nothing in \\[{label.table}][/]{nearest}"
        name = escape(label.name or label.element)
        table.add_row(str(label.line or ""), label.kind, name, answer)
    return table
