"""Faults: what is wrong with a drawing, or dangerous in it, as the command line says it."""

from collections.abc import Iterable

from rich.console import Console
from rich.markup import escape

from mtd.runtime.definitions.flows import Fault


def located(fault: Fault) -> str:
    """One fault in a line: file, line, element, what."""
    where = f"{fault.file}:{fault.line}" if fault.line else fault.file
    whom = " ".join(filter(None, (fault.name, fault.element)))
    return ": ".join(filter(None, (where, whom, fault.message)))


def show_faults(console: Console, faults: Iterable[Fault]) -> None:
    """Every fault, those that forbid it to run first."""
    for fault in sorted(faults, key=lambda fault: (fault.warning, fault.file, fault.line)):
        colour = "yellow" if fault.warning else "red"
        console.print(f"[{colour}]{escape(located(fault))}[/]", highlight=False, soft_wrap=True)
