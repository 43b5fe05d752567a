"""Figures as people and programs read them: a table, and JSON."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from mtd.runtime.rehearsal.figures import Check, Figure, Report

_VERDICTS = {True: "[green]reached[/]", False: "[red]missed[/]", None: ""}


def report(title: str, found: Report, json: Path | None) -> None:
    """Print what a run measured and checked; write it to `json` too, if it is given."""
    console = Console(highlight=False)
    console.print(_table(title, found.figures))
    for check in found.checks:
        console.print(_line(check))
    if json is not None:
        json.write_bytes(msgspec.json.format(msgspec.json.encode(found)) + b"\n")


def _table(title: str, figures: Sequence[Figure]) -> Table:
    table = Table(title=title, box=None, title_justify="left", show_header=True)
    table.add_column("", no_wrap=True)
    table.add_column("measured", justify="right")
    table.add_column("")
    table.add_column("to reach", justify="right", no_wrap=True)
    table.add_column("")
    for figure in figures:
        verdict = _VERDICTS[figure.reached]
        table.add_row(figure.name, _number(figure.value), figure.unit, _wanted(figure), verdict)
    return table


def _line(check: Check) -> str:
    mark = "[green]holds[/]" if check.passed else "[red]FAILS[/]"
    return f" {mark}  {check.name}" + (f": {check.told}" if check.told else "")


def _wanted(figure: Figure) -> str:
    if figure.at_least is not None:
        return f"≥ {_number(figure.at_least)}"
    return "" if figure.at_most is None else f"≤ {_number(figure.at_most)}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.2f}"
