"""Clients: who may call the API, their keys, and how it goes for them."""

from datetime import timedelta
from typing import Any

from litestar import Response, Router

from mtd.faces.portal.needs import action, page
from mtd.faces.portal.provided import Asked, Filled, Painted, Served, Someone
from mtd.faces.portal.rendering import Said, go
from mtd.runtime.desk.people.keys import MANAGE, by, usage

HERE = "/admin/clients"
ONE = HERE + "/{id:uuid}"
OVERLAPS_H = (0, 1, 24, 168)
"""How long an old key may go on, as the page offers."""


@page(HERE, MANAGE)
async def listing(request: Asked, desk: Served, painter: Painted, person: Someone) -> Response[str]:
    """Every client, with what the API's meters say of it."""
    person.must_everywhere(MANAGE)
    return await painter.page(
        request, "clients.html", clients=await desk.keys.listing(), overlaps_h=OVERLAPS_H,
        usage=usage(desk.app.meters.collected().collect()),
    )  # fmt: skip


@action(HERE, MANAGE, status_code=200)
async def add(
    request: Asked, desk: Served, painter: Painted, person: Someone, form: Filled
) -> Response[Any]:
    """A new client; its key is shown this once."""
    who = by(person, str(form.get("reason", "")))
    made = await desk.keys.add(str(form.get("name", "")), who)
    return await painter.page(request, "once.html", kind="client", name=made.name, once=made.key)


@action(ONE + "/rotate", MANAGE, status_code=200)
async def rotate(
    request: Asked, desk: Served, painter: Painted, person: Someone, form: Filled
) -> Response[Any]:
    """Another key, shown this once; the old one goes on for a while."""
    text = str(form.get("overlap", ""))
    overlap = timedelta(hours=int(text) if text in map(str, OVERLAPS_H) else 0)
    who = by(person, str(form.get("reason", "")))
    made = await desk.keys.rotate(str(request.path_params["id"]), overlap, who)
    return await painter.page(request, "once.html", kind="client", name=made.name, once=made.key)


@action(ONE + "/revoke", MANAGE)
async def revoke(request: Asked, desk: Served, person: Someone, form: Filled) -> Response[Any]:
    """Its key opens nothing any more."""
    who = by(person, str(form.get("reason", "")))
    name = await desk.keys.revoke(str(request.path_params["id"]), who)
    return go(HERE, Said("clients.revoked", {"name": name}))


ROUTER = Router(path="/", route_handlers=[listing, add, rotate, revoke])
