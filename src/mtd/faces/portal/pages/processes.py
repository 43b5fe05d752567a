"""Processes: what is deployed, its drawing with who stands where, and its versions."""

from litestar import Response, Router

from mtd.core.process.definition import Definition
from mtd.faces.portal.needs import page
from mtd.faces.portal.provided import Asked, Hung, Painted, Served, Sharing, Someone
from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.figures import figures
from mtd.runtime.desk.people.person import Person
from mtd.runtime.desk.processes import heating, processes, releasing
from mtd.runtime.desk.processes.processes import Crowd, Spot
from mtd.runtime.desk.sharing import Shared
from mtd.runtime.operations.operations import NotFound

VERSION = "/processes/{name:str}/{version:int}"
KEPT_S = 3_600
"""For how long a browser keeps a drawing: a version never changes, how it is shown may."""
STALE_S = 10.0
"""How old counts of versions, and heats, may be that are shown while they are counted anew."""
LISTED_MAX = 12
"""Elements that are shown at once; those where nobody stands come last."""


@page("/processes", "processes.see")
async def listing(
    request: Asked, desk: Served, painter: Painted, person: Someone, shared: Sharing
) -> Response[str]:
    """Every process with its versions, and what waits to become one."""
    found = await processes.versions(desk, person, await crowd(desk, person, shared))
    pending = await releasing.pending(desk, person)
    return await painter.page(request, "processes.html", versions=found, pending=pending)


@page(VERSION, "processes.see")
async def one(
    request: Asked, desk: Served, painter: Painted, person: Someone, gallery: Hung,
    shared: Sharing,
) -> Response[str]:  # fmt: skip
    """A version: its drawing, and who stands where."""
    name, version = _named(request)
    shown = await processes.definition(desk, person, name, version)
    versions = await processes.versions(desk, person, await crowd(desk, person, shared), name)
    mode, period = _heat(request)
    whole = request.query_params.get("pools") == "all"
    view = await gallery.view(shown, whole=whole)
    return await painter.page(
        request, "process.html", shown=shown, versions=versions, view=view, whole=whole,
        version=next(one for one in versions if one.id == shown.id),
        spots=await _spots(desk, person, shared, shown, mode, period), listed_max=LISTED_MAX,
        modes=heating.MODES, periods=heating.PERIODS,
        counted=await shared.get("read_at", lambda: figures.counted_until(desk)),
        mode=mode, period=period,
    )  # fmt: skip


@page(VERSION + "/elements", "processes.see", polled=True)
async def spots(
    request: Asked, desk: Served, painter: Painted, person: Someone, shared: Sharing
) -> Response[str]:
    """Who stands where, for a page that is open."""
    shown = await processes.definition(desk, person, *_named(request))
    mode, period = _heat(request)
    found = await _spots(desk, person, shared, shown, mode, period)
    return painter.bare(
        request, "spots.html", spots=found, listed_max=LISTED_MAX, mode=mode, period=period
    )


@page(VERSION + "/drawing.bpmn", "processes.see", media_type="application/xml")
async def drawing(request: Asked, desk: Served, person: Someone, gallery: Hung) -> Response[bytes]:
    """The drawing as it is to be shown."""
    shown = await processes.definition(desk, person, *_named(request))
    view = await gallery.view(shown, whole=request.query_params.get("pools") == "all")
    if view is None:
        raise NotFound(f"{shown.id} draws nothing that can be shown")
    headers = {"Cache-Control": f"private, max-age={KEPT_S}"}
    return Response(view.content, media_type="application/xml", headers=headers)


async def crowd(desk: Desk, person: Person, shared: Shared) -> Crowd:
    """Who runs on each version, counted once for all who look at one."""
    return await shared.get(
        ("crowd", person.stores), lambda: processes.crowd(desk, person), stale_s=STALE_S
    )


async def _spots(
    desk: Desk, person: Person, shared: Shared, shown: Definition, mode: str, period: str
) -> list[Spot]:
    """Who stands where, asked for once for all who look; heat is history, and may be older."""
    question = ("spots", shown.id, person.stores, mode, period)
    return await shared.get(
        question,
        lambda: processes.spots(desk, person, shown, mode, period),
        stale_s=STALE_S if mode else 0.0,
    )


def _heat(request: Asked) -> tuple[str, str]:
    """What the drawing is coloured by, and over which period."""
    query = request.query_params
    return query.get("mode", ""), query.get("period", "") or heating.USUAL


def _named(request: Asked) -> tuple[str, int]:
    return str(request.path_params["name"]), int(request.path_params["version"])


ROUTER = Router(path="/", route_handlers=[listing, one, spots, drawing])
