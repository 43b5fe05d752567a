"""Pauses: what stands still by somebody's word, how many wait behind it, and letting it go on."""

from typing import Any

from litestar import Response, Router

from mtd.faces.portal.needs import action, page
from mtd.faces.portal.provided import Asked, Filled, Painted, Served, Someone
from mtd.faces.portal.rendering import Said, go
from mtd.runtime.desk import breakers
from mtd.runtime.desk.work import holding
from mtd.runtime.desk.work.holding import MANAGE

APART = "/"
"""Between a step's process and its element in the form."""


@page("/pauses", "orders.see")
async def listing(request: Asked, desk: Served, painter: Painted, person: Someone) -> Response[str]:
    """What is paused and what was, and for who may, what can be."""
    choices = await holding.choices(desk, person) if person.may(MANAGE) else None
    found = await holding.listing(desk, person)
    found_breakers = await breakers.listing(desk, person)
    query = request.query_params
    chosen = (query.get("kind", ""), query.get("name", ""))
    return await painter.page(
        request, "pauses.html", pauses=found, choices=choices, chosen=chosen, apart=APART,
        breakers=found_breakers,
    )  # fmt: skip


@action("/pauses", MANAGE)
async def pause(desk: Served, person: Someone, form: Filled) -> Response[Any]:
    """Let something stand still."""
    kind, _, name = str(form.get("what", "")).partition(":")
    process, _, element = name.rpartition(APART) if kind == "step" else ("", "", name)
    reason = str(form.get("reason", ""))
    begun = await holding.pause(desk, person, kind, element, process, reason)
    return go("/pauses", Said("pauses.paused", {"what": begun.label}, "warn"))


@action("/pauses/{id:uuid}/lift", MANAGE)
async def lift(request: Asked, desk: Served, person: Someone, form: Filled) -> Response[Any]:
    """Let it go on."""
    id_ = str(request.path_params["id"])
    lifted = await holding.lift(desk, person, id_, str(form.get("reason", "")))
    return go("/pauses", Said("pauses.lifted", {"what": lifted.label}))


@action("/breakers/{name:str}/close", MANAGE)
async def close(request: Asked, desk: Served, person: Someone, form: Filled) -> Response[Any]:
    """Have a system called again that workers stopped calling."""
    name = str(request.path_params["name"])
    closed = await breakers.close(desk, person, name, str(form.get("reason", "")))
    return go("/pauses", Said("pauses.closed", {"what": closed.counterpart}))


ROUTER = Router(path="/", route_handlers=[listing, pause, lift, close])
