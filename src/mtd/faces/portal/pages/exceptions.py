"""Exceptions: grouped by cause, diagnosed in a sentence, retried one, some or all."""

from typing import Any

from litestar import Response, Router

from mtd.faces.portal.needs import action, page
from mtd.faces.portal.provided import Asked, Filled, Painted, Served, Someone
from mtd.faces.portal.rendering import go, link
from mtd.runtime.bulk.asked import RATE_PER_S
from mtd.runtime.desk.orders import board, trouble
from mtd.runtime.desk.orders.filters import TROUBLED, Filter
from mtd.runtime.desk.orders.trouble import Group


@page("/exceptions", "orders.see")
async def listing(request: Asked, desk: Served, painter: Painted, person: Someone) -> Response[str]:
    """The causes, and the orders of one of them: the first, unless the address names another."""
    query = request.query_params
    groups = await trouble.groups(desk, person)
    chosen = _chosen(groups, query.get("code", ""), query.get("element", ""))
    found = diagnosis = None
    ids: list[str] = []
    if chosen is not None:
        asked = _filter(chosen.cause.code, chosen.cause.element)
        found = await board.page(desk, person, asked, below=query.get("below") or None)
        diagnosis = await trouble.example(desk, person, chosen.cause)
        ids = [line.row.id for line in found.lines]
    return await painter.page(
        request, "exceptions.html", groups=groups, chosen=chosen, found=found,
        diagnosis=diagnosis, rate=RATE_PER_S, live=link("/live", watch=",".join(ids)),
    )  # fmt: skip


@action("/exceptions/retry", "orders.retry orders.see")
async def retry(request: Asked, desk: Served, person: Someone, form: Filled) -> Response[Any]:
    """Fix who is to be retried and show it; nothing is done until that is started."""
    filled = await request.form()
    asked = _filter(str(form.get("code", "")), str(form.get("element", "")))
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


def _filter(code: str, element: str) -> Filter:
    return Filter(kind=TROUBLED, code=code, element=element)


def _rate(text: str) -> float:
    try:
        return min(max(float(text.replace(",", ".")), 0.1), 1000.0)
    except ValueError:
        return RATE_PER_S


ROUTER = Router(path="/", route_handlers=[listing, retry])
