"""The system: how its parts are, and what its settings say."""

from litestar import Response, Router

from mtd.faces.portal.needs import page
from mtd.faces.portal.provided import Asked, Painted, Served, Someone
from mtd.runtime.desk import system
from mtd.runtime.desk.system import SEE


@page("/admin", SEE)
async def health(request: Asked, desk: Served, painter: Painted, person: Someone) -> Response[str]:
    """Workers, queues, the database, and how long pages take."""
    return await painter.page(
        request, "system.html", state=await system.state(desk, person),
        paces=painter.paces.figures(),
    )  # fmt: skip


@page("/admin/settings", SEE)
async def settings(
    request: Asked, desk: Served, painter: Painted, person: Someone
) -> Response[str]:
    """What was read at the start, to be read only."""
    return await painter.page(request, "settings.html", settings=system.settings(desk, person))


ROUTER = Router(path="/", route_handlers=[health, settings])
