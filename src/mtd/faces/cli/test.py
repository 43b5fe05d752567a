"""`mtd test`: every check of the project, in the order of what it costs."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import Parameter
from rich.console import Console
from rich.table import Table

from mtd.runtime.building import NotBuilt, build

ROOT = Path(__file__).resolve().parents[4]
"""The checkout: the tests are no part of an installed MTD."""

WORKERS = "2"
"""Processes that run tests, each with its own PostgreSQL; CI has two cores."""


class Check(msgspec.Struct, frozen=True):
    """One tool and its arguments, run in the checkout."""

    name: str
    command: tuple[str, ...]


class Result(msgspec.Struct, frozen=True):
    """How one check ended."""

    name: str
    code: int
    took_s: float


CHECKS = (
    Check("style", ("ruff", "check", "--quiet", ".")),
    Check("format", ("ruff", "format", "--quiet", "--check", ".")),
    Check("types", ("basedpyright",)),
    Check("floors", ("lint-imports", "--no-cache")),
    Check("tests", ("pytest", "-n", WORKERS)),
)


def test(
    *arguments: Annotated[str, Parameter(allow_leading_hyphen=True, show=False)],
) -> int:
    """Run style, format, types, floors and tests; the exit code is 1 if any of them fails.

    Parameters
    ----------
    arguments
        For pytest: `./mtd test -k turn -x`.
    """
    console = Console()
    if not (ROOT / "tests").is_dir():
        console.print(f"[red]There are no tests in {ROOT}:[/] `mtd test` needs a checkout.")
        return 1
    if os.geteuid() != 0:
        console.print("Not root: the tests that give privileges up are skipped.")
    if not (os.environ.get("MTD_CHROMIUM") or shutil.which("chromium")):
        console.print(
            "No chromium: the tests of the portal in a browser are skipped, or fail in CI."
        )
    try:
        build(os.environ)
    except NotBuilt as error:
        console.print(f"[red]The portal's assets cannot be built:[/] {error}")
        return 1
    results = [_run(check, arguments, console) for check in CHECKS]
    console.print(_table(results))
    return 1 if any(result.code for result in results) else 0


def _run(check: Check, arguments: tuple[str, ...], console: Console) -> Result:
    """Run one check; what it says goes straight to the terminal."""
    console.rule(check.name, align="left", style="dim")
    program, *given = check.command
    extra = arguments if check.name == "tests" else ()
    began = time.monotonic()
    done = subprocess.run(  # noqa: S603 our own table, no shell
        [Path(sys.executable).parent / program, *given, *extra], cwd=ROOT, check=False
    )
    return Result(check.name, done.returncode, time.monotonic() - began)


def _table(results: list[Result]) -> Table:
    table = Table("check", "result", "took", box=None)
    for result in results:
        outcome = "[green]passed" if result.code == 0 else f"[red]failed ({result.code})"
        table.add_row(result.name, outcome, f"{result.took_s:.1f} s")
    return table
