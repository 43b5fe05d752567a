"""`mtd trace FILE`: try a drawing in memory, under a clock that jumps, and see what it does."""

import asyncio
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import msgspec
from cyclopts import Parameter
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from mtd.core.process.definition import Definition, Element
from mtd.core.process.rehearsing import Ending, Rehearsal
from mtd.core.process.rehearsing.script import BadScript, Script, read_script
from mtd.faces.cli.faults import show_faults
from mtd.faces.cli.starting import settings_of
from mtd.runtime.app import surroundings
from mtd.runtime.definitions.inspecting import inspected
from mtd.runtime.definitions.packing import packed
from mtd.runtime.definitions.shelf import Nothing
from mtd.runtime.operations.tracing import Standing, Step, Traced, traced
from mtd.runtime.settings.settings import BadSettings

MONDAY = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
"""When a trace begins unless told otherwise: the same trace always looks the same."""
_JSON = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal)


class _Wrong(Exception):
    """An argument that cannot be used, in words."""


def trace(
    file: Path,
    *also: Path,
    input: Annotated[  # noqa: A002 the option's name
        str, Parameter(help="The process's variables: JSON, or a file of it.")
    ] = "{}",
    answers: Annotated[Path | None, Parameter(help="What services, people and others say.")] = None,
    done: Annotated[bool, Parameter(help="A service of which nothing is said is done.")] = False,
    process: Annotated[
        list[str] | None,
        Parameter(help="What begins, of several: else the first that does so by itself."),
    ] = None,
    key: Annotated[str, Parameter(help="The business key.")] = "TRACE-1",
    at: Annotated[datetime, Parameter(help="When it begins.")] = MONDAY,
    json: Annotated[bool, Parameter(help="Everything, for machines.")] = False,
    customer: Annotated[str, Parameter(help="Whose durations and retries it uses.")] = "default",
) -> int:
    """Run a drawing in memory: nothing is called, stored or sent.

    Time jumps to whatever is due next. Other pools of the drawing, and drawings given beside it,
    are there to be called, and to hear its messages. Exit code 1 when it would not run, or an
    answer is missing.
    """
    try:
        around = surroundings(settings_of(customer))
        found = asyncio.run(inspected(packed([file, *also]), (), Nothing(), around))
        variables = _variables(input)
        script = _script(answers, done)
    except (OSError, BadSettings, BadScript, _Wrong) as error:
        print(f"mtd trace: {error}", file=sys.stderr)
        return 1
    if not found.runs or not found.flows:
        show_faults(Console(stderr=True), [f for f in found.faults if not f.warning])
        return 1
    began = at if at.tzinfo else at.replace(tzinfo=UTC)
    definitions = [one.definition for one in found.compiled.values() if one.definition is not None]
    known = [definition.name for definition in definitions]
    if unknown := [name for name in process or () if name not in known]:
        print(f"mtd trace: there is no {unknown[0]!r}, but {', '.join(known)}", file=sys.stderr)
        return 1
    rehearsal = Rehearsal(definitions, script, began)
    for name in process or [_first(definitions)]:
        rehearsal.start(name, variables, key)
    report = traced(rehearsal, rehearsal.run(), began)
    if json:
        print(msgspec.json.format(_encoded(report)).decode())
    else:
        _show(report)
    return 1 if report.missing or report.ending == Ending.ENDLESS.value else 0


def _first(definitions: Sequence[Definition]) -> str:
    """The first that begins by itself, and not by what another one sends."""
    begins = (one.name for one in definitions if not all(map(_is_triggered, _starts(one))))
    return next(begins, definitions[0].name)


def _starts(definition: Definition) -> list[Element]:
    return [definition.elements[id_] for id_ in definition.elements[definition.root].starts]


def _is_triggered(element: Element) -> bool:
    return element.instantiating or bool(element.events)


def _variables(given: str) -> dict[str, Any]:
    text = given if given.lstrip().startswith("{") else Path(given).read_text(encoding="utf-8")
    try:
        return _JSON.decode(text)
    except msgspec.MsgspecError as error:
        raise _Wrong(f"--input is no JSON object: {error}") from error


def _script(path: Path | None, done: bool) -> Script:
    content = path.read_bytes() if path is not None else b""
    try:
        return read_script(content, services_done=done)
    except BadScript as error:
        raise BadScript(f"{path}: {error}") from error


def _encoded(report: Traced) -> bytes:
    return msgspec.json.Encoder(decimal_format="number").encode(report)


def _show(report: Traced) -> None:
    console = Console()
    several = len(report.instances) > 1
    table = Table(box=None, header_style="bold")
    for title in ("after", *(["instance"] if several else []), "what", "path", "and"):
        table.add_column(title, overflow="fold")
    began = report.steps[0].at
    for step in report.steps:
        which = [step.instance] if several else []
        words = (_elapsed(step.at - began), *which, escape(step.happened))
        table.add_row(*words, escape(" → ".join(step.path)), _and(step))
    console.print(table)
    for standing in report.instances:
        _show_standing(console, standing)
    for missing in report.missing:
        console.print(f"\n[red]Nobody answers[/] {escape(missing.name)}: {escape(missing.asks)}")
        console.print("Write into the file of [bold]--answers[/], for example:")
        console.print(escape(missing.answer), style="cyan", highlight=False)
    if report.ending == Ending.WAITING.value and not report.missing:
        words = 'What is awaited may come by --answers: [message."Its name"], outputs and after.'
        console.print(f"\n[dim]{escape(words)}[/]", highlight=False)
    if report.ending == Ending.ENDLESS.value:
        console.print("[red]It goes round without end.[/]")


def _and(step: Step) -> str:
    """What else followed: variables, waits, notes."""
    lines = [f"{name} = {_short(value)}" for name, value in step.variables.items()]
    lines += [f"⏳ {one}" for one in step.awaits]
    lines = [escape(line) for line in (*lines, *step.notes)]
    return "\n".join(f"[red]{line}[/]" if line.startswith("incident") else line for line in lines)


def _show_standing(console: Console, one: Standing) -> None:
    colour = {"COMPLETED": "green", "RUNNING": "yellow"}.get(one.state, "red")
    title = f"{one.definition} {one.key}".strip()
    console.print(f"\n[bold]{escape(title)}[/] [{colour}]{one.state}[/]")
    for name, value in one.variables.items():
        console.print(f"  {escape(name)} = {escape(_short(value))}", highlight=False)
    for line in one.awaits:
        console.print(f"  ⏳ {escape(line)}", highlight=False)
    for line in one.incidents:
        console.print(f"  [red]{escape(line)}[/]", highlight=False)


SHOWN_MAX = 60
"""Characters of a value in the table; `--json` has all of it."""


def _short(value: Any) -> str:
    text = msgspec.json.Encoder(decimal_format="number").encode(value).decode()
    return text if len(text) <= SHOWN_MAX else f"{text[:SHOWN_MAX]}…"


def _elapsed(time: Any) -> str:
    """As `2d 01:30:00`."""
    hours, rest = divmod(time.seconds, 3600)
    days = f"{time.days}d " if time.days else ""
    return f"{days}{hours:02}:{rest // 60:02}:{rest % 60:02}"
