"""Acting: bulk actions as people handle them: preview, start, pause, resume, abort, and again."""

import csv
import io
from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from mtd.runtime.bulk.asked import Arguments, Stood, Wish, checked
from mtd.runtime.bulk.scoping import scoped
from mtd.runtime.operations.following import Line
from mtd.runtime.operations.operations import Conflict, NotFound, Operations
from mtd.store.operations import bulk as bulks
from mtd.store.operations.bulk import PAGE_MAX, Action, Bulk, Item, New, Ruled, Ruling

SHOWN_MAX = 10
"""Samples, and items that cannot take part, that are shown with a bulk action."""
COLUMNS = ("n", "key", "target", "state", "said", "sent_at", "settled_at")
_ARGUMENTS = msgspec.json.Decoder(Arguments)
_STOOD = msgspec.json.Decoder(Stood)


class ItemView(msgspec.Struct, frozen=True, kw_only=True):
    """One order or file, and what came of it."""

    n: int
    target: str
    key: str
    state: str
    """PENDING, SKIPPED, SENT (its result is awaited), SUCCEEDED or FAILED."""
    said: str
    """Why it is skipped or failed, or where it stands now."""
    sent_at: datetime | None
    settled_at: datetime | None
    would: tuple[str, ...]
    """Of a sample: what a dry run said would happen."""
    told: tuple[Line, ...]
    """The same as keys and values, for who tells it in another language."""


class BulkView(msgspec.Struct, frozen=True, kw_only=True):
    """A bulk action and how far it is; its items never are more than `items`."""

    id: str
    again_of: str | None
    action: Action
    state: str
    name: str
    actor: str
    reason: str
    rate_per_s: float
    previewed_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    arguments: msgspec.Raw
    scope: msgspec.Raw
    items: int
    pending: int
    skipped: int
    sent: int
    succeeded: int
    failed: int


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A bulk action: its progress, who decided what, and what its preview showed."""

    bulk: BulkView
    rulings: list[Ruled]
    samples: list[ItemView]
    skipped: list[ItemView]
    """The first of those that could not take part, with why."""


async def preview(operations: Operations, wish: Wish) -> Shown:
    """Fix the scope of `wish` and keep it; nothing is done until it is started.

    Raises NotFound, and Conflict for what makes no sense, is for nobody or for too many.
    """
    scope = {"orders": wish.orders, "files": wish.files, "filter": wish.filter}
    return await _kept(operations, checked(wish), scope)


async def again(operations: Operations, id_: str, actor: str, reason: str) -> Shown:
    """Preview the same for those items alone that failed. Raises NotFound, and Conflict."""
    bulk = await _one(operations, id_)
    failed = [item.target async for item in _items(operations, id_, "FAILED")]
    if not failed:
        raise Conflict("nothing of it failed")
    to_files = bulk.action == "push"
    wish = Wish(
        name=bulk.name,
        action=bulk.action,
        actor=actor,
        reason=reason,
        orders=None if to_files else failed,
        files=failed if to_files else None,
        arguments=_ARGUMENTS.decode(bulk.arguments),
        rate_per_s=bulk.rate_per_s,
    )
    return await _kept(operations, wish, {"failed_of": id_}, again_of=id_)


async def rule(operations: Operations, id_: str, ruling: Ruling, actor: str, reason: str) -> Shown:
    """Start, pause, resume or abort it. Raises NotFound; Conflict: its state does not allow it."""
    bulk = await _one(operations, id_)
    async with operations.app.store.door(operations.tenant) as connection:
        ruled = await bulks.rule(
            connection, operations.tenant, id_, ruling,
            ruling_id=operations.new_id(), actor=actor, reason=reason,
        )  # fmt: skip
    if not ruled:
        raise Conflict(f"it is {bulk.state.lower()} and cannot be {ruling.lower()}")
    return await shown(operations, id_)


async def listing(
    operations: Operations, limit: int, stores: Sequence[str] | None = None
) -> list[BulkView]:
    """Bulk actions, newest first; `stores`: those that are for nothing of another store."""
    async with operations.app.store.window(operations.tenant) as connection:
        found = await bulks.listing(connection, operations.tenant, stores=stores, limit=limit)
    return [_view(bulk) for bulk in found]


async def shown(operations: Operations, id_: str) -> Shown:
    """One with its progress. Raises NotFound."""
    bulk = await _one(operations, id_)
    async with operations.app.store.window(operations.tenant) as connection:
        rulings = await bulks.rulings(connection, operations.tenant, id_)
    samples = await page(operations, id_, None, -1, PAGE_MAX)
    skipped = await page(operations, id_, "SKIPPED", -1, SHOWN_MAX)
    return Shown(
        bulk=_view(bulk),
        rulings=rulings,
        samples=[item for item in samples if item.would][:SHOWN_MAX],
        skipped=skipped,
    )


async def page(
    operations: Operations, id_: str, state: str | None, after: int, limit: int
) -> list[ItemView]:
    """Its items in order, from after one on. Raises NotFound."""
    await _one(operations, id_)
    async with operations.app.store.window(operations.tenant) as connection:
        found = await bulks.items(
            connection, operations.tenant, id_, state=state, after=after, limit=limit
        )
    return [_item(one) for one in found]


async def table(operations: Operations, id_: str, state: str | None = None) -> str:
    """Its items as CSV (RFC 4180), with a line of names first. Raises NotFound."""
    await _one(operations, id_)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    async for item in _items(operations, id_, state):
        writer.writerow([_cell(getattr(item, column)) for column in COLUMNS])
    return text.getvalue()


async def _kept(
    operations: Operations, wish: Wish, scope: Mapping[str, Any], again_of: str | None = None
) -> Shown:
    found = await scoped(operations, wish)
    new = New(
        id=operations.new_id(),
        again_of=again_of,
        action=wish.action,
        name=wish.name,
        actor=wish.actor,
        reason=wish.reason,
        rate_per_s=wish.rate_per_s,
        arguments=msgspec.json.encode(wish.arguments),
        scope=msgspec.json.encode(scope),
    )
    async with operations.app.store.door(operations.tenant) as connection:
        await bulks.add(connection, operations.tenant, new, found, operations.new_id())
    return await shown(operations, new.id)


async def _items(operations: Operations, id_: str, state: str | None) -> AsyncGenerator[ItemView]:
    after = -1
    while found := await page(operations, id_, state, after, PAGE_MAX):
        for item in found:
            yield item
        after = found[-1].n


async def _one(operations: Operations, id_: str) -> Bulk:
    async with operations.app.store.window(operations.tenant) as connection:
        found = await bulks.listing(connection, operations.tenant, id_=id_)
    if not found:
        raise NotFound(f"there is no bulk action {id_}")
    return found[0]


def _view(bulk: Bulk) -> BulkView:
    values = msgspec.structs.asdict(bulk)
    raw = {name: msgspec.Raw(values.pop(name)) for name in ("arguments", "scope")}
    return BulkView(**raw, **values)


def _item(item: Item) -> ItemView:
    values = msgspec.structs.asdict(item)
    stood = _STOOD.decode(values.pop("stood"))
    return ItemView(would=stood.would, told=stood.told, **values)


def _cell(value: object) -> str:
    """A value as text; what a spreadsheet would take for a formula is quoted."""
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
