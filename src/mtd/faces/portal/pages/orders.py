"""Orders: the list with its views and filters, the same as a spreadsheet, and search."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from litestar import Response, Router
from litestar.response import Stream

from mtd.core.orders.purchase_order import Channel
from mtd.core.orders.states import OrderState
from mtd.core.process.label import folded
from mtd.faces.portal.formats import Formats
from mtd.faces.portal.narrowing import ORDERS, Narrow, chips
from mtd.faces.portal.navigation import PLACES
from mtd.faces.portal.needs import SIGNED_IN, action, page
from mtd.faces.portal.provided import Asked, Counted, Filled, Painted, Served, Someone
from mtd.faces.portal.rendering import Said, go, link
from mtd.faces.portal.spreadsheet import streamed
from mtd.faces.portal.values import value_menu
from mtd.runtime.desk.orders import board, dossier, finding, views
from mtd.runtime.desk.orders.board import Line
from mtd.runtime.desk.orders.filters import COLUMNS, KINDS, Filter, read_filter
from mtd.store.people.views import View

FOUND_MAX = finding.WORDS_MAX
TEXT_MAX = 8_000
"""Characters of a pasted list."""
OFFERED_MAX = 8
"""Orders that the palette offers."""
WHOLE = (
    "key",
    "store",
    "channel",
    "state",
    "step",
    "attempts",
    "total",
    "received",
    "promised",
    "error",
)
"""What the spreadsheet has of an order where no columns are chosen."""
HEADINGS: Mapping[str, tuple[str, ...]] = {"total": ("total", "currency"), "age": ("received",)}
"""Of a column whose cells are not one of its own name in a spreadsheet."""


@page("/orders", "orders.see")
async def listing(
    request: Asked, desk: Served, painter: Painted, person: Someone, tallies: Counted
) -> Response[str]:
    """A page of the list; every filter is in its address."""
    query = request.query_params.dict()
    asked = read_filter(query)
    below, above, peek = _one(query, "below"), _one(query, "above"), _one(query, "peek")
    found = await board.page(desk, person, asked, below=below, above=above)
    ids = [line.row.id for line in found.lines]
    first = below is None and above is None
    top = ids[0] if ids and first else ""
    return await painter.page(
        request,
        "orders.html",
        found=found,
        asked=asked,
        first=first,
        live=link("/live", asked.query(), watch=",".join(ids), top=top),
        tabs=[(kind, await tallies.count(desk, person, _view(kind))) for kind in KINDS],
        kept=[
            (view, await tallies.count(desk, person, view.query))
            for view in await views.listing(desk, person, views.ORDERS)
        ],
        count=await tallies.count(desk, person, urlencode(asked.query(), doseq=True)),
        query=urlencode(asked.query(), doseq=True),
        states=list(OrderState),
        channels=list(Channel),
        chips=chips(asked),
        narrow=Narrow(asked),
        columns=COLUMNS,
        peeked=await dossier.dossier_of(desk, person, peek) if peek else None,
        beside={"below": below, "above": above},
    )


@page("/orders/value", "orders.see")
async def value(
    request: Asked, desk: Served, painter: Painted, person: Someone, tallies: Counted
) -> Response[str]:
    """What may be asked of one value of the list: those alone, or all others; how many each are."""
    query = request.query_params.dict()
    name, text = _one(query, "name") or "", _one(query, "value") or ""
    return await value_menu(
        request, desk, painter, person, tallies, read_filter(query), ORDERS, name, text
    )


@page("/orders.csv", "orders.export orders.see", media_type="text/csv")
async def spreadsheet(request: Asked, desk: Served, painter: Painted, person: Someone) -> Stream:
    """The orders that the same filter lets through, all of them."""
    asked = read_filter(request.query_params.dict())
    await desk.record(person, "orders.export", "", after=asked.query())
    words, formats = painter.words(request), painter.formats(request)

    named = [one for name in asked.columns or WHOLE for one in HEADINGS.get(name, (name,))]
    headings = list(dict.fromkeys(["order", *named]))

    def cells(line: Line) -> Sequence[object]:
        known = _cells(line, formats)
        return [known[name] for name in headings]

    parts = (map(cells, lines) async for lines in board.every(desk, person, asked))
    return streamed(request, "orders", [words(f"orders.column.{name}") for name in headings], parts)


def _cells(line: Line, formats: Formats) -> dict[str, object]:
    """What a spreadsheet may have of an order, by the names of the columns."""
    row = line.row
    return {
        "order": row.external_id, "key": row.key, "store": row.store, "channel": row.channel,
        "state": row.state, "step": line.step, "attempts": row.attempt, "total": row.amount,
        "currency": row.currency, "received": formats.exact(row.received_at),
        "promised": formats.exact(row.promised_at) if row.promised_at else None,
        "error": row.code, "since": formats.exact(row.since), "branch": row.branch,
        "document": row.buyer_document,
    }  # fmt: skip


@page("/search", "orders.see")
async def search(request: Asked, desk: Served, painter: Painted, person: Someone) -> Response[Any]:
    """What a word may mean; where it means one order, that one."""
    text = request.query_params.get("q", "")[:TEXT_MAX]
    found = await finding.search(desk, person, text) if text.strip() else []
    if len(found) == 1:
        return go(link(f"/orders/{found[0].id}"))
    return await painter.page(request, "search.html", text=text, found=found[:FOUND_MAX])


@page("/palette", SIGNED_IN)
async def palette(request: Asked, desk: Served, painter: Painted, person: Someone) -> Response[str]:
    """Where a few typed letters may lead: pages, kept views, and orders by any of their keys."""
    text = request.query_params.get("q", "")[:TEXT_MAX].strip()
    words, sees = painter.words(request), person.may("orders.see")
    kept: Sequence[View] = await views.listing(desk, person, views.ORDERS) if sees else []
    found = await finding.search(desk, person, text) if text and sees else []
    return painter.bare(
        request,
        "palette.html",
        text=text,
        pages=[
            place
            for place in PLACES
            if person.may(place.needs) and _like(text, words(f"pages.{place.key}"))
        ],
        kept=[view for view in kept if _like(text, view.name)],
        found=found[:OFFERED_MAX],
        count=len(found),
    )


@action("/orders/views", "orders.see")
async def keep_view(desk: Served, person: Someone, form: Filled) -> Response[Any]:
    """Keep the filter of the page under a name."""
    query, shared = str(form.get("query", "")), form.get("shared") == "yes"
    name = str(form.get("name", ""))
    await views.keep(desk, person, views.ORDERS, name, query, shared=shared)
    return go(f"/orders?{query}", Said("orders.view_kept", {"name": name}))


@action("/orders/views/drop", "orders.see")
async def drop_view(desk: Served, person: Someone, form: Filled) -> Response[Any]:
    """Keep it no more."""
    await views.drop(desk, person, str(form.get("id", "")))
    return go("/orders")


def _like(text: str, name: str) -> bool:
    """Whether `name` has these letters, whatever their accents and case."""
    return folded(text) in folded(name)


def _view(kind: str) -> str:
    return urlencode(Filter(kind=kind).query())


def _one(query: dict[str, list[str]], name: str) -> str | None:
    return next(iter(query.get(name, ())), None) or None


ROUTER = Router(
    path="/", route_handlers=[listing, value, spreadsheet, search, palette, keep_view, drop_view]
)
