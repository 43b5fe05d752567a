"""Releases: a drawing is sent in, looked over, agreed to, and runs from then on."""

from typing import Any

from litestar import Response, Router
from litestar.datastructures import UploadFile

from mtd.core.process.readers import Unreadable
from mtd.core.process.readers.viewing import viewed
from mtd.faces.portal.needs import action, page
from mtd.faces.portal.provided import Asked, Filled, Painted, Served, Someone
from mtd.faces.portal.rendering import Said, go
from mtd.runtime.definitions.packing import File
from mtd.runtime.desk.processes import releasing
from mtd.runtime.operations.operations import NotFound

PATH = "/processes/releases/{id:uuid}"
BYTES_MAX = 16 * 1024 * 1024
"""Of all files of a release together; the largest public drawing has 2 MB."""


@action("/processes/releases", "processes.deploy", request_max_body_size=BYTES_MAX)
async def ask(request: Asked, desk: Served, person: Someone, form: Filled) -> Response[Any]:
    """Take the files in; nothing of them runs yet."""
    sent = (await request.form()).getall("file", [])
    files = [
        File(one.filename, await one.read())
        for one in sent
        if isinstance(one, UploadFile) and one.filename
    ]
    id_ = await releasing.ask(desk, person, files, str(form.get("reason", "")))
    return go(f"/processes/releases/{id_}")


@page(PATH, "processes.see")
async def one(request: Asked, desk: Served, painter: Painted, person: Someone) -> Response[str]:
    """A release: what was found in its files, and who decided."""
    asked = await releasing.shown(desk, person, _id(request))
    return await painter.page(
        request, "release.html", asked=asked, release=asked.release, report=asked.report
    )


@page(PATH + "/drawing.bpmn", "processes.see", media_type="application/xml")
async def drawing(request: Asked, desk: Served, person: Someone) -> Response[bytes]:
    """Its drawing as it is to be shown."""
    asked = await releasing.shown(desk, person, _id(request))
    if asked.drawing is None:
        raise NotFound("there is no drawing among the files")
    try:
        return Response(viewed(asked.drawing.content).content, media_type="application/xml")
    except Unreadable as error:
        raise NotFound(str(error)) from error


@action(PATH + "/settle", "processes.approve processes.see")
async def settle(request: Asked, desk: Served, person: Someone, form: Filled) -> Response[Any]:
    """Deploy it, or drop it."""
    id_, reason = _id(request), str(form.get("reason", ""))
    if form.get("ruling") != "agree":
        await releasing.refuse(desk, person, id_, reason)
        return go("/processes", Said("releases.refused"))
    outcome = await releasing.agree(desk, person, id_, reason)
    names = ", ".join(f"{one.name}@{one.version}" for one in outcome.processes)
    return go("/processes", Said("releases.deployed", {"names": names}))


def _id(request: Asked) -> str:
    return str(request.path_params["id"])


ROUTER = Router(path="/", route_handlers=[ask, one, drawing, settle])
