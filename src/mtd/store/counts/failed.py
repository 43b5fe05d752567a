"""Failed attempts: calls that ended otherwise than well, a row for each, and lists of them."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from mtd.store.counts.course import Instance
from mtd.store.patience import hurry
from mtd.store.sessions import Connection, structs
from mtd.store.statements import composed, numbered, read

ROWS_MAX = 5_000
"""Added in one statement."""
PAGE_MAX = 500
Place = tuple[datetime, str, int]
"""Where an attempt stands in the list: when it came back, its instance and its journal row."""

_FRAGMENTS = read("counts/failed")
_SQL = {name: numbered(_FRAGMENTS[name]) for name in ("add", "forget", "among", "count")}
_PAGE, _MANY = (composed(_FRAGMENTS, ["sought"], name) for name in ("page", "many"))


class FailedAttempt(msgspec.Struct, frozen=True, kw_only=True):
    """A row of a journal by which an attempt ended otherwise than well."""

    tenant: int
    instance: str
    seq: int
    at: datetime
    outcome: str
    """refused: a business no; anything else: it failed, or nobody knows."""
    definition: str
    element: str
    store: str
    """Empty: of an instance that is no order."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which attempts are looked for; None: whatever it is."""

    since: datetime
    under: Place
    """Before this one."""
    refused: bool
    """The refused ones; else all others."""
    system: str | None
    definition: str | None
    element: str | None
    stores: tuple[str, ...] | None


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """An attempt as a list shows it."""

    instance: str
    seq: int
    at: datetime
    outcome: str
    definition: str
    element: str
    store: str
    service: str
    """What was called, `legacy.operation`."""
    name: str
    """The order's number, or the instance's key."""
    is_order: bool
    attempt: int | None
    """Which one it was; None: nothing was sent, or it is not kept what."""
    took_ms: float | None

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.at, self.instance, self.seq


async def add(connection: Connection, rows: Sequence[FailedAttempt]) -> None:
    """Keep them, each once."""
    for start in range(0, len(rows), ROWS_MAX):
        some = rows[start : start + ROWS_MAX]
        columns = {
            f"{name}s": [getattr(one, name) for one in some]
            for name in FailedAttempt.__struct_fields__
        }
        await connection.execute(*_SQL["add"](**columns))


async def forget(connection: Connection) -> None:
    """None is known."""
    await connection.execute(*_SQL["forget"]())


async def among(connection: Connection, some: Sequence[Instance]) -> list[FailedAttempt]:
    """What is kept of these instances' attempts."""
    rows = await connection.fetch(
        *_SQL["among"](tenants=[one[0] for one in some], instances=[one[1] for one in some])
    )
    return structs(FailedAttempt, rows)


async def count(connection: Connection) -> int:
    """How many are kept."""
    return int((await connection.fetch(*_SQL["count"]()))[0]["n"])


async def page(connection: Connection, tenant: int, wanted: Wanted, limit: int) -> list[Listed]:
    """At most `limit` attempts, the latest first."""
    rows = await connection.fetch(*_PAGE(tenant=tenant, page=limit, **_values(wanted)))
    return structs(Listed, rows)


async def counted(
    connection: Connection, tenant: int, wanted: Wanted, limit: int, limit_ms: int
) -> int:
    """How many there are, counted up to `limit`; who takes longer is cancelled."""
    await hurry(connection, limit_ms)
    rows = await connection.fetch(*_MANY(tenant=tenant, page=limit, **_values(wanted)))
    return int(rows[0]["count"])


def _values(wanted: Wanted) -> dict[str, object]:
    values: dict[str, object] = msgspec.structs.asdict(wanted)
    names = ("under_at", "under_instance", "under_seq")
    return values | dict(zip(names, wanted.under, strict=True))
