"""The waiting queue: why each file waits, its bytes with the wrong line marked, and a way out."""

from typing import Any

from litestar import Response, Router

from mtd.faces.portal.needs import action, page
from mtd.faces.portal.provided import Asked, Filled, Painted, Served, Someone
from mtd.faces.portal.rendering import Said, go
from mtd.runtime.desk.work import queue

PATH = "/files/{id:uuid}"
RATE_PER_S = 5.0
RATE_MAX = 100.0


@page("/files", "files.see")
async def listing(request: Asked, desk: Served, painter: Painted, person: Someone) -> Response[str]:
    """Files that wait, the oldest first, with how long they have."""
    cause = request.query_params.get("cause") or None
    found = await queue.listing(desk, person, cause)
    causes = sorted({one.file.cause or "" for one in found})
    return await painter.page(
        request, "files.html", found=found, causes=causes, cause=cause,
        ages=list(zip(queue.AGES, queue.ages(desk, found), strict=False)),
        older=queue.ages(desk, found)[-1], rate=RATE_PER_S,
    )  # fmt: skip


@page(PATH, "files.see")
async def one(request: Asked, desk: Served, painter: Painted, person: Someone) -> Response[str]:
    """One file: its failures, and the file itself."""
    examined = await queue.examined(desk, person, _id(request))
    return await painter.page(request, "file.html", examined=examined, rate=RATE_PER_S)


@action("/files/push", "files.push files.see")
async def push(request: Asked, desk: Served, person: Someone, form: Filled) -> Response[Any]:
    """Try the ticked ones again, or all, so many a second."""
    filled = await request.form()
    whole = form.get("whole") == "yes"
    ids = None if whole else [str(one) for one in filled.getall("file", [])]
    rate = _rate(str(form.get("rate", "")))
    shown = await queue.push(desk, person, ids, str(form.get("reason", "")), rate)
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


ROUTER = Router(path="/", route_handlers=[listing, one, push, give_back, ask, decide])
