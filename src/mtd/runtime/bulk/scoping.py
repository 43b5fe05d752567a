"""Scoping: which orders or files a bulk action is for, fixed at its preview, each with a reason."""

from collections.abc import Sequence
from typing import TypeVar

import msgspec

from mtd.core.process.instance import Instance, State
from mtd.core.process.telling import label
from mtd.runtime.bulk.asked import ITEMS_MAX, Stood, Wish, triggers
from mtd.runtime.engine.sending import CANCEL_REQUESTED
from mtd.runtime.operations.changing import CHUNK, Preview, all_stand, dry_run
from mtd.runtime.operations.following import Line
from mtd.runtime.operations.operations import Conflict, NotFound, Operations
from mtd.store.operations import standings
from mtd.store.operations.bulk import NewItem
from mtd.store.operations.standings import FileStanding, OrderStanding

Found = TypeVar("Found")

SAMPLES = 5
"""Items of a preview that are tried in memory, to show what would happen."""


async def scoped(operations: Operations, wish: Wish) -> list[NewItem]:
    """The items of `wish`: those that cannot take part are skipped, and say why.

    Raises NotFound, and Conflict for a scope that is empty or too large.
    """
    items: list[NewItem] = []
    if wish.action == "push":
        items = [_file(n, one) for n, one in enumerate(await _files(operations, wish))]
    else:
        able = 0
        instances: dict[str, Instance] = {}
        found = await _orders(operations, wish)
        for n, one in enumerate(found):
            if wish.action == "migrate" and n % CHUNK == 0:
                some = [order.id for order in found[n : n + CHUNK]]
                instances = await all_stand(operations.app, operations.tenant, some)
            tried = able < SAMPLES or wish.action == "migrate"
            items.append(await _order(operations, wish, n, one, tried, instances.get(one.id)))
            able += items[-1].state == "PENDING"
    if not items:
        raise Conflict("it would be for nobody: nothing is as the selection or filter says")
    return items


async def _orders(operations: Operations, wish: Wish) -> list[OrderStanding]:
    ids = None if wish.orders is None else await _named(operations, wish.orders)
    async with operations.app.store.door(operations.tenant) as connection:
        found = await standings.orders(
            connection,
            operations.tenant,
            wish.filter,
            ids=ids,
            cancelled_by=CANCEL_REQUESTED,
            troubled=wish.action == "retry" and wish.orders is None,
            limit=ITEMS_MAX + 1,
        )
    return _bounded(found)


async def _files(operations: Operations, wish: Wish) -> list[FileStanding]:
    async with operations.app.store.door(operations.tenant) as connection:
        found = await standings.files(
            connection,
            operations.tenant,
            cause=wish.filter.cause,
            ids=wish.files,
            limit=ITEMS_MAX + 1,
        )
    if wish.files is not None and (lost := set(wish.files) - {one.id for one in found}):
        raise NotFound(f"there is no file {min(lost)!r}")
    return _bounded(found)


async def _named(operations: Operations, names: Sequence[str]) -> list[str]:
    return [(await operations.order(name)).id for name in names]


def _bounded(found: list[Found]) -> list[Found]:
    if len(found) > ITEMS_MAX:
        raise Conflict(f"more than {ITEMS_MAX} are as the filter says: narrow it")
    return found


def _file(n: int, one: FileStanding) -> NewItem:
    said = "" if one.state == "WAITING" else f"it does not wait: {one.state}"
    stood = Stood(
        pushes=one.pushes,
        would=(f"tried again from its first attempt ({one.cause})",),
        told=(Line(key="pushed", what=one.cause),),
    )
    return _item(n, one.id, one.key, stood, said)


async def _order(
    operations: Operations,
    wish: Wish,
    n: int,
    one: OrderStanding,
    tried: bool,
    known: Instance | None,
) -> NewItem:
    said = _hindrance(wish, one)
    stood = Stood(incidents=one.incidents, definition=one.definition)
    if not said and tried:
        stood, said = await _would(operations, wish, one, stood, known)
    return _item(n, one.id, one.key, stood, said)


def _hindrance(wish: Wish, one: OrderStanding) -> str:
    """Why an order cannot take part; empty: it can."""
    if not one.instance:
        return "its process has not begun"
    if one.instance != State.RUNNING.value:
        return f"its process is over: {one.state}"
    if wish.action == "retry" and not one.incidents:
        return f"nothing of it failed: {one.state}"
    if wish.action == "cancel" and not one.cancellable:
        return f"it does not listen to being cancelled any more: {one.state}"
    if wish.action == "migrate" and one.definition == wish.arguments.to:
        return f"it runs on {one.definition} already"
    return ""


async def _would(
    operations: Operations,
    wish: Wish,
    one: OrderStanding,
    stood: Stood,
    known: Instance | None,
) -> tuple[Stood, str]:
    """`stood` with what a dry run says would happen; or why nothing would."""
    if wish.action == "cancel":
        words = f"its process is asked to cancel; now {one.state}"
        line = Line(key="cancels", what=one.state)
        return msgspec.structs.replace(stood, would=(words,), told=(line,)), ""
    at = operations.app.clock.now()
    would: list[str] = []
    told: list[Line] = []
    if wish.action == "retry":
        definition = await operations.app.library.definition(operations.tenant, one.definition)
        would = [f"{x.code} at {x.element}: {x.message}" for x in stood.incidents]
        told = [
            Line(key="incident", code=x.code, what=x.message, where=label(definition, x.element))
            for x in stood.incidents
        ]
    for trigger in triggers(wish.action, stood, wish.arguments, wish.actor, wish.reason, at):
        shown = await dry_run(operations.app, operations.tenant, one.id, trigger, known)
        if shown.refused is not None:
            return stood, shown.refused
        would += _worded(shown)
        told += shown.told
    once, each = tuple(dict.fromkeys(would)), tuple(dict.fromkeys(told))
    return msgspec.structs.replace(stood, would=once, told=each), ""


def _worded(shown: Preview) -> list[str]:
    closes = [f"closes {line}" for line in shown.closes]
    opens = [f"opens {line}" for line in shown.opens]
    return [*closes, *opens, f"stands at {', '.join(shown.stands)}" if shown.stands else "ends"]


def _item(n: int, target: str, key: str, stood: Stood, said: str) -> NewItem:
    return NewItem(
        n=n,
        target=target,
        key=key,
        state="SKIPPED" if said else "PENDING",
        stood=msgspec.json.encode(stood),
        said=said,
    )
