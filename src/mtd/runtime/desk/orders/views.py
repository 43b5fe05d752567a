"""Saved views of a page: kept on the server, personal or shared."""

from collections.abc import Sequence
from urllib.parse import parse_qs

import msgspec

from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.orders import board
from mtd.runtime.desk.orders.filters import BadFilter, read_filter
from mtd.runtime.desk.people.person import Person
from mtd.runtime.desk.sharing import Shared
from mtd.store.people import views
from mtd.store.people.views import View

ORDERS = "orders"
"""The page whose views are kept."""
NAME_MAX = 60
QUERY_MAX = 1_000
COUNTED_S = 10.0
"""How long a view's count is shown before it is counted again."""
STALE_S = 30.0
"""How old a count may be that is shown while it is counted again."""


class Tallies:
    """Counts of filters, shared by all who see the same stores."""

    def __init__(self) -> None:
        self._shared = Shared()

    async def count(self, desk: Desk, person: Person, query: str) -> int | None:
        """How many orders a filter lets through; None: nobody knows at once."""
        try:
            asked = read_filter(parse_qs(query))
        except BadFilter:
            return None
        asked = msgspec.structs.replace(asked, columns=())
        key = (asked, person.stores)
        return await self._shared.get(
            key, lambda: board.counted(desk, person, asked), COUNTED_S, STALE_S
        )


async def listing(desk: Desk, person: Person, page: str) -> Sequence[View]:
    """The views of a page that `person` keeps, and those that others share."""
    async with desk.app.store.window(desk.tenant) as connection:
        return await views.listing(connection, desk.tenant, page, person.id)


async def keep(
    desk: Desk, person: Person, page: str, name: str, query: str, *, shared: bool
) -> str:
    """Keep the filter `query` under `name`; its id. Raises BadFilter, person.Forbidden."""
    if shared:
        person.must("views.share")
    name = name.strip()[:NAME_MAX]
    if not name or len(query) > QUERY_MAX:
        raise BadFilter("name")
    read_filter(parse_qs(query))
    id_ = desk.new_id()
    view = View(id=id_, account=person.id, shared=shared, name=name, query=query)
    await desk.record(person, "view.keep", name, after={"query": query, "shared": shared})
    async with desk.app.store.door(desk.tenant) as connection:
        await views.add(connection, desk.tenant, page, view)
    return id_


async def drop(desk: Desk, person: Person, id_: str) -> bool:
    """Keep a view of one's own no more; False: there is none such."""
    await desk.record(person, "view.drop", id_)
    async with desk.app.store.door(desk.tenant) as connection:
        return await views.drop(connection, desk.tenant, id_, person.id)
