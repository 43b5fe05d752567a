"""Audit: what people did, searched, exported and printed, and whether its chain is whole."""

from collections.abc import Sequence
from typing import Any

from litestar import Response, Router
from litestar.response import Stream

from mtd.faces.portal import trail
from mtd.faces.portal.needs import action, page
from mtd.faces.portal.provided import Asked, Filled, Painted, Served, Someone
from mtd.faces.portal.rendering import go
from mtd.faces.portal.spreadsheet import streamed
from mtd.faces.portal.values import shown_menu
from mtd.runtime.desk import history
from mtd.runtime.desk.audit.auditing import anchor_of
from mtd.runtime.desk.history import read_asked
from mtd.store.people.audit import Listed

HEADINGS = (
    "place", "at", "actor", "origin", "action", "subject", "reason", "before", "after"
)  # fmt: skip


@page("/audit", "audit.see")
async def search(request: Asked, desk: Served, painter: Painted, person: Someone) -> Response[str]:
    """A page of what people did; the whole search is in its address."""
    asked = read_asked(request.query_params.dict())
    below, above = (request.query_params.get(name) or None for name in ("below", "above"))
    actions = await history.actions(desk, person)
    return await painter.page(
        request, "audit.html", asked=asked, found=await history.page(
            desk, person, asked, below=below, above=above
        ),
        actions=actions, kinds=history.kinds(actions), check=desk.checks.last,
        anchor=str(anchor_of(desk.app)), everywhere=person.stores is None,
        chips=trail.chips(asked), narrow=trail.Narrow(asked),
        count=await history.counted(desk, person, asked),
    )  # fmt: skip


@page("/audit/value", "audit.see")
async def value(request: Asked, desk: Served, painter: Painted, person: Someone) -> Response[str]:
    """What may be asked of one value of the list: those alone, or all others; how many each are."""
    asked = read_asked(request.query_params.dict())
    name, text = (request.query_params.get(part, "") for part in ("name", "value"))
    choices = (trail.only(asked, name, text), trail.leaving_out(asked, name, text))
    counts = [await history.counted(desk, person, one) for one in choices]
    hrefs = [trail.address(one) for one in choices]
    return shown_menu(request, painter, name, text, hrefs, counts, "audit")


@page("/audit.csv", "audit.see", media_type="text/csv")
async def spreadsheet(request: Asked, desk: Served, painter: Painted, person: Someone) -> Stream:
    """All that the same search finds."""
    asked = read_asked(request.query_params.dict())
    await desk.record(person, "audit.export", "", after=asked.query())
    words, formats = painter.words(request), painter.formats(request)

    def cells(one: Listed) -> Sequence[object]:
        return (
            one.position, formats.exact(one.at), one.actor, one.origin, one.action, one.subject,
            one.reason, one.before, one.after,
        )  # fmt: skip

    headings = [words(f"audit.column.{name}") for name in HEADINGS]
    parts = (map(cells, entries) async for entries in history.every(desk, person, asked))
    return streamed(request, "audit", headings, parts)


@action("/audit/check", "audit.see")
async def check(desk: Served, person: Someone, form: Filled) -> Response[Any]:
    """Check the whole chain; the page tells how far it is."""
    del form
    await desk.check_record(person)
    return go("/audit#check")


@page("/audit/check", "audit.see", polled=True)
async def progress(
    request: Asked, desk: Served, painter: Painted, person: Someone
) -> Response[str]:
    """How far the check is, or what it found, for a page that is open."""
    person.must_everywhere("audit.see")
    return painter.bare(request, "check.html", check=desk.checks.last)


ROUTER = Router(path="/", route_handlers=[search, value, spreadsheet, check, progress])
