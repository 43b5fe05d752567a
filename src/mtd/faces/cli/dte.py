"""`mtd dte`: electronic tax documents from the command line."""

import os
import sys
from collections import Counter
from pathlib import Path
from typing import Annotated

import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from cyclopts import App as Commands
from cyclopts import Parameter
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from mtd.core.tax.countries.cl.authority_keys import SII_KEYS
from mtd.core.tax.countries.cl.verifying import Check, Report, Schemas, Verdict
from mtd.core.tax.countries.cl.verifying import verify as verified
from mtd.core.tax.markup import BYTES_MAX
from mtd.faces.cli import papers
from mtd.runtime.sii_schemas import BadSchemas, folder_of, load

dte = Commands(name="dte")
for _command in (papers.issue, papers.show, papers.status, papers.claims, papers.render):
    dte.command(_command)
dte.command("mtd.faces.cli.soak:soak", name="soak")

FAILED = 1
INCOMPLETE = 2
"""Nothing failed, but something could not be checked."""

ROWS_MAX = 40
"""Of a file with more rows, those that passed are counted and not listed."""
FAILED_ROWS_MAX = 200
"""Of those that did not pass so many are listed; `--json` has all."""

_COLOURS = {Verdict.OK: "green", Verdict.FAILED: "red", Verdict.NOT_CHECKED: "yellow"}


@dte.command
def verify(
    file: Path,
    *,
    json: Annotated[bool, Parameter(help="Every check, for machines.")] = False,
    schemas: Annotated[
        Path | None, Parameter(help="Folder of the SII's schemas; else MTD_SII_SCHEMAS.")
    ] = None,
    authority_key: Annotated[
        list[str] | None,
        Parameter(
            help="IDK=FILE: the public key (PEM) of another authority, such as a simulator's."
        ),
    ] = None,
) -> int:
    """Check a DTE, EnvioDTE or EnvioBOLETA of any issuer.

    Exit code 0 only if every check passed; 2 if none failed but one could not be made.
    """
    try:
        keys = {**SII_KEYS, **dict(map(_authority_key, authority_key or []))}
        folder = schemas or folder_of(os.environ)
        found = load(folder) if folder else None
        content = _content(file)
    except (OSError, ValueError, BadSchemas) as error:
        print(f"mtd dte verify: {error}", file=sys.stderr)
        return FAILED
    for note in found.notes if found else ():
        print(f"mtd dte verify: {note}", file=sys.stderr)
    report = verified(content, keys, found.schemas if found else Schemas())
    if json:
        print(_as_json(file, report))
    else:
        _show(file, report)
    return 0 if report.passed else FAILED if report.failed else INCOMPLETE


def _content(file: Path) -> bytes:
    """The file, or as much of it as shows that it is too large."""
    with file.open("rb") as stream:
        return stream.read(BYTES_MAX + 1)


def _authority_key(text: str) -> tuple[int, RSAPublicKey]:
    number, _, file = text.partition("=")
    if not (number.isdecimal() and file):
        raise ValueError(f"{text!r} is not IDK=FILE")
    key = load_pem_public_key(Path(file).read_bytes())
    if not isinstance(key, RSAPublicKey):
        raise ValueError(f"{file} holds no RSA key")
    return int(number), key


def _as_json(file: Path, report: Report) -> str:
    told = {"file": file.name, "passed": report.passed, "checks": report.checks}
    return msgspec.json.format(msgspec.json.encode(told)).decode()


def _show(file: Path, report: Report) -> None:
    console = Console(highlight=False)
    table = Table("document", "check", "verdict", "", box=None)
    listed, passed, unlisted = _listed(report.checks)
    for check in listed:
        colour = _COLOURS[check.verdict]
        told = escape("\n".join(check.told))
        table.add_row(escape(check.subject), check.name, f"[{colour}]{check.verdict}[/]", told)
    console.print(f"[bold]{escape(file.name)}[/]")
    console.print(table)
    for name, count in passed.items():
        console.print(f"[green]ok[/] {name}: {count} more")
    for name, count in unlisted.items():
        console.print(f"[red]not ok[/] {name}: {count} more")
    said = "every check passed" if report.passed else "not every check passed"
    console.print(f"[{'green' if report.passed else 'red'}]{said}[/]")


def _listed(checks: tuple[Check, ...]) -> tuple[list[Check], Counter[str], Counter[str]]:
    """What is shown by itself, and of the rest how many passed and how many did not."""
    if len(checks) <= ROWS_MAX:
        return list(checks), Counter(), Counter()
    passed = Counter(check.name for check in checks if check.verdict is Verdict.OK)
    other = [check for check in checks if check.verdict is not Verdict.OK]
    return other[:FAILED_ROWS_MAX], passed, Counter(one.name for one in other[FAILED_ROWS_MAX:])
