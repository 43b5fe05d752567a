"""The waiting queue over REST: files that a person must push, correct or reject (I7, I8)."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Router, get, post
from litestar.params import FromQuery, JSONBody, QueryParameter

from mtd.faces.api.provided import Served
from mtd.runtime.operations import pushing
from mtd.store.arriving.intake import PAGE_MAX

Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]


class FileView(msgspec.Struct, frozen=True, kw_only=True):
    """A file that waits."""

    id: str
    path: str
    cause: str | None
    attempts: int
    pushes: int
    order_key: str | None
    arrived_at: datetime
    failures: list["FailureView"]


class FailureView(msgspec.Struct, frozen=True, kw_only=True):
    """Why one attempt failed."""

    round: int
    attempt: int
    at: datetime
    message: str


class Selection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which files, who says so, and why."""

    ids: Annotated[list[UUID], msgspec.Meta(min_length=1, max_length=PAGE_MAX)]
    actor: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    reason: Reason


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """Which of the selected files waited, and do not any more."""

    ids: list[str]


def named(selection: Selection) -> list[str]:
    """The files' ids as the store keeps them."""
    return [str(id_) for id_ in selection.ids]


@get("/waiting", summary="Files that wait for a person, oldest first")
async def listing(
    operations: Served,
    cause: FromQuery[str | None] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=PAGE_MAX)] = 50,
) -> list[FileView]:
    """Each with the failures of all its attempts."""
    return [
        FileView(
            id=file.id,
            path=file.path,
            cause=file.cause,
            attempts=file.attempts,
            pushes=file.pushes,
            order_key=file.order_key,
            arrived_at=file.arrived_at,
            failures=[
                FailureView(round=one.round, attempt=one.attempt, at=one.at, message=one.message)
                for one in failures
            ],
        )
        for file, failures in await pushing.listing(operations, cause, limit)
    ]


@post("/waiting/push", status_code=200, summary="Try waiting files again")
async def push(operations: Served, data: JSONBody[Selection]) -> Changed:
    """Their attempts begin anew; who, when and why is kept."""
    return Changed(ids=await pushing.push(operations, named(data), data.actor, data.reason))


@post("/waiting/reject", status_code=200, summary="Give waiting files up")
async def reject(operations: Served, data: JSONBody[Selection]) -> Changed:
    """Only a person rejects a file."""
    return Changed(ids=await pushing.reject(operations, named(data), data.actor, data.reason))


ROUTER = Router(path="/", route_handlers=[listing, push, reject], tags=["waiting"])
