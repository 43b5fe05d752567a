"""Erasures over REST: what is stored of the person whom an order is about, and that it goes."""

from litestar import Router, get, post
from litestar.di import Provide
from litestar.params import JSONBody

from mtd.faces.api.acting import Actor, ForSomebody, Reasoned, somebody
from mtd.faces.api.naming import Asked, NamedOrder, named, paths
from mtd.faces.api.provided import Desked
from mtd.runtime.desk.erasing import erasing
from mtd.runtime.desk.erasing.erasing import Erasure


@get(
    paths("/erasure"),
    summary="What erasing an order's person would take and leave",
    operation_class=ForSomebody,
)
async def erasure(request: Asked, desk: Desked, order: NamedOrder, actor: Actor) -> Erasure:
    """Of all orders of the person; `documents` are what the law makes us keep, and until when."""
    person = await somebody(request, desk, actor)
    erasing.may(person, "")
    mine = await desk.order(person, order.id)
    return await erasing.foreseen(desk.app, desk.tenant, mine)


@post(
    paths("/erasure"),
    status_code=200,
    summary="Erase an order's person, for ever",
    operation_class=ForSomebody,
)
async def erase(
    request: Asked, desk: Desked, order: NamedOrder, data: JSONBody[Reasoned]
) -> Erasure:
    """What went and what stays; 409 while the process of an order of the person's goes on."""
    person = await somebody(request, desk, data.actor)
    by = erasing.may(person, data.reason)
    mine = await desk.order(person, order.id)
    return await erasing.erase(desk.app, desk.tenant, mine, by)


ROUTER = Router(
    path="/",
    route_handlers=[erasure, erase],
    tags=["orders"],
    dependencies={"order": Provide(named)},
)
