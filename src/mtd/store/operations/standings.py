"""Standings: how orders and files stand now: what a bulk action is scoped and judged by."""

from collections.abc import Sequence
from typing import Any

import msgspec

from mtd.store.sessions import Connection, Row, structs
from mtd.store.statements import statements

_SQL = statements("operations/standings")


class Filter(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which orders, or files, are meant; what is not said does not matter."""

    state: str | None = None
    """An order's."""
    country: str | None = None
    store: str | None = None
    channel: str | None = None
    definition: str | None = None
    """`name@version`"""
    code: str | None = None
    """Of an open incident."""
    element: str | None = None
    """Of an open incident: the id of its element."""
    cause: str | None = None
    """Of a waiting file."""


class Trouble(msgspec.Struct, frozen=True):
    """An open incident."""

    id: int
    element: str
    code: str
    message: str


class OrderStanding(msgspec.Struct, frozen=True, kw_only=True):
    """How an order stands now."""

    id: str
    key: str
    state: str
    instance: str
    """State of its instance; empty before it began."""
    definition: str
    cancellable: bool
    """Its process listens to being cancelled."""
    coming: bool
    """Something came in for it and was not let in yet."""
    incidents: tuple[Trouble, ...]


class FileStanding(msgspec.Struct, frozen=True, kw_only=True):
    """How a file of the intake stands now."""

    id: str
    key: str
    state: str
    cause: str
    pushes: int


class Marked(msgspec.Struct, frozen=True, kw_only=True):
    """The journal row that a bulk action led to."""

    id: str
    kind: str
    payload: bytes


async def orders(
    connection: Connection,
    tenant: int,
    wanted: Filter,
    *,
    ids: Sequence[str] | None,
    cancelled_by: str,
    troubled: bool,
    limit: int,
) -> list[OrderStanding]:
    """At most `limit` orders by their ids, or that `wanted` fits; `troubled`: with an incident.

    `cancelled_by`: the message by which an order is cancelled.
    """
    fields = msgspec.structs.asdict(wanted)
    del fields["cause"]
    narrowed = troubled or wanted.code is not None or wanted.element is not None
    rows = await connection.fetch(
        *_SQL["orders"](
            tenant=tenant,
            ids=ids,
            cancelled_by=cancelled_by,
            troubled=narrowed,
            page=limit,
            **fields,
        )
    )
    return [_standing(row) for row in rows]


async def files(
    connection: Connection,
    tenant: int,
    *,
    cause: str | None,
    ids: Sequence[str] | None,
    limit: int,
) -> list[FileStanding]:
    """At most `limit` files by their ids, or those that wait, oldest first."""
    rows = await connection.fetch(*_SQL["files"](tenant=tenant, ids=ids, cause=cause, page=limit))
    return structs(FileStanding, rows)


async def marked(
    connection: Connection, tenant: int, ids: Sequence[str], kinds: Sequence[str], mark: str
) -> list[Marked]:
    """The latest journal row of each of these instances whose cause names `mark`."""
    asked = _SQL["marked"](tenant=tenant, ids=ids, kinds=kinds, mark=mark.encode())
    return structs(Marked, await connection.fetch(*asked))


async def seen(
    connection: Connection, tenant: int, source: str, message_ids: Sequence[str]
) -> set[str]:
    """Which of these messages of `source` came in before."""
    asked = _SQL["seen"](tenant=tenant, source=source, message_ids=message_ids)
    return {row["message_id"] for row in await connection.fetch(*asked)}


def _standing(row: Row) -> OrderStanding:
    values: dict[str, Any] = dict(row)
    return OrderStanding(incidents=_TROUBLES.decode(values.pop("incidents")), **values)


_TROUBLES = msgspec.json.Decoder(tuple[Trouble, ...])
