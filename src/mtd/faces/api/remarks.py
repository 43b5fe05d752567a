"""Remarks over REST: what people say about an order."""

from typing import Annotated

import msgspec
from litestar import Router, get, post
from litestar.di import Provide
from litestar.params import JSONBody

from mtd.faces.api.acting import Actor, ForSomebody, Login, somebody
from mtd.faces.api.naming import Asked, NamedOrder, named, paths
from mtd.faces.api.provided import Desked
from mtd.runtime.desk.orders import dossier
from mtd.runtime.desk.reasons import REASON_MAX
from mtd.store.orders.dossier import Remark


class Saying(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who says it, and what."""

    actor: Login
    words: Annotated[str, msgspec.Meta(min_length=1, max_length=REASON_MAX)]


@get(paths("/remarks"), summary="What people said about an order", operation_class=ForSomebody)
async def remarks(request: Asked, desk: Desked, order: NamedOrder, actor: Actor) -> list[Remark]:
    """The newest first."""
    person = await somebody(request, desk, actor)
    return await dossier.said(desk, await desk.order(person, order.id))


@post(
    paths("/remarks"), status_code=201, summary="Say something about an order",
    operation_class=ForSomebody,
)  # fmt: skip
async def remark(
    request: Asked, desk: Desked, order: NamedOrder, data: JSONBody[Saying]
) -> list[Remark]:
    """All that was said about it by now, the newest first."""
    person = await somebody(request, desk, data.actor)
    mine = await desk.order(person, order.id)
    await dossier.say(desk, person, mine, data.words)
    return await dossier.said(desk, mine)


ROUTER = Router(
    path="/",
    route_handlers=[remarks, remark],
    tags=["orders"],
    dependencies={"order": Provide(named)},
)
