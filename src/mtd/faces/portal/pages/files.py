"""The waiting queue: why each file waits, its bytes with the wrong line marked, and a way out."""

from typing import Any

from litestar import Response, Router

from mtd.faces.portal import waitlist as narrowing
from mtd.faces.portal.needs import action, page
from mtd.faces.portal.provided import Asked, Filled, Painted, Served, Someone
from mtd.faces.portal.rendering import Said, go
from mtd.faces.portal.values import shown_menu
from mtd.runtime.desk.work import queue, waitlist

PATH = "/files/{id:uuid}"
RATE_PER_S = 5.0
RATE_MAX = 100.0


@page("/files", "files.see")
async def listing(request: Asked, desk: Served, painter: Painted, person: Someone) -> Response[str]:
    """Files that wait, the oldest first, with how long they have."""
    asked = narrowing.read(request.query_params.dict())
    after = narrowing.read_after(request.query_params.get("after", ""))
    found = await waitlist.listing(desk, person, asked, after)
    return await painter.page(
        request, "files.html", found=found, ages=list(zip(waitlist.AGES, found.ages, strict=False)),
        rate=RATE_PER_S, query=narrowing.query(asked), after=after,
        chips=narrowing.chips(asked), narrow=narrowing.Narrow(asked),
    )  # fmt: skip


@page("/files/value", "files.see")
async def value(request: Asked, desk: Served, painter: Painted, person: Someone) -> Response[str]:
    """What may be asked of one value of the list: those alone, or all others; how many each are."""
    asked = narrowing.read(request.query_params.dict())
    name, text = (request.query_params.get(part, "") for part in ("name", "value"))
    choices = (narrowing.only(asked, name, text), narrowing.leaving_out(asked, name, text))
    counts = [await waitlist.count(desk, person, one) for one in choices]
    hrefs = [narrowing.address(one) for one in choices]
    return shown_menu(request, painter, name, text, hrefs, counts, "files")


@page(PATH, "files.see")
async def one(request: Asked, desk: Served, painter: Painted, person: Someone) -> Response[str]:
    """One file: its failures, and the file itself."""
    examined = await queue.examined(desk, person, _id(request))
    return await painter.page(request, "file.html", examined=examined, rate=RATE_PER_S)


@action("/files/push", "files.push files.see")
async def push(request: Asked, desk: Served, person: Someone, form: Filled) -> Response[Any]:
    """Try the ticked ones again, or all of the list, so many a second."""
    filled = await request.form()
    whole = form.get("whole") == "yes"
    ids = None if whole else [str(one) for one in filled.getall("file", [])]
    rate = _rate(str(form.get("rate", "")))
    asked = narrowing.read({name: [str(one) for one in filled.getall(name)] for name in filled})
    shown = await queue.push(desk, person, asked, ids, str(form.get("reason", "")), rate)
    return go(f"/bulk/{shown.bulk.id}", Said("files.pushed", {"n": shown.bulk.items}))


@action(PATH + "/return", "files.return files.see")
async def give_back(request: Asked, desk: Served, person: Someone, form: Filled) -> Response[Any]:
    """Give it back to who sent it."""
    place = await queue.give_back(desk, person, _id(request), str(form.get("reason", "")))
    return go("/files", Said("files.returned", {"name": place.name}))


@action(PATH + "/discard", "files.discard files.see")
async def ask(request: Asked, desk: Served, person: Someone, form: Filled) -> Response[Any]:
    """Ask that it be given up."""
    id_ = _id(request)
    await queue.ask_discard(desk, person, id_, str(form.get("reason", "")))
    return go(f"/files/{id_}", Said("files.asked"))


@action(PATH + "/decide", "files.approve files.see")
async def decide(request: Asked, desk: Served, person: Someone, form: Filled) -> Response[Any]:
    """Agree that it be given up, or refuse."""
    agreed = form.get("agreed") == "yes"
    await queue.decide_discard(desk, person, _id(request), agreed=agreed)
    return go("/files", Said("files.discarded" if agreed else "files.kept"))


def _id(request: Asked) -> str:
    return str(request.path_params["id"])


def _rate(text: str) -> float:
    try:
        return min(max(float(text.replace(",", ".")), 0.1), RATE_MAX)
    except ValueError:
        return RATE_PER_S


ROUTER = Router(path="/", route_handlers=[listing, value, one, push, give_back, ask, decide])
