"""The documents of `mtd dte`: issued from a request, shown, drawn, followed."""

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
import uvloop
from cyclopts import Parameter
from rich.console import Console
from rich.table import Table

from mtd.core.tax.document import TaxDocument
from mtd.core.tax.practice import Format
from mtd.faces.cli.starting import opened
from mtd.runtime.app import TENANT
from mtd.runtime.operations.operations import NotFound
from mtd.runtime.operations.papers import Papers
from mtd.runtime.settings.settings import BadSettings
from mtd.runtime.tax.asked import Refused, request_of
from mtd.runtime.tax.asked import issue as issued
from mtd.store.arriving.letters import Mailed

REQUEST_BYTES_MAX = 2_000_000

Customer = Annotated[str, Parameter(help="Whose file in customers/ says who issues.")]
Json = Annotated[bool, Parameter(help="For machines.")]
Shape = Annotated[Format, Parameter(help="letter, ticket (80 mm), html or xml.")]
Named = Annotated[str, Parameter(help="RUT without check digit, type and folio: 76111111-39-1.")]


def issue(
    file: Path,
    *,
    key: Annotated[str | None, Parameter(help="The same key has the same document.")] = None,
    customer: Customer = "default",
    json: Json = False,
) -> int:
    """Issue the document that a request (JSON) asks for, and hand it to be sent.

    The same file again is the same document. Every fault is told with its field and line.
    """
    return uvloop.run(_issue(file, key, customer, json))


def show(name: Named, *, customer: Customer = "default", json: Json = False) -> int:
    """Show a document: whose it is, what it comes to, where it stands."""
    return uvloop.run(_show(name, customer, json, brief=False))


def status(name: Named, *, customer: Customer = "default", json: Json = False) -> int:
    """Say where a document stands with the authority."""
    return uvloop.run(_show(name, customer, json, brief=True))


def claims(name: Named, *, customer: Customer = "default", json: Json = False) -> int:
    """Show what the buyer recorded of an invoice with the authority: receipts and claims."""
    return uvloop.run(_claims(name, customer, json))


def render(
    name: Named,
    *,
    to: Annotated[Path, Parameter(help="The file to write.")],
    format: Shape = Format.LETTER,  # noqa: A002
    customer: Customer = "default",
) -> int:
    """Draw a document: PDF on letter paper or on an 80 mm roll, HTML, or its signed XML."""
    return uvloop.run(_render(name, to, format, customer))


async def _issue(file: Path, key: str | None, customer: str, json: bool) -> int:
    try:
        with file.open("rb") as stream:
            request = request_of(stream.read(REQUEST_BYTES_MAX))
        async with opened(customer) as app:
            done = await issued(app, TENANT, request, key)
    except OSError as error:
        return _told("issue", f"{file.name}: {error.strerror}")
    except Refused as error:
        for fault in error.faults:
            _told("issue", str(fault))
        return 1
    except BadSettings as error:
        return _told("issue", str(error))
    if not json and done.again:
        print("this request has its document already:")
    _print(done.document, json, brief=False)
    return 0


async def _show(name: str, customer: str, json: bool, brief: bool) -> int:
    try:
        async with opened(customer) as app:
            papers = Papers(app, TENANT)
            document = await papers.document(name)
            mailed = [] if brief else await papers.letters(document)
    except (NotFound, BadSettings) as error:
        return _told("status" if brief else "show", str(error))
    _print(document, json, brief, mailed)
    return 0


async def _claims(name: str, customer: str, json: bool) -> int:
    try:
        async with opened(customer) as app:
            papers = Papers(app, TENANT)
            said = await papers.buyer_events(await papers.document(name))
    except (NotFound, BadSettings) as error:
        return _told("claims", str(error))
    if json:
        print(msgspec.json.format(msgspec.json.encode(said)).decode())
        return 0
    table = Table("code", "recorded", "by", "", "", box=None)
    for one in said:
        unheard = "no process heard it" if one.unheard else ""
        table.add_row(one.code, one.recorded_at, one.by_tax_id, one.description, unheard)
    Console(highlight=False).print(table if said else f"{name}: nothing was recorded")
    return 0


async def _render(name: str, to: Path, form: Format, customer: str) -> int:
    try:
        async with opened(customer) as app:
            papers = Papers(app, TENANT)
            drawn = await papers.drawn(await papers.document(name), form)
        to.write_bytes(drawn.content)
    except (NotFound, BadSettings) as error:
        return _told("render", str(error))
    except OSError as error:
        return _told("render", f"{to}: {error.strerror}")
    print(f"written: {to} ({len(drawn.content):,} bytes)")
    return 0


def _print(document: TaxDocument, json: bool, brief: bool, mailed: Sequence[Mailed] = ()) -> None:
    if json:
        told = {"name": document.key.tracking_id, **msgspec.to_builtins(document)}
        told |= {"letters": mailed} if mailed else {}
        print(msgspec.json.format(msgspec.json.encode(told)).decode())
        return
    rows = [
        ("document", document.key.tracking_id),
        ("state", document.state.value),
        ("the authority said", document.codes or "nothing yet"),
        ("why", document.reason),
        ("track id", document.track_id or ""),
    ]
    if not brief:
        credited = f", of which {document.credited} were credited" if document.credited else ""
        refers = f"{document.refers_type} {document.refers_folio}" if document.refers_type else ""
        rows += [
            ("issuer", document.issuer),
            ("total", f"{document.total} {document.currency}{credited}"),
            ("corrects", refers),
            ("issued", _moment(document.issued_at)),
            ("handed to be sent", _moment(document.handed_at)),
            ("order", document.instance),
            ("SHA-256", document.hash.hex() if document.hash else ""),
            *(row for one in mailed for row in _mailed(one)),
        ]
    table = Table(show_header=False, box=None)
    for label, value in rows:
        if value:
            table.add_row(label, value)
    Console(highlight=False).print(table)


def _mailed(one: Mailed) -> list[tuple[str, str]]:
    """A letter with it, and what came of that."""
    if one.refusal:
        return [("not mailed", f"{one.kind}, {_moment(one.taken_at)}: {one.refusal}")]
    rows = [("mailed", f"{one.kind}, {_moment(one.taken_at)}, {one.enclosures} enclosed")]
    if one.bounced_at is not None:
        rows.append(("came back", f"{_moment(one.bounced_at)}: {one.bounce_reason}"))
    return rows


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}" if at is not None else ""


def _told(command: str, words: str) -> int:
    print(f"mtd dte {command}: {words}", file=sys.stderr)
    return 1
