"""Exceptions: grouped by cause, diagnosed in a sentence, retried one, some or all."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from litestar import Response, Router

from mtd.faces.portal.narrowing import Narrow, chips
from mtd.faces.portal.needs import action, page
from mtd.faces.portal.provided import Asked, Counted, Filled, Painted, Served, Someone
from mtd.faces.portal.rendering import go, link
from mtd.faces.portal.values import value_menu
from mtd.runtime.bulk.asked import RATE_PER_S
from mtd.runtime.desk.orders import board, trouble
from mtd.runtime.desk.orders.filters import TROUBLED, Filter, read_filter
from mtd.runtime.desk.orders.trouble import Group

PATH = "/exceptions"
BY = ("state", "store", "channel")
"""What the list is narrowed by, within each cause."""


@page(PATH, "orders.see")
async def listing(request: Asked, desk: Served, painter: Painted, person: Someone) -> Response[str]:
    """The causes, and the orders of one of them: the first, unless the address names another."""
    query = request.query_params
    asked = _read(query.dict())
    groups = await trouble.groups(desk, person, asked)
    chosen = _chosen(groups, asked.code, asked.element)
    found = diagnosis = None
    ids: list[str] = []
    if chosen is not None:
        asked = msgspec.structs.replace(asked, code=chosen.cause.code, element=chosen.cause.element)
        found = await board.page(desk, person, asked, below=query.get("below") or None)
        diagnosis = await trouble.example(desk, person, chosen.cause)
        ids = [line.row.id for line in found.lines]
    return await painter.page(
        request, "exceptions.html", groups=groups, chosen=chosen, found=found,
        diagnosis=diagnosis, rate=RATE_PER_S, live=link("/live", watch=",".join(ids)),
        query=asked.query(), narrow=Narrow(asked, PATH),
        chips=[one for one in chips(asked, PATH) if one.name in BY],
    )  # fmt: skip


@page(PATH + "/value", "orders.see")
async def value(
    request: Asked, desk: Served, painter: Painted, person: Someone, tallies: Counted
) -> Response[str]:
    """What may be asked of one value of the list: those alone, or all others; how many each are."""
    query = request.query_params.dict()
    name, text = (next(iter(query.get(part, ())), "") for part in ("name", "value"))
    return await value_menu(
        request, desk, painter, person, tallies, _read(query), PATH, name, text, TROUBLED
    )


@action(PATH + "/retry", "orders.retry orders.see")
async def retry(request: Asked, desk: Served, person: Someone, form: Filled) -> Response[Any]:
    """Fix who is to be retried and show it; nothing is done until that is started."""
    filled = await request.form()
    asked = _read({name: [str(one) for one in filled.getall(name)] for name in filled})
    asked = msgspec.structs.replace(asked, kind=TROUBLED)
    whole = form.get("whole") == "yes"
    chosen = None if whole else [str(one) for one in filled.getall("order", [])]
    rate = _rate(str(form.get("rate", "")))
    shown = await trouble.retry(
        desk, person, asked, chosen, str(form.get("name", "")), str(form.get("reason", "")), rate
    )
    return go(f"/bulk/{shown.bulk.id}")


def _chosen(groups: list[Group], code: str, element: str) -> Group | None:
    named = [one for one in groups if (one.cause.code, one.cause.element) == (code, element)]
    return (named or ([] if code else groups) or [None])[0]


def _read(query: Mapping[str, Sequence[str]]) -> Filter:
    """The cause, and what else orders with it are asked to be. Raises BadFilter."""
    names = (*BY, *(f"{name}-not" for name in BY), "code", "element")
    return read_filter({name: query[name] for name in names if name in query})


def _rate(text: str) -> float:
    try:
        return min(max(float(text.replace(",", ".")), 0.1), 1000.0)
    except ValueError:
        return RATE_PER_S


ROUTER = Router(path="/", route_handlers=[listing, value, retry])
