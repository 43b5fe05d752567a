"""Overview: whether all is well, in five seconds."""

from urllib.parse import urlencode

from litestar import Response, Router

from mtd.faces.portal import charts
from mtd.faces.portal.needs import page
from mtd.faces.portal.provided import Asked, Counted, Painted, Served, Sharing, Someone
from mtd.runtime.desk.alerts import alarms
from mtd.runtime.desk.figures.overview import overview_figures
from mtd.runtime.desk.orders import board, trouble
from mtd.runtime.desk.orders.filters import LAST_HOUR, LATE, Filter
from mtd.runtime.desk.work import worklist

CAUSES = 5
FIGURES_S = 4.0
STALE_S = 15.0
"""How old the figures may be; and while they are counted anew."""
TASKS = 5
LATELY = Filter(hour=LAST_HOUR)
ALERTS = 8


@page("/", "overview.see")
async def overview(
    request: Asked,
    desk: Served,
    painter: Painted,
    person: Someone,
    tallies: Counted,
    shared: Sharing,
) -> Response[str]:
    """What waits for people, what came, and what is late; each leads to its list."""
    told = None
    if person.may("statistics.see"):
        told = await shared.get(
            ("overview", person.stores), lambda: overview_figures(desk, person), FIGURES_S, STALE_S
        )
    late = urlencode(Filter(kind=LATE).query())
    orders = person.may("orders.see")
    return await painter.page(
        request,
        "overview.html",
        arrived=await shared.get(
            ("arrived", person.stores),
            lambda: board.counted(desk, person, LATELY),
            FIGURES_S,
            STALE_S,
        )
        if orders
        else None,
        late=await tallies.count(desk, person, late) if orders else None,
        groups=(
            await shared.get(
                ("causes", person.stores), lambda: trouble.groups(desk, person, Filter())
            )
        )[:CAUSES]
        if orders
        else [],
        alerts=(await alarms.listing(desk, person, "open", limit=ALERTS))
        if person.may("alerts.see")
        else [],
        urgent=(await worklist.urgent(desk, person, TASKS)) if person.may("tasks.see") else [],
        told=told,
        spark=charts.spark,
    )


ROUTER = Router(path="/", route_handlers=[overview])
