"""The list of files that wait for a person: narrowed, counted and paged by the database."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from mtd.store.arriving.intake import File
from mtd.store.sessions import Connection, structs
from mtd.store.statements import composed, read

PAGE_MAX = 200

_FRAGMENTS = read("arriving/waitlist")
_SQL = {name: composed(_FRAGMENTS, ["wanted"], name) for name in ("page", "ids", "tallies")}


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which files that wait are looked for; None: whatever it is."""

    sees: tuple[str, ...] | None
    """The stores of whoever looks."""
    store: str | None = None
    cause: str | None = None
    stores_out: tuple[str, ...] = ()
    causes_out: tuple[str, ...] = ()


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """How many files wait alike."""

    cause: str
    """Empty: none is known."""
    age: int
    """How many of the bounds they have waited for."""
    files: int


async def page(
    connection: Connection,
    tenant: int,
    wanted: Wanted,
    *,
    after: str | None = None,
    limit: int = PAGE_MAX,
) -> list[File]:
    """The oldest first, at most `limit`, from after the file `after` on."""
    given = msgspec.structs.asdict(wanted)
    return structs(
        File,
        await connection.fetch(*_SQL["page"](tenant=tenant, after=after, page=limit, **given)),
    )


async def ids(
    connection: Connection,
    tenant: int,
    wanted: Wanted,
    *,
    among: Sequence[str] | None = None,
    limit: int,
) -> list[str]:
    """Their ids, the oldest first, at most `limit`; `among`: of these alone."""
    given = msgspec.structs.asdict(wanted)
    rows = await connection.fetch(*_SQL["ids"](tenant=tenant, among=among, page=limit, **given))
    return [row["id"] for row in rows]


async def tallies(
    connection: Connection, tenant: int, wanted: Wanted, arrived: Sequence[datetime]
) -> list[Tally]:
    """How many there are, by cause and age; `arrived`: until when each bound was reached."""
    given = msgspec.structs.asdict(wanted)
    rows = await connection.fetch(*_SQL["tallies"](tenant=tenant, arrived=arrived, **given))
    return structs(Tally, rows)
