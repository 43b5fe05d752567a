"""An order's journey: its way on the drawing with a slider in time, and how it is led elsewhere."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from litestar import Response, Router

from mtd.core.process.retracing import Pace
from mtd.faces.portal.formats import Formats
from mtd.faces.portal.needs import action, page
from mtd.faces.portal.provided import Asked, Filled, Hung, Painted, Served, Someone
from mtd.faces.portal.rendering import Said, go, link
from mtd.runtime.desk.orders import journey, moving
from mtd.runtime.desk.orders.journey import Journey

SHORT = timedelta(seconds=1)
"""A flow that was taken sooner bears no duration: that is how long the engine takes."""


@page("/orders/{id:str}/path", "orders.see")
async def path(
    request: Asked, desk: Served, painter: Painted, person: Someone, gallery: Hung
) -> Response[str]:
    """The way of an order, on the drawing of its process or of one that it calls."""
    name = str(request.path_params["id"])
    order = await desk.order(person, name)
    found = await journey.journey_of(desk, person, order.id, request.query_params.get("in", ""))
    view = await gallery.view(found.drawn) if found else None
    formats = painter.formats(request)
    return await painter.page(
        request, "path.html", order=order, found=found, view=view,
        steps=_steps(found, formats) if found else [],
        live=link("/live", watch=order.id),
    )  # fmt: skip


@page("/orders/{id:str}/move", "orders.move orders.see")
async def choose(request: Asked, desk: Served, painter: Painted, person: Someone) -> Response[str]:
    """Where an order may be led, and what would follow of the choice that the address says."""
    order = await desk.order(person, str(request.path_params["id"]))
    source, target = (request.query_params.get(one, "") for one in ("from", "to"))
    shown = None
    if source and target:
        shown = await moving.consequences(desk, person, order, source, target)
    found = await moving.sources(desk, person, order)
    return await painter.page(request, "move.html", order=order, sources=found, shown=shown)


@action("/orders/{id:str}/move", "orders.move orders.see")
async def move(request: Asked, desk: Served, person: Someone, form: Filled) -> Response[Any]:
    """Lead it there."""
    order = await desk.order(person, str(request.path_params["id"]))
    source, target = str(form.get("from", "")), str(form.get("to", ""))
    done = await moving.move(desk, person, order, source, target, str(form.get("reason", "")))
    said = Said("move.done", {"from": done.names[0], "to": done.names[1]})
    return go(f"/orders/{order.id}/path", said)


def _steps(found: Journey, formats: Formats) -> list[dict[str, Any]]:
    """The steps as the slider reads them, each with how long it was after the one before."""
    before = None
    steps: list[dict[str, Any]] = []
    for pace in found.paces:
        waited = None if before is None else pace.at - before
        steps.append({"pace": pace, "marks": _marks(found, pace, formats), "waited": waited})
        before = pace.at
    return steps


def _marks(found: Journey, pace: Pace, formats: Formats) -> dict[str, Any]:
    crossed: dict[str, str] = {}
    for one in pace.crossed:
        for flow in found.own([one.flow]):
            crossed[flow] = formats.span(one.after) if one.after and one.after >= SHORT else ""
    failed: Sequence[str] = found.own([pace.failed]) if pace.failed else ()
    return {
        "came": found.own(pace.came),
        "crossed": crossed,
        "stands": found.own(pace.stands),
        "troubled": found.own([id_ for id_ in pace.troubled if id_]),
        "failed": next(iter(failed), ""),
    }


ROUTER = Router(path="/", route_handlers=[path, choose, move])
