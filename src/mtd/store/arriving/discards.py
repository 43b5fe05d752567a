"""Discards: that a waiting file be given up is asked by one person and agreed to by another."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from mtd.store.sessions import Connection, structs
from mtd.store.statements import statements

_SQL = statements("arriving/discards")


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody asks of a file."""

    id: str
    file: str
    asked_by: str
    reason: str
    at: datetime


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """A request that was decided."""

    file: str
    reason: str
    asked_by: str


async def ask(
    connection: Connection, tenant: int, id_: str, file: str, person: str, reason: str
) -> bool:
    """`person` asks that a file be given up; False: it is asked already."""
    rows = await connection.fetch(
        *_SQL["ask"](tenant=tenant, id=id_, file=file, person=person, reason=reason)
    )
    return bool(rows)


async def open_of(connection: Connection, tenant: int, files: Sequence[str]) -> dict[str, Request]:
    """What is asked of these files, by file."""
    rows = await connection.fetch(*_SQL["open"](tenant=tenant, files=files))
    return {one.file: one for one in structs(Request, rows)}


async def settle(
    connection: Connection, tenant: int, id_: str, person: str, *, agreed: bool
) -> Settled | None:
    """Decide; None: it is decided, or who would agree is who asked."""
    rows = await connection.fetch(
        *_SQL["settle"](tenant=tenant, id=id_, person=person, agreed=agreed)
    )
    return next(iter(structs(Settled, rows)), None)
