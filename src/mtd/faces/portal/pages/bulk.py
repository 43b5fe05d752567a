"""Bulk actions: what one would do, how far it is, and what came of it for each order."""

from typing import Any

from litestar import Response, Router

from mtd.faces.portal.needs import action, page
from mtd.faces.portal.provided import Asked, Filled, Painted, Served, Someone
from mtd.faces.portal.rendering import go
from mtd.runtime.bulk import acting
from mtd.runtime.desk.work import bulks
from mtd.runtime.operations.operations import NotFound

RULINGS = ("STARTED", "PAUSED", "RESUMED", "ABORTED")
RESULTS_MAX = 200
PATH = "/bulk/{id:uuid}"


@page("/bulk", "orders.see")
async def listing(request: Asked, desk: Served, painter: Painted, person: Someone) -> Response[str]:
    """The latest ones."""
    return await painter.page(request, "bulks.html", bulks=await bulks.listing(desk, person))


@page(PATH, "orders.see")
async def one(request: Asked, desk: Served, painter: Painted, person: Someone) -> Response[str]:
    """One: what it would do, or what came of it."""
    id_ = _id(request)
    shown = await bulks.shown(desk, person, id_)
    results = await acting.page(desk.operations, id_, None, -1, RESULTS_MAX)
    needs = bulks.NEEDS.get(shown.bulk.action, "orders.correct")
    return await painter.page(
        request, "bulk.html", shown=shown, results=results, may=person.may(needs)
    )


@page(PATH + "/progress", "orders.see", polled=True)
async def progress(
    request: Asked, desk: Served, painter: Painted, person: Someone
) -> Response[str]:
    """How far it is, for a page that is open; one that shows another state comes anew."""
    shown = await bulks.shown(desk, person, _id(request))
    answer = painter.bare(request, "progress.html", shown=shown)
    if request.query_params.get("state", shown.bulk.state) != shown.bulk.state:
        answer.headers["HX-Refresh"] = "true"
    return answer


@page(PATH + "/results.csv", "orders.export orders.see", media_type="text/csv")
async def results(request: Asked, desk: Served, person: Someone) -> Response[str]:
    """What came of each."""
    text = await bulks.table(desk, person, _id(request))
    headers = {"Content-Disposition": 'attachment; filename="bulk.csv"'}
    return Response("\ufeff" + text, media_type="text/csv; charset=utf-8", headers=headers)


@action(PATH + "/rule", "orders.see")
async def rule(request: Asked, desk: Served, person: Someone, form: Filled) -> Response[Any]:
    """Start, pause, resume or abort it."""
    ruling = str(form.get("ruling", ""))
    if ruling not in RULINGS:
        raise NotFound(f"there is no ruling {ruling!r}")
    id_ = _id(request)
    await bulks.rule(desk, person, id_, ruling, str(form.get("reason", "")))
    return go(f"/bulk/{id_}")


@action(PATH + "/again", "orders.see")
async def again(request: Asked, desk: Served, person: Someone, form: Filled) -> Response[Any]:
    """Preview it for those alone that failed."""
    del form
    shown = await bulks.again(desk, person, _id(request))
    return go(f"/bulk/{shown.bulk.id}")


def _id(request: Asked) -> str:
    return str(request.path_params["id"])


ROUTER = Router(path="/", route_handlers=[listing, one, progress, results, rule, again])
