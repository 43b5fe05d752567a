"""The journey of an order: the way that it took, on its drawing or on that of what it calls."""

from collections.abc import Sequence

import msgspec

from mtd.core.process.definition import Definition
from mtd.core.process.journal import decode
from mtd.core.process.retracing import Pace, retraced
from mtd.core.process.telling import label
from mtd.runtime.counts.counting import placed
from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.people.person import Person
from mtd.runtime.operations.following import Line, lines
from mtd.runtime.operations.operations import NotFound
from mtd.store.deployed.definitions import Unknown
from mtd.store.orders import dossier
from mtd.store.orders.dossier import NEWEST
from mtd.store.orders.orders import Order

PACES_MAX = 500
"""Steps that are shown: the last ones of a longer way."""


class Journey(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be shown of an order's way."""

    order: Order
    drawn: Definition
    """Whose drawing is shown: the order's process, or one that it calls."""
    owners: tuple[str, ...]
    """All whose drawings its way touches, `name@version`, its own process first."""
    paces: tuple[Pace, ...]
    """The oldest first; empty: it has not begun."""
    told: dict[int, list[Line]]
    """What followed, by the number of the row."""
    labels: dict[str, str]
    """What the drawings call the elements."""
    cut: bool
    """There are earlier steps than those."""

    def own(self, ids: Sequence[str]) -> list[str]:
        """Those of `ids` that are in the shown drawing, as it calls them."""
        prefixed = (placed(self.order.definition, id_) for id_ in ids)
        return [id_ for owner, id_ in prefixed if owner == self.drawn.id]


async def journey_of(desk: Desk, person: Person, name: str, owner: str = "") -> Journey | None:
    """The way of the order called `name`, on the drawing of `owner`; None: it has not begun.

    Raises NotFound: there is no such order, or its way does not touch that drawing.
    """
    order = await desk.order(person, name)
    if not order.definition:
        return None
    async with desk.app.store.window(desk.tenant) as connection:
        found = await dossier.entries(connection, desk.tenant, order.id, NEWEST, PACES_MAX + 1)
    entries = found[:PACES_MAX][::-1]
    running = await _definition(desk, order.definition)
    paces = retraced(running, entries)
    touched = [id_ for pace in paces for id_ in (*pace.came, *pace.stands)]
    owners = dict.fromkeys((order.definition, *(placed(order.definition, i)[0] for i in touched)))
    if owner and owner not in owners:
        raise NotFound(f"the order does not go through {owner!r}")
    drawn = await _definition(desk, owner or order.definition)
    told = {one.seq: lines(running, decode(one.payload).facts) for one in entries}
    return Journey(
        order=order,
        drawn=drawn,
        owners=tuple(owners),
        paces=tuple(paces),
        told=told,
        labels={id_: label(running, id_) for id_ in {*touched, *(p.element for p in paces)} if id_},
        cut=len(found) > PACES_MAX,
    )


async def _definition(desk: Desk, id_: str) -> Definition:
    try:
        return await desk.app.library.definition(desk.tenant, id_)
    except (Unknown, LookupError) as error:
        raise NotFound(f"there is no process {id_}") from error
