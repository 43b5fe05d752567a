"""Pauses over REST: a step, store, channel or counterpart stands still until it is lifted."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar import Router, get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from mtd.faces.api.provided import Served
from mtd.runtime.operations import pausing
from mtd.store.operations.pauses import PAGE_MAX, Held, Listed

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=1000, pattern=r"\S")]


class Pausing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to stand still, who says so, and why."""

    kind: Literal["step", "store", "channel", "counterpart"]
    name: Text
    """Of a step: an element's id or label; else a store, a channel or a legacy system."""
    process: Annotated[str, msgspec.Meta(max_length=200)] = ""
    """Of a step: the name of its definition."""
    actor: Text
    reason: Reason


class Lifting(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who lets it go on, and why."""

    actor: Text
    reason: Reason


@get("/pauses", summary="What is paused, and how many wait for that")
async def listing(
    operations: Served,
    only_open: Annotated[bool, QueryParameter(name="open")] = True,
) -> list[Listed]:
    """Newest first, with who paused it when and why; `open=false`: also those that are over."""
    return await pausing.listing(operations, only_open=only_open)


@post("/pauses", status_code=201, summary="Pause a step, store, channel or counterpart")
async def pause(operations: Served, data: JSONBody[Pausing]) -> Listed:
    """In effect within two seconds; 404 for what there is not, 409 for what is paused already."""
    return await pausing.pause(
        operations, data.kind, data.name, data.actor, data.reason, data.process
    )


@get("/pauses/{pause:uuid}", summary="A pause")
async def show(operations: Served, pause: FromPath[UUID]) -> Listed:
    """Also one that is over."""
    return await pausing.one(operations, str(pause))


@get("/pauses/{pause:uuid}/held", summary="Who waits for the end of a pause")
async def held(
    operations: Served,
    pause: FromPath[UUID],
    after: FromQuery[UUID | None] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=PAGE_MAX)] = 50,
) -> list[Held]:
    """Instances, oldest first; `after` is the id of the last one of the page before."""
    return await pausing.held(operations, str(pause), str(after) if after else None, limit)


@post("/pauses/{pause:uuid}/lift", status_code=200, summary="Let it go on")
async def lift(operations: Served, pause: FromPath[UUID], data: JSONBody[Lifting]) -> Listed:
    """Who waited goes on, oldest first and not all in one second; 409 when it did already."""
    return await pausing.lift(operations, str(pause), data.actor, data.reason)


ROUTER = Router(path="/", route_handlers=[listing, pause, show, held, lift], tags=["pauses"])
