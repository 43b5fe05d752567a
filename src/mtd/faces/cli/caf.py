"""`mtd caf`: folios and the certificates that sign, taken in and looked after."""

import os
import sys
from pathlib import Path
from typing import Annotated

import msgspec
import uvloop
from cyclopts import App as Commands
from cyclopts import Parameter
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from mtd.connectors.settings import BadLegacySettings, resolved
from mtd.faces.cli.naming import me
from mtd.faces.cli.starting import opened
from mtd.runtime.app import TENANT
from mtd.runtime.settings.settings import BadSettings
from mtd.runtime.tax.authorising import NotTaken, Standing, certify, standings, take_in
from mtd.runtime.tax.declaring import Declaration, declare

caf = Commands(name="caf")

CAF_BYTES_MAX = 100_000
"""Of a file: a CAF has some 2,000, a certificate with its chain some 10,000."""

Customer = Annotated[str, Parameter(help="Whose file in customers/ says who issues.")]


@caf.command(name="import")
def import_(*files: Path, customer: Customer = "default") -> int:
    """Take in ranges of folios, as downloaded from the SII.

    Exit code 0 only if every file was taken in.
    """
    if not files:
        return _told("import", "name at least one file")
    return uvloop.run(_import(files, customer))


@caf.command(name="list")
def list_(
    *,
    customer: Customer = "default",
    json: Annotated[bool, Parameter(help="Every range, for machines.")] = False,
) -> int:
    """Show what is left of every range, for how long it lasts, and what to look after."""
    return uvloop.run(_list(customer, json))


@caf.command
def series(
    code: str,
    /,
    *,
    issuer: Annotated[str, Parameter(help="Key of the issuer in the settings.")],
    type_code: Annotated[str, Parameter(name="--type", help="The country's code, such as 01.")],
    first: Annotated[int, Parameter(help="The first number that is free.")] = 1,
    last: Annotated[int | None, Parameter(help="The last one; else the country's highest.")] = None,
    customer: Customer = "default",
) -> int:
    """Declare a series, such as F001, that the taxpayer numbers itself (not in Chile)."""
    of = Declaration(issuer=issuer, type_code=type_code, series=code, first=first, last=last)
    return uvloop.run(_series(of, customer))


@caf.command
def certificate(
    file: Path,
    *,
    issuer: Annotated[str, Parameter(help="Key of the issuer in the settings.")],
    password: Annotated[str, Parameter(help="env:NAME or file:/path, never the password itself.")],
    customer: Customer = "default",
) -> int:
    """Take in the certificate (PKCS#12) that signs an issuer's documents."""
    return uvloop.run(_certificate(file, issuer, password, customer))


async def _import(files: tuple[Path, ...], customer: str) -> int:
    failed = 0
    try:
        async with opened(customer) as app:
            for file in files:
                try:
                    content = _content(file)
                except OSError as error:
                    failed += 1
                    _told("import", f"{file.name}: {error.strerror}")
                    continue
                outcome = await take_in(app, TENANT, content, me())
                if isinstance(outcome, NotTaken):
                    failed += 1
                    _told("import", f"{file.name}: {outcome.reason}")
                else:
                    print(
                        f"{file.name}: {outcome.issuer} type {outcome.type_code},"
                        f" {outcome.first} to {outcome.last}, until {outcome.expires_on}"
                        + (f"; {outcome.resumed} orders go on" if outcome.resumed else "")
                    )
    except BadSettings as error:
        return _told("import", str(error))
    return 1 if failed else 0


async def _list(customer: str, json: bool) -> int:
    try:
        async with opened(customer) as app:
            found = await standings(app, TENANT)
    except BadSettings as error:
        return _told("list", str(error))
    if json:
        print(msgspec.json.format(msgspec.json.encode(found)).decode())
    else:
        _show(found)
    return 0


async def _series(of: Declaration, customer: str) -> int:
    try:
        async with opened(customer) as app:
            outcome = await declare(app, TENANT, of, me())
    except BadSettings as error:
        return _told("series", str(error))
    if isinstance(outcome, NotTaken):
        return _told("series", outcome.reason)
    print(
        f"{outcome.issuer} type {outcome.type_code} series {outcome.series},"
        f" {outcome.first} to {outcome.last}"
        + (f"; {outcome.resumed} orders go on" if outcome.resumed else "")
    )
    return 0


async def _certificate(file: Path, issuer: str, password: str, customer: str) -> int:
    try:
        secret = resolved(password, os.environ, "--password").encode()
        content = _content(file)
        async with opened(customer) as app:
            outcome = await certify(app, TENANT, issuer, content, secret, me())
    except (BadSettings, BadLegacySettings) as error:
        return _told("certificate", str(error))
    except OSError as error:
        return _told("certificate", f"{file.name}: {error.strerror}")
    if isinstance(outcome, NotTaken):
        return _told("certificate", f"{file.name}: {outcome.reason}")
    print(f"{outcome.holder} signs for {outcome.issuer} until {outcome.not_after:%Y-%m-%d}")
    return 0


def _show(found: list[Standing]) -> None:
    table = Table("issuer", "type", "folios", "left", "expires", "lasts", "", box=None)
    for one in found:
        of = one.range
        lasts = "" if one.days_left is None else f"{one.days_left:.0f} days"
        table.add_row(
            of.issuer,
            "-".join(filter(None, (of.type_code, of.series))),
            f"{of.first}-{of.last}",
            f"{of.left} of {of.size}",
            str(of.expires_on or "never"),
            lasts,
            "[yellow]" + escape("\n".join(one.warnings)) + "[/]" if one.warnings else "",
        )
    Console(highlight=False).print(table)


def _content(file: Path) -> bytes:
    """The file, or as much of it as shows that it is too large to be one."""
    with file.open("rb") as stream:
        return stream.read(CAF_BYTES_MAX + 1)


def _told(command: str, words: str) -> int:
    print(f"mtd caf {command}: {words}", file=sys.stderr)
    return 1
