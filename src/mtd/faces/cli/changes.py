"""Changes: what a modification or a migration would do, as the command line shows it."""

from rich.console import Console
from rich.markup import escape

from mtd.runtime.operations.changing import Preview
from mtd.runtime.operations.operations import Conflict


def pair(text: str, sign: str = ":") -> tuple[str, str]:
    """`A:B` as two names. Raises Conflict."""
    source, found, target = text.partition(sign)
    if not (source and found and target):
        raise Conflict(f"{text!r} is not of the form A{sign}B")
    return source, target


def show_preview(one: Preview) -> None:
    """What would become of one instance."""
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"[bold]{escape(one.key)}[/] {one.instance}")
    if one.refused is not None:
        console.print(f"  [red]{escape(one.refused)}[/]")
    for line in one.closes:
        console.print(f"  [yellow]closes[/] {escape(line)}")
    for line in one.opens:
        console.print(f"  [green]opens[/] {escape(line)}")
    if one.stands:
        console.print(f"  stands at {escape(', '.join(one.stands))}")
    if one.ends:
        console.print("  ends")
