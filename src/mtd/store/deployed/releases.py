"""Releases: files that somebody asks to be deployed, and who agreed or refused."""

from datetime import datetime
from typing import Any

import msgspec

from mtd.store.sessions import Connection, structs
from mtd.store.statements import statements

PAGE_MAX = 100

_SQL = statements("deployed/releases")


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody asks to be deployed."""

    id: str
    at: datetime
    asked_by: str
    names: str
    """Of the files, apart by commas."""
    reason: str
    settled_at: datetime | None
    settled_by: str | None
    agreed: bool | None
    """None: it is not decided."""


async def ask(
    connection: Connection,
    tenant: int,
    id_: str,
    person: str,
    names: str,
    reason: str,
    files: bytes,
) -> None:
    """`person` asks that `files` be deployed."""
    await connection.execute(
        *_SQL["ask"](tenant=tenant, id=id_, person=person, names=names, reason=reason, files=files)
    )


async def open_ones(connection: Connection, tenant: int) -> list[Release]:
    """What is not decided, the oldest first, at most PAGE_MAX."""
    return structs(Release, await connection.fetch(*_SQL["open"](tenant=tenant, page=PAGE_MAX)))


async def one(connection: Connection, tenant: int, id_: str) -> tuple[Release, bytes] | None:
    """One with its files; None: there is none such."""
    rows = await connection.fetch(*_SQL["one"](tenant=tenant, id=id_))
    if not rows:
        return None
    values: dict[str, Any] = dict(rows[0])
    files = values.pop("files")
    return Release(**values), files


async def settle(
    connection: Connection, tenant: int, id_: str, person: str, *, agreed: bool
) -> bool:
    """Decide; False: it is decided already."""
    rows = await connection.fetch(
        *_SQL["settle"](tenant=tenant, id=id_, person=person, agreed=agreed)
    )
    return bool(rows)
