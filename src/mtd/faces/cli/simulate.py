"""`mtd simulate`: random drawings in a random world, and every promise of the core checked."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import Parameter
from rich.console import Console
from rich.text import Text

from mtd.core.process.telling import told
from mtd.runtime.simulation.campaign import Campaign, Outcome, replayed

SHOWN_MAX = 20
"""Violations that the table shows; the JSON has them all."""


def simulate(
    *,
    steps: Annotated[int, Parameter(help="At least so many, over all processes.")] = 200_000,
    seed: Annotated[int, Parameter(help="The same seed gives the same stories.")] = 1,
    processes: Annotated[int, Parameter(help="Each with a seed of its own: SEED, SEED + 1, …")] = 1,
    only: Annotated[str | None, Parameter(help="Play one story again and tell it: 1:42.")] = None,
    json: Annotated[Path | None, Parameter(help="Also write the outcome here.")] = None,
) -> int:
    """Simulate the engine's core; exit 1 when any promise was broken."""
    console = Console(highlight=False)
    if only is not None:
        return _tell(only, console)
    share = -(-steps // processes)
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        outcomes = list(pool.map(_run, range(seed, seed + processes), [share] * processes))
    _show(outcomes, console)
    if json is not None:
        json.write_bytes(msgspec.json.format(msgspec.json.encode(outcomes)))
    return 1 if any(outcome.violations for outcome in outcomes) else 0


def _run(seed: int, steps: int) -> Outcome:
    return Campaign(seed).run(steps)


def _show(outcomes: list[Outcome], console: Console) -> None:
    for one in outcomes:
        drawings = f"{one.drawings:,} drawings: {one.ended:,} ended, {one.stopped:,} stopped"
        changes = ", ".join(f"{what} {count:,}" for what, count in one.changes.items())
        console.print(
            f"seed {one.seed}  {one.steps:,} steps in {one.took_s:,.0f} s, "
            f"{one.steps / one.took_s:,.0f} a second\n"
            f"    {drawings}, {one.refused:,} refused\n"
            f"    operators: {changes}\n"
            f"    digest {one.digest}\n"
            f"    violations: {len(one.violations):,}"
        )
    found = [violation for one in outcomes for violation in one.violations]
    for violation in found[:SHOWN_MAX]:
        line = f"{violation.seed}  {violation.letter}: {violation.words}"
        console.print(Text(line, "red"), soft_wrap=True)
    if found:
        console.print(f"mtd simulate --only {found[0].seed}  tells the first story")


def _tell(seed: str, console: Console) -> int:
    """One story, step by step, up to what was broken in it."""
    story = replayed(seed)
    for definition, (trigger, facts) in zip(story.definitions, story.steps, strict=True):
        console.print(Text(f"{trigger.at:%m-%d %H:%M:%S}  {trigger!r}"[:300]), soft_wrap=True)
        for line in told(definition, facts):
            console.print(Text(f"      {line}"), soft_wrap=True)
    for violation in story.violations:
        console.print(Text(f"{violation.letter}: {violation.words}", "red"), soft_wrap=True)
    return 1 if story.violations else 0
