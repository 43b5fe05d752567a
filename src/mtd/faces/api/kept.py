"""Kept views over REST: filters of the orders that people keep by a name, alone or for all."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Router, delete, get, post
from litestar.params import FromPath, JSONBody

from mtd.faces.api.acting import Actor, ForSomebody, Login, somebody
from mtd.faces.api.naming import Asked
from mtd.faces.api.provided import Desked
from mtd.runtime.desk.orders import views
from mtd.runtime.desk.orders.views import NAME_MAX, ORDERS, QUERY_MAX
from mtd.runtime.operations.operations import NotFound
from mtd.store.people.views import View


class Keeping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A filter as the address of the page of orders says it, and its name."""

    actor: Login
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=NAME_MAX)]
    query: Annotated[str, msgspec.Meta(max_length=QUERY_MAX)]
    shared: bool = False


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A view that is kept."""

    id: str


@get("/views", summary="Kept views of the orders", operation_class=ForSomebody)
async def views_kept(request: Asked, desk: Desked, actor: Actor) -> list[View]:
    """Those of the account, and those that others share."""
    person = await somebody(request, desk, actor)
    person.must("orders.see")
    return list(await views.listing(desk, person, ORDERS))


@post("/views", status_code=201, summary="Keep a view", operation_class=ForSomebody)
async def keep_view(request: Asked, desk: Desked, data: JSONBody[Keeping]) -> Kept:
    """Shared, it takes the right to share views; 422 for a filter that cannot be read."""
    person = await somebody(request, desk, data.actor)
    person.must("orders.see")
    kept = await views.keep(desk, person, ORDERS, data.name, data.query, shared=data.shared)
    return Kept(id=kept)


@delete(
    "/views/{view:uuid}", status_code=204, summary="Keep a view no more",
    operation_class=ForSomebody,
)  # fmt: skip
async def drop_view(request: Asked, desk: Desked, view: FromPath[UUID], actor: Actor) -> None:
    """404 for one that is not the account's own."""
    person = await somebody(request, desk, actor)
    person.must("orders.see")
    if not await views.drop(desk, person, str(view)):
        raise NotFound(f"{actor} keeps no view {view}")


ROUTER = Router(path="/", route_handlers=[views_kept, keep_view, drop_view], tags=["orders"])
