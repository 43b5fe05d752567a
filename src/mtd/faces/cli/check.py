"""`mtd check FILE`: what answers to each label of a drawing, and what is missing."""

import sys
from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import Parameter
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from mtd.core.decision import DmnError
from mtd.core.process.binding import Refusal
from mtd.core.process.compiler import Compiled
from mtd.core.process.compiler.skeleton import skeleton
from mtd.core.process.drawing import Drawing
from mtd.core.process.readers import Unreadable, read
from mtd.faces.cli.starting import settings_of
from mtd.runtime.app import surroundings
from mtd.runtime.library import beside, compiled_source
from mtd.runtime.settings import BadSettings


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
        source = beside(file)
        drawing = read(source.drawing, file.name)
        compiled = compiled_source(source, surroundings(settings_of(customer)))
    except (OSError, Unreadable, Refusal, DmnError, BadSettings) as error:
        print(f"mtd check: {file}: {error}", file=sys.stderr)
        return 1
    if skeleton:
        _write_skeleton(file, compiled)
    if json:
        print(_as_json(drawing, compiled))
    else:
        _show(file, drawing, compiled)
    return 0 if compiled.definition is not None else 1


def _write_skeleton(file: Path, compiled: Compiled) -> None:
    """Add what is missing at the end of the bindings file."""
    path = file.with_suffix(".toml")
    before = path.read_text(encoding="utf-8") if path.is_file() else ""
    missing = skeleton(compiled.labels)
    if missing:
        path.write_text(f"{before}\n{missing}" if before else missing, encoding="utf-8")
        print(f"written: {path}", file=sys.stderr)


def _as_json(drawing: Drawing, compiled: Compiled) -> str:
    report = {
        "name": compiled.name,
        "format": drawing.source_format,
        "runs": compiled.definition is not None,
        "labels": compiled.labels,
        "faults": compiled.faults,
        "notes": drawing.notes,
    }
    return msgspec.json.format(msgspec.json.encode(report)).decode()


def _show(file: Path, drawing: Drawing, compiled: Compiled) -> None:
    console = Console()
    console.print(f"[bold]{file.name}[/], read as {drawing.source_format}: {compiled.name}")
    table = Table("line", "element", "label", "answered by", box=None)
    for label in compiled.labels:
        nearest = f" — the nearest: {', '.join(label.nearest)}" if label.nearest else ""
        answer = escape(label.answer or "") or f"[red]nothing in \\[{label.table}][/]{nearest}"
        name = escape(label.name or label.element)
        table.add_row(str(label.line or ""), label.kind, name, answer)
    console.print(table)
    for note in drawing.notes:
        about = escape(f"{note.name or note.element or ''} {note.text}")
        console.print(f"[dim]line {note.line}: {about}[/]", highlight=False)
    for fault in compiled.faults:
        colour = "yellow" if fault.warning else "red"
        where = " ".join(filter(None, (fault.name, fault.element)))
        words = escape(f"{where}: {fault.message}")
        console.print(f"[{colour}]line {fault.line}[/] {words}", highlight=False)
    runs = compiled.definition is not None
    console.print("[green]It would run.[/]" if runs else "[red]It would not run.[/]")
