"""Timer starts over REST: what begins by itself and when, paused and resumed."""

from typing import Annotated

import msgspec
from litestar import Router, get, post
from litestar.params import JSONBody, PathParameter

from mtd.faces.api.provided import Served
from mtd.runtime.operations import timetable
from mtd.store.deployed.beginnings import Schedule

Name = Annotated[str, PathParameter(max_length=200)]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class Pause(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who stops it, and why; one start event, or each of the definition."""

    person: Text
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=1000, pattern=r"\S")]
    element: Text | None = None


class Resumption(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who lets it go on."""

    person: Text
    element: Text | None = None


class Concerned(msgspec.Struct, frozen=True, kw_only=True):
    """The start events that this concerned."""

    elements: list[str]


@get("/schedules", summary="What begins by itself, and when next")
async def listing(operations: Served) -> list[Schedule]:
    """By definition; `next_at` null: it is over."""
    return await timetable.schedules(operations)


@post("/schedules/{name:str}/pause", status_code=200, summary="Begin nothing by itself")
async def pause(operations: Served, name: Name, data: JSONBody[Pause]) -> Concerned:
    """What comes due meanwhile is not made up for; 404 when nothing of it is scheduled."""
    elements = await timetable.pause(operations, name, data.element, data.person, data.reason)
    return Concerned(elements=elements)


@post("/schedules/{name:str}/resume", status_code=200, summary="Begin by itself again")
async def resume(operations: Served, name: Name, data: JSONBody[Resumption]) -> Concerned:
    """With the next due time from now; 409 when nothing of it is paused."""
    return Concerned(elements=await timetable.resume(operations, name, data.element))


ROUTER = Router(path="/", route_handlers=[listing, pause, resume], tags=["schedules"])
