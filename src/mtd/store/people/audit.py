"""The audit: what people did, appended, and the chain that seals it."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from mtd.store.patience import hurry
from mtd.store.sessions import Connection, structs
from mtd.store.statements import composed, read, statements

PAGE_MAX = 500

_SQL = statements("people/audit")
_FRAGMENTS = read("people/audit")
_SEARCH, _SEARCH_BACK, _MANY = (
    composed(_FRAGMENTS, ["sought"], name) for name in ("search", "search_back", "many")
)


class NewEntry(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody does or tried to do; the database says when."""

    id: str
    """UUIDv7."""
    actor: str
    origin: str
    """From which address."""
    action: str
    subject: str
    """What it was done to: an order's key, a file's id, a login; empty: nothing in particular."""
    reason: str = ""
    before: str = ""
    """JSON, or empty."""
    after: str = ""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry as it is kept."""

    id: str
    at: datetime
    actor: str
    origin: str
    action: str
    subject: str
    reason: str
    before: str
    after: str


class Listed(Entry, frozen=True, kw_only=True):
    """An entry, and whether it is sealed."""

    position: int | None


class Chained(Entry, frozen=True, kw_only=True):
    """A sealed entry."""

    position: int
    digest: bytes
    chain: bytes


class End(msgspec.Struct, frozen=True):
    """Where the chain ends."""

    position: int
    """0: there is none yet."""
    chain: bytes


class Seal(msgspec.Struct, frozen=True):
    """An entry's place in the chain."""

    id: str
    position: int
    digest: bytes
    chain: bytes


class Sought(msgspec.Struct, frozen=True, kw_only=True):
    """Which entries are looked for; None: whatever it is."""

    below: str
    """Ids less than this one: UUIDv7, so that they are earlier too."""
    above: str
    """Ids greater than this one."""
    actor: str | None = None
    action: str | None = None
    kind: str | None = None
    """How the action begins, before its first dot."""
    actors_out: tuple[str, ...] | None = None
    """What is left out; likewise the others."""
    actions_out: tuple[str, ...] | None = None
    kinds_out: tuple[str, ...] | None = None
    origin: str | None = None
    subjects: tuple[str, ...] | None = None
    tasks_of: str | None = None
    """With `subjects`: how the subjects begin that are tasks of an order, `ID:`."""
    word: str | None = None
    """In small letters; in the reason, or in what was before or after."""
    stores: tuple[str, ...] | None = None
    """Whose orders and files they are about."""


async def add(connection: Connection, tenant: int, entry: NewEntry) -> None:
    """Append an entry."""
    await connection.execute(*_SQL["add"](tenant=tenant, **msgspec.structs.asdict(entry)))


async def head(connection: Connection, tenant: int) -> End:
    """Where the chain ends, held against others who seal until the transaction ends."""
    await connection.execute(*_SQL["begin"](tenant=tenant))
    return structs(End, await connection.fetch(*_SQL["head"](tenant=tenant)))[0]


async def end(connection: Connection, tenant: int) -> End:
    """Where the chain ends."""
    found = structs(End, await connection.fetch(*_SQL["end"](tenant=tenant)))
    return found[0] if found else End(0, b"")


async def unsealed(connection: Connection, tenant: int) -> list[Entry]:
    """The oldest entries that are in no chain yet, at most PAGE_MAX."""
    return structs(Entry, await connection.fetch(*_SQL["unsealed"](tenant=tenant, page=PAGE_MAX)))


async def seal(connection: Connection, tenant: int, seals: Sequence[Seal]) -> None:
    """Give entries their places; `head` is held."""
    await connection.execute(
        *_SQL["seal"](
            tenant=tenant,
            ids=[one.id for one in seals],
            positions=[one.position for one in seals],
            digests=[one.digest for one in seals],
            chains=[one.chain for one in seals],
        )
    )
    last = seals[-1]
    await connection.execute(*_SQL["grow"](tenant=tenant, position=last.position, chain=last.chain))


async def chained(connection: Connection, tenant: int, after: int) -> list[Chained]:
    """The chain from after position `after` on, at most PAGE_MAX."""
    rows = await connection.fetch(*_SQL["chained"](tenant=tenant, after=after, page=PAGE_MAX))
    return structs(Chained, rows)


async def search(
    connection: Connection, tenant: int, sought: Sought, limit: int, *, back: bool = False
) -> list[Listed]:
    """At most `limit` entries, newest first; `back`: the oldest of them instead of the newest."""
    statement = _SEARCH_BACK if back else _SEARCH
    asked = statement(tenant=tenant, page=limit, **msgspec.structs.asdict(sought))
    found = structs(Listed, await connection.fetch(*asked))
    return found[::-1] if back else found


async def counted(
    connection: Connection, tenant: int, sought: Sought, limit: int, limit_ms: int
) -> int:
    """How many entries there are, counted up to `limit`; who takes longer is cancelled."""
    await hurry(connection, limit_ms)
    asked = _MANY(tenant=tenant, page=limit, **msgspec.structs.asdict(sought))
    return int((await connection.fetch(*asked))[0]["count"])


async def actions(connection: Connection, tenant: int) -> list[str]:
    """Every action that there is an entry of, by name."""
    rows = await connection.fetch(*_SQL["actions"](tenant=tenant, page=PAGE_MAX))
    return [row["action"] for row in rows]


async def unsealed_count(connection: Connection, tenant: int) -> int:
    """How many entries are not sealed yet, up to PAGE_MAX."""
    rows = await connection.fetch(*_SQL["open"](tenant=tenant, page=PAGE_MAX))
    return int(rows[0]["count"])


async def page(
    connection: Connection,
    tenant: int,
    *,
    below: str | None = None,
    actor: str | None = None,
    action: str | None = None,
    subject: str | None = None,
    limit: int = PAGE_MAX,
) -> list[Listed]:
    """At most `limit` entries, newest first, from below the id `below` on."""
    rows = await connection.fetch(
        *_SQL["page"](
            tenant=tenant, below=below, actor=actor, action=action, subject=subject,
            page=max(1, min(limit, PAGE_MAX)),
        )
    )  # fmt: skip
    return structs(Listed, rows)
