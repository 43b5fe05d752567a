"""Figures as people and programs read them: a table, and JSON."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from mtd.runtime.rehearsal.figures import Figure

_VERDICTS = {True: "[green]reached[/]", False: "[red]missed[/]", None: ""}


def show(title: str, figures: Sequence[Figure], json: Path | None) -> None:
    """Print `figures`; write them to `json` too, if it is given."""
    table = Table("", "measured", "", "to reach", "", title=title, box=None, title_justify="left")
    for name in ("measured", "to reach"):
        next(column for column in table.columns if column.header == name).justify = "right"
    for figure in figures:
        verdict = _VERDICTS[figure.reached]
        table.add_row(figure.name, _number(figure.value), figure.unit, _wanted(figure), verdict)
    Console(highlight=False).print(table)
    if json is not None:
        json.write_bytes(msgspec.json.format(msgspec.json.encode(figures)) + b"\n")


def _wanted(figure: Figure) -> str:
    if figure.at_least is not None:
        return f"≥ {_number(figure.at_least)}"
    return "" if figure.at_most is None else f"≤ {_number(figure.at_most)}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.2f}"
