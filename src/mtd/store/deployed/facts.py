"""Facts of the world outside, and which conditions over them hold."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from mtd.store.sessions import Connection, structs
from mtd.store.statements import statements

_SQL = statements("deployed/facts")


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """A fact."""

    name: str
    value: bytes
    """JSON."""
    changed_at: datetime
    changed_by: str


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """A condition at which instances of a definition begin."""

    name: str
    """The definition's."""
    version: int
    element: str
    met: bool
    """It held when it was looked at last."""


async def watched(connection: Connection, tenant: int) -> list[Watched]:
    """The conditions of the latest versions."""
    return structs(Watched, await connection.fetch(*_SQL["watched"](tenant=tenant)))


async def locked(connection: Connection, tenant: int) -> list[Watched]:
    """The same, which nobody else looks at before this transaction is over."""
    return structs(Watched, await connection.fetch(*_SQL["locked"](tenant=tenant)))


async def change(
    connection: Connection, tenant: int, values: Mapping[str, bytes], person: str
) -> None:
    """These facts have these values, JSON, from now on."""
    names = sorted(values)
    await connection.execute(
        *_SQL["change"](
            tenant=tenant, names=names, values=[values[name] for name in names], person=person
        )
    )


async def listing(connection: Connection, tenant: int) -> list[Known]:
    """Every fact, by name."""
    return structs(Known, await connection.fetch(*_SQL["listing"](tenant=tenant)))


async def mark(connection: Connection, tenant: int, looked_at: Sequence[Watched]) -> None:
    """Whether these conditions hold now."""
    await connection.execute(
        *_SQL["met"](
            tenant=tenant,
            names=[one.name for one in looked_at],
            elements=[one.element for one in looked_at],
            mets=[one.met for one in looked_at],
        )
    )


async def register(
    connection: Connection, tenant: int, name: str, version: int, elements: Sequence[str]
) -> None:
    """At these start events begin instances of `name`, unless a newer version was deployed."""
    named = {"tenant": tenant, "name": name, "version": version, "elements": list(elements)}
    await connection.execute(*_SQL["forget"](**named))
    await connection.execute(*_SQL["register"](**named))
