"""Attempts: calls that failed or were refused, one by one, each with the row of its order."""

from collections.abc import Sequence

from litestar import Response, Router
from litestar.response import Stream

from mtd.faces.portal.conditions import Conditions
from mtd.faces.portal.needs import page
from mtd.faces.portal.provided import Asked, Painted, Served, Someone
from mtd.faces.portal.rendering import link
from mtd.faces.portal.spreadsheet import streamed
from mtd.runtime.desk.figures import attempts
from mtd.runtime.desk.figures.attempts import Line
from mtd.runtime.desk.figures.figures import counted_until

NEEDS = "orders.see statistics.see"
PATH = "/statistics/attempts"
CONDITIONS = Conditions({}, {"system": "system", "definition": "definition", "element": "element"})
HEADINGS = ("at", "order", "step", "service", "store", "outcome", "attempt", "took")


@page(PATH, NEEDS)
async def shown(request: Asked, desk: Served, painter: Painted, person: Someone) -> Response[str]:
    """A page of them; all that is asked is in its address."""
    query = request.query_params.dict()
    asked = attempts.read_asked(query, desk)
    below = attempts.read_place(next(iter(query.get("below", ())), ""))
    found = await attempts.page(desk, person, asked, below=below)
    return await painter.page(
        request, "attempts.html", asked=asked, found=found, outcomes=attempts.OUTCOMES,
        first=below is None, after=found.after and attempts.written(found.after),
        chips=CONDITIONS.chips(asked, lambda one: link(PATH, one.query())),
        count=await attempts.counted(desk, person, asked),
        read_at=await counted_until(desk),
    )  # fmt: skip


@page(f"{PATH}/csv", f"{NEEDS} orders.export", media_type="text/csv")
async def spreadsheet(request: Asked, desk: Served, painter: Painted, person: Someone) -> Stream:
    """All of them."""
    asked = attempts.read_asked(request.query_params.dict(), desk)
    await desk.record(person, "statistics.export", "attempts", after=asked.query())
    words, formats = painter.words(request), painter.formats(request)

    def cells(line: Line) -> Sequence[object]:
        row = line.row
        took = None if row.took_ms is None else round(row.took_ms)
        return (
            formats.exact(row.at), row.name, line.step, row.service, row.store, row.outcome,
            row.attempt, took,
        )  # fmt: skip

    headings = [words(f"attempts.column.{name}") for name in HEADINGS]
    parts = (map(cells, lines) async for lines in attempts.every(desk, person, asked))
    return streamed(request, "attempts", headings, parts)


ROUTER = Router(path="/", route_handlers=[shown, spreadsheet])
