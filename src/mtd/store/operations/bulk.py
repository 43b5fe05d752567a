"""Bulk actions: their scope, fixed when they are previewed, and what came of each item."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec

from mtd.store.sessions import Connection, structs
from mtd.store.statements import statements

Action = Literal["retry", "cancel", "set", "migrate", "push"]
Ruling = Literal["STARTED", "PAUSED", "RESUMED", "ABORTED"]
PAGE_MAX = 500
UNDER_WAY_MAX = 20
"""Bulk actions that are carried out side by side; more wait for their turn."""

_SQL = statements("operations/bulk")
_MOVES: dict[Ruling, tuple[str, tuple[str, ...]]] = {
    "STARTED": ("RUNNING", ("PREVIEWED",)),
    "PAUSED": ("PAUSED", ("RUNNING",)),
    "RESUMED": ("RUNNING", ("PAUSED",)),
    "ABORTED": ("ABORTED", ("PREVIEWED", "RUNNING", "PAUSED")),
}
"""The state that each ruling leads to, and from which ones it may come."""


class NewItem(msgspec.Struct, frozen=True, kw_only=True):
    """One order or file of a scope."""

    n: int
    target: str
    key: str
    state: Literal["PENDING", "SKIPPED"]
    stood: bytes
    said: str
    """Why it is skipped."""


class New(msgspec.Struct, frozen=True, kw_only=True):
    """A bulk action that is previewed."""

    id: str
    again_of: str | None
    action: Action
    name: str
    actor: str
    reason: str
    rate_per_s: float
    arguments: bytes
    scope: bytes


class Bulk(New, frozen=True, kw_only=True):
    """A bulk action, and how many of its items are in which state."""

    state: str
    """PREVIEWED, RUNNING, PAUSED, ABORTED or DONE."""
    previewed_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    items: int
    pending: int
    skipped: int
    sent: int
    succeeded: int
    failed: int


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One order or file, and what came of it."""

    n: int
    target: str
    key: str
    state: str
    """PENDING, SKIPPED, SENT (its result is awaited), SUCCEEDED or FAILED."""
    sent_at: datetime | None
    settled_at: datetime | None
    stood: bytes
    said: str


class Ruled(msgspec.Struct, frozen=True, kw_only=True):
    """Who decided what about a bulk action."""

    ruling: str
    at: datetime
    actor: str
    reason: str


class Verdict(msgspec.Struct, frozen=True):
    """What became of an item."""

    n: int
    state: Literal["SKIPPED", "SENT", "SUCCEEDED", "FAILED"]
    said: str = ""


async def add(
    connection: Connection, tenant: int, new: New, items: Sequence[NewItem], ruling_id: str
) -> None:
    """Keep a preview with its scope."""
    await connection.execute(*_SQL["add"](tenant=tenant, **msgspec.structs.asdict(new)))
    await connection.execute(
        *_SQL["add_items"](
            tenant=tenant,
            id=new.id,
            ns=[item.n for item in items],
            targets=[item.target for item in items],
            keys=[item.key for item in items],
            states=[item.state for item in items],
            stoods=[item.stood for item in items],
            saids=[item.said for item in items],
        )
    )
    await connection.execute(
        *_SQL["previewed"](
            tenant=tenant, id=new.id, ruling_id=ruling_id, actor=new.actor, reason=new.reason
        )
    )


async def rule(
    connection: Connection,
    tenant: int,
    id_: str,
    ruling: Ruling,
    *,
    ruling_id: str,
    actor: str,
    reason: str,
) -> bool:
    """Start, pause, resume or abort it; False: its state does not allow that."""
    state, before = _MOVES[ruling]
    rows = await connection.fetch(
        *_SQL["rule"](
            tenant=tenant, id=id_, state=state, states=list(before), ruling=ruling,
            ruling_id=ruling_id, actor=actor, reason=reason,
        )
    )  # fmt: skip
    return bool(rows)


async def listing(
    connection: Connection,
    tenant: int,
    *,
    id_: str | None = None,
    stores: Sequence[str] | None = None,
    limit: int = PAGE_MAX,
) -> list[Bulk]:
    """Bulk actions, newest first, at most `limit`; or one. `stores`: for no order of others."""
    rows = await connection.fetch(*_SQL["page"](tenant=tenant, id=id_, stores=stores, page=limit))
    return structs(Bulk, rows)


async def rulings(connection: Connection, tenant: int, id_: str) -> list[Ruled]:
    """Who decided what about it, in order."""
    return structs(Ruled, await connection.fetch(*_SQL["rulings"](tenant=tenant, id=id_)))


async def items(
    connection: Connection,
    tenant: int,
    id_: str,
    *,
    state: str | None = None,
    after: int = -1,
    limit: int = PAGE_MAX,
) -> list[Item]:
    """Its items in order, from after number `after` on, at most `limit` (and PAGE_MAX)."""
    page = max(1, min(limit, PAGE_MAX))
    asked = _SQL["items"](tenant=tenant, id=id_, state=state, after=after, page=page)
    return structs(Item, await connection.fetch(*asked))


async def under_way(connection: Connection, tenant: int) -> list[str]:
    """Ids of those that were started and have not ended, oldest first."""
    rows = await connection.fetch(*_SQL["under_way"](tenant=tenant, page=UNDER_WAY_MAX))
    return [row["id"] for row in rows]


async def hold(connection: Connection, tenant: int, id_: str, limit: int) -> int:
    """How many of its items may be sent now, by its rate and at most `limit`; 0: it does not run.

    Until this transaction ends nobody else sends, pauses or aborts it.
    """
    rows = await connection.fetch(*_SQL["hold"](tenant=tenant, id=id_))
    if not rows:
        return 0
    (sent,) = await connection.fetch(*_SQL["sent_lately"](tenant=tenant, id=id_))
    return max(0, min(limit, int(sent["room"])))


async def settle(
    connection: Connection, tenant: int, id_: str, verdicts: Sequence[Verdict]
) -> None:
    """What became of items; and of the whole, once each of them is settled."""
    await connection.execute(
        *_SQL["settle"](
            tenant=tenant,
            id=id_,
            ns=[one.n for one in verdicts],
            states=[one.state for one in verdicts],
            saids=[one.said for one in verdicts],
        )
    )


async def end(connection: Connection, tenant: int, id_: str) -> bool:
    """Whether it is over now, each of its items being settled."""
    return bool(await connection.fetch(*_SQL["end"](tenant=tenant, id=id_)))
