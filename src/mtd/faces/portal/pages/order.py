"""An order: where it stands and why, what happened, what is kept, and what can be done."""

from typing import Any

from litestar import Response, Router

from mtd.faces.portal.needs import action, page
from mtd.faces.portal.provided import Asked, Filled, Painted, Served, Someone
from mtd.faces.portal.rendering import Said, go, link
from mtd.runtime.desk.erasing import erasing
from mtd.runtime.desk.orders import correcting, dossier, hastening
from mtd.runtime.desk.orders.correcting import Clash, Clashed, Unreadable
from mtd.runtime.desk.orders.diagnosis import diagnoses_of
from mtd.runtime.engine.keeping import documents
from mtd.runtime.operations.operations import NotFound
from mtd.store.orders.orders import Order

NUMBER = "incident"
WAIT = "wait"


@page("/orders/{id:str}", "orders.see")
async def whole(request: Asked, desk: Served, painter: Painted, person: Someone) -> Response[str]:
    """The order's page; its journal is shown from its end."""
    query = request.query_params
    below = int(query["below"]) if query.get("below", "").isdecimal() else None
    show = query.get("show", "")
    found = await dossier.dossier_of(desk, person, _id(request), below, show)
    return await painter.page(
        request,
        "order.html",
        found=found,
        order=found.order,
        content=await dossier.content_of(desk, person, found.order),
        erasure=await erasing.offered(desk.app, desk.tenant, person, found.order),
        below=below,
        show=show if show in dossier.SHOWN else "",
        shown=list(dossier.SHOWN),
        back=query.get("of", ""),
        live=link("/live", watch=found.order.id),
    )


@page("/orders/{id:str}/glance", "orders.see")
async def glance(request: Asked, desk: Served, painter: Painted, person: Someone) -> Response[str]:
    """What the panel beside a list shows of the order."""
    found = await dossier.dossier_of(desk, person, _id(request))
    return painter.bare(request, "panel.html", peeked=found)


@action("/orders/{id:str}/retry", "orders.retry orders.see")
async def retry(request: Asked, desk: Served, person: Someone, form: Filled) -> Response[Any]:
    """Try again what failed."""
    order = await desk.order(person, _id(request))
    await dossier.retry(desk, person, order, _incident(form), str(form.get("reason", "")))
    return go(f"/orders/{order.id}", Said("order.retried", {"order": order.external_id}))


@action("/orders/{id:str}/hasten", "orders.retry orders.see")
async def hasten(request: Asked, desk: Served, person: Someone, form: Filled) -> Response[Any]:
    """Make now an attempt that is put off."""
    order = await desk.order(person, _id(request))
    wait = str(form.get(WAIT, ""))
    if not wait.isdecimal():
        raise NotFound("no attempt is named")
    await hastening.hasten(desk, person, order, int(wait), str(form.get("reason", "")))
    return go(f"/orders/{order.id}", Said("order.hastened", {"order": order.external_id}))


@action("/orders/{id:str}/cancel", "orders.cancel orders.see")
async def cancel(request: Asked, desk: Served, person: Someone, form: Filled) -> Response[Any]:
    """Ask the process to cancel."""
    order = await desk.order(person, _id(request))
    await dossier.cancel(desk, person, order, str(form.get("reason", "")))
    return go(f"/orders/{order.id}", Said("order.cancelled", {"order": order.external_id}))


@action("/orders/{id:str}/erase", "personal.erase orders.see")
async def erase(request: Asked, desk: Served, person: Someone, form: Filled) -> Response[Any]:
    """Erase the person whom the order is about, in all of the person's orders."""
    order = await desk.order(person, _id(request))
    by = erasing.may(person, str(form.get("reason", "")))
    told = await erasing.erase(desk.app, desk.tenant, order, by)
    said: dict[str, str | int] = {"orders": len(told.orders), "documents": len(told.documents)}
    return go(f"/orders/{order.id}", Said("order.person_erased", said))


@action("/orders/{id:str}/remarks", "orders.see")
async def remark(request: Asked, desk: Served, person: Someone, form: Filled) -> Response[Any]:
    """Say something about the order."""
    order = await desk.order(person, _id(request))
    await dossier.say(desk, person, order, str(form.get("words", "")))
    return go(f"/orders/{order.id}#remarks")


@page("/orders/{id:str}/documents/{name:str}", "personal.see orders.see")
async def document(request: Asked, desk: Served, person: Someone) -> Response[bytes]:
    """A document that is kept with the order, as it came."""
    order = await desk.order(person, _id(request))
    name = str(request.path_params["name"])
    mine = [one for one in await documents(desk.app, desk.tenant, order.id) if one.name == name]
    if not mine:
        raise NotFound(f"the order has no document {name!r}")
    await desk.record(person, "document.read", order.key, after={"name": name})
    headers = {"Content-Disposition": "attachment"}
    return Response(mine[-1].content, media_type=mine[-1].media_type, headers=headers)


@page("/orders/{id:str}/correct", "orders.correct orders.see")
async def correction(
    request: Asked, desk: Served, painter: Painted, person: Someone
) -> Response[str]:
    """The variables, to be put right."""
    order = await desk.order(person, _id(request))
    incident = request.query_params.get(NUMBER, "")
    seen = correcting.written(await correcting.variables(desk, order))
    return await _form(request, painter, desk, order, incident, seen=seen, text=seen)


@action("/orders/{id:str}/correct/difference", "orders.correct orders.see", status_code=200)
async def difference(
    request: Asked, desk: Served, painter: Painted, person: Someone, form: Filled
) -> Response[str]:
    """What would change, shown while it is typed."""
    await desk.order(person, _id(request))
    try:
        seen, wanted = (correcting.read(str(form.get(name, ""))) for name in ("seen", "text"))
        changed, wrong = correcting.differences(seen, wanted), ""
    except Unreadable as error:
        changed, wrong = [], str(error)
    return painter.bare(request, "difference.html", changed=changed, wrong=wrong)


@action("/orders/{id:str}/correct", "orders.correct orders.retry orders.see", status_code=200)
async def correct(
    request: Asked, desk: Served, painter: Painted, person: Someone, form: Filled
) -> Response[Any]:
    """Correct and try again, in one step; a clash is shown and nothing is done."""
    order = await desk.order(person, _id(request))
    seen, text = str(form.get("seen", "")), str(form.get("text", ""))
    reason, number = str(form.get("reason", "")), str(form.get(NUMBER, ""))
    try:
        before, wanted = correcting.read(seen), correcting.read(text)
    except Unreadable as error:
        return await _form(
            request, painter, desk, order, number,
            seen=seen, text=text, reason=reason, status=422, wrong=str(error),
        )  # fmt: skip
    try:
        changed = await correcting.correct_and_retry(
            desk, person, order, _incident(form), before, wanted, reason
        )
    except Clashed as error:
        now = await correcting.variables(desk, order)
        mine = correcting.written(now | _untouched(error, wanted, before))
        return await _form(
            request, painter, desk, order, number,
            seen=correcting.written(now), text=mine, reason=reason, status=409,
            clashes=error.clashes,
        )  # fmt: skip
    names = ", ".join(one.name for one in changed)
    return go(f"/orders/{order.id}", Said("order.corrected", {"names": names}))


async def _form(
    request: Asked,
    painter: Any,
    desk: Any,
    order: Order,
    incident: str,
    *,
    seen: str,
    text: str,
    reason: str = "",
    status: int = 200,
    wrong: str = "",
    clashes: tuple[Clash, ...] = (),
) -> Response[str]:
    mine = [one for one in await diagnoses_of(desk, order) if str(one.incident) == incident]
    changed = [] if wrong else correcting.differences(correcting.read(seen), correcting.read(text))
    return await painter.page(
        request, "correct.html", status=status, order=order, incident=incident, seen=seen,
        text=text, reason=reason, wrong=wrong, clashes=clashes, changed=changed,
        diagnosis=mine[0] if mine else None,
    )  # fmt: skip


def _untouched(clashed: Clashed, wanted: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """What the person changed and nobody else did: it is kept in the form."""
    others = {one.name for one in clashed.clashes}
    names = [one.name for one in correcting.differences(before, wanted)]
    return {name: wanted[name] for name in names if name not in others}


def _id(request: Asked) -> str:
    return str(request.path_params["id"])


def _incident(form: dict[str, Any]) -> int:
    text = str(form.get(NUMBER, ""))
    if not text.isdecimal():
        raise NotFound("no exception is named")
    return int(text)


ROUTER = Router(
    path="/",
    route_handlers=[
        whole,
        glance,
        retry,
        hasten,
        cancel,
        erase,
        remark,
        document,
        correction,
        difference,
        correct,
    ],
)  # fmt: skip
