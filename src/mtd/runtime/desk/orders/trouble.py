"""Trouble: open exceptions by their cause, and many of them retried by one bulk action."""

import msgspec

from mtd.runtime.bulk import acting
from mtd.runtime.bulk.acting import Shown
from mtd.runtime.bulk.asked import ITEMS_MAX, Wish
from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.orders import board
from mtd.runtime.desk.orders.diagnosis import Diagnosis, diagnoses_of
from mtd.runtime.desk.orders.filters import Filter
from mtd.runtime.desk.people.person import Person
from mtd.runtime.desk.reasons import given
from mtd.runtime.operations.operations import Conflict
from mtd.store.orders.board import Cause

NAME_MAX = 200


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Open exceptions that have one cause."""

    cause: Cause
    step: str
    """The label of the element."""


async def groups(desk: Desk, person: Person, asked: Filter) -> list[Group]:
    """Open exceptions by error and element, the most orders first.

    Of the orders that `asked` lets through, whatever cause it names.
    """
    return [
        Group(cause=one, step=await board.step(desk, one.definition, one.element))
        for one in await board.causes(desk, person, asked)
    ]


async def example(desk: Desk, person: Person, cause: Cause) -> Diagnosis | None:
    """The diagnosis of the oldest order of a cause."""
    found = await diagnoses_of(desk, await desk.order(person, cause.example))
    mine = [one for one in found if (one.code, one.element) == (cause.code, cause.element)]
    return mine[0] if mine else None


async def retry(
    desk: Desk,
    person: Person,
    asked: Filter,
    chosen: list[str] | None,
    name: str,
    reason: str,
    rate_per_s: float,
) -> Shown:
    """A bulk retry of the `chosen` orders, or of all that `asked` lets through: previewed only.

    Who is in it is fixed here, from what the person sees: nobody comes in later.
    Raises Forbidden, and Conflict.
    """
    person.must("orders.retry")
    if chosen is not None and not chosen:
        raise Conflict("none is ticked")
    seen = [line.row.id async for lines in board.every(desk, person, asked) for line in lines]
    if len(seen) > ITEMS_MAX:
        raise Conflict(f"more than {ITEMS_MAX} orders: narrow the filter")
    among = set(seen) if chosen is None else set(seen) & set(chosen)
    ids = [id_ for id_ in seen if id_ in among]
    if not ids:
        raise Conflict("none of them has an open exception any more")
    given(reason)
    wish = Wish(
        name=(name.strip() or reason.strip())[:NAME_MAX],
        action="retry",
        actor=person.login,
        reason=reason.strip(),
        orders=ids,
        rate_per_s=rate_per_s,
    )
    await desk.record(person, "bulk.preview", wish.name, wish.reason, after={"orders": len(ids)})
    return await acting.preview(desk.operations, wish)
