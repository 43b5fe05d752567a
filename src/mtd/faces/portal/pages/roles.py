"""Roles: what each allows, as data."""

from typing import Any

from litestar import Response, Router

from mtd.faces.portal.needs import action, page
from mtd.faces.portal.provided import Asked, Filled, Painted, Served, Someone
from mtd.faces.portal.rendering import Said, go
from mtd.runtime.desk.people.people import MANAGE, by
from mtd.runtime.desk.people.person import PERMISSIONS

HERE = "/admin/roles"


@page(HERE, MANAGE)
async def listing(request: Asked, desk: Served, painter: Painted, person: Someone) -> Response[str]:
    """Every role with its permissions, to be ticked."""
    person.must_everywhere(MANAGE)
    return await painter.page(
        request, "roles.html", roles=await desk.people.roles(), permissions=PERMISSIONS
    )


@action(HERE, MANAGE)
async def put(request: Asked, desk: Served, person: Someone, form: Filled) -> Response[Any]:
    """What a role allows from now on."""
    filled = await request.form()
    name = str(form.get("name", ""))
    permissions = [str(one) for one in filled.getall("permission", [])]
    await desk.people.put_role(name, permissions, by(person, str(form.get("reason", ""))))
    return go(HERE, Said("roles.put", {"name": name}))


@action(HERE + "/drop", MANAGE)
async def drop(desk: Served, person: Someone, form: Filled) -> Response[Any]:
    """The role is no more."""
    name = str(form.get("name", ""))
    await desk.people.drop_role(name, by(person, str(form.get("reason", ""))))
    return go(HERE, Said("roles.dropped", {"name": name}))


ROUTER = Router(path="/", route_handlers=[listing, put, drop])
