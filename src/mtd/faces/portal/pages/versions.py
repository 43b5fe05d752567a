"""Versions of a process: what one has otherwise than another, and orders led from that to this."""

from typing import Any

from litestar import Response, Router

from mtd.faces.portal.needs import action, page
from mtd.faces.portal.provided import Asked, Filled, Hung, Painted, Served, Someone
from mtd.faces.portal.rendering import go
from mtd.runtime.bulk.asked import RATE_PER_S, RATE_PER_S_MAX
from mtd.runtime.desk.processes import processes, versions
from mtd.runtime.operations.operations import NotFound

VERSION = "/processes/{name:str}/{version:int}"
MAPPED = "map."
"""Fields of the form that say where an element of the old version is in the new one."""


@page(VERSION + "/changes", "processes.see")
async def changes(
    request: Asked, desk: Served, painter: Painted, person: Someone, gallery: Hung
) -> Response[str]:
    """What the version has otherwise than the one before it, or the one that the address names."""
    name, new = _named(request)
    counted = await processes.crowd(desk, person)
    known = await processes.versions(desk, person, counted, name)
    text = request.query_params.get("from", "")
    former = [one.listed.version for one in known if one.listed.version < new]
    old = int(text) if text.isdigit() else max(former, default=0)
    before = await processes.definition(desk, person, name, old)
    after = await processes.definition(desk, person, name, new)
    return await painter.page(
        request, "changes.html", before=before, after=after, versions=known,
        found=await versions.comparison(desk, person, name, old, new),
        views=(await gallery.view(before), await gallery.view(after)),
        follow=next((one for one in known if one.id == before.id), None), rate=RATE_PER_S,
    )  # fmt: skip


@action(VERSION + "/migrate", "processes.migrate processes.see")
async def migrate(request: Asked, desk: Served, person: Someone, form: Filled) -> Response[Any]:
    """Show what it would be to lead the orders of another version to this one; nothing is done."""
    name, new = _named(request)
    old = str(form.get("from", ""))
    if not old.isdigit():
        raise NotFound("no version is named")
    mapping = {
        field.removeprefix(MAPPED): str(value)
        for field, value in form.items()
        if field.startswith(MAPPED) and value
    }
    reason, rate = str(form.get("reason", "")), _rate(str(form.get("rate", "")))
    shown = await versions.migrate(desk, person, name, int(old), new, mapping, reason, rate)
    return go(f"/bulk/{shown.bulk.id}")


def _rate(text: str) -> float:
    try:
        return min(max(float(text.replace(",", ".")), 0.1), RATE_PER_S_MAX)
    except ValueError:
        return RATE_PER_S


def _named(request: Asked) -> tuple[str, int]:
    return str(request.path_params["name"]), int(request.path_params["version"])


ROUTER = Router(path="/", route_handlers=[changes, migrate])
