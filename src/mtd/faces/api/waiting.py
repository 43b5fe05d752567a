"""The waiting queue over REST: files that a person must push, correct or give up (I7, I8)."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Router, get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from mtd.faces.api.acting import ForSomebody, Login, Reasoned, somebody
from mtd.faces.api.naming import Asked
from mtd.faces.api.provided import Desked, Served
from mtd.runtime.desk.work import queue
from mtd.runtime.operations import pushing
from mtd.store.arriving.discards import Request
from mtd.store.arriving.intake import PAGE_MAX

Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=1000, pattern=r"\S")]


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
    discard: Request | None
    """That it be given up: who asks so, and why."""


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


class Decision(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether a file is given up, and who says so."""

    actor: Login
    agreed: bool


class Returned(msgspec.Struct, frozen=True, kw_only=True):
    """Where its sender takes a file back."""

    path: str
    """Within the folder `returned` of MTD's home; why stands beside it."""


def named(selection: Selection) -> list[str]:
    """The files' ids as the store keeps them."""
    return [str(id_) for id_ in selection.ids]


@get("/waiting", summary="Files that wait for a person, oldest first")
async def listing(
    operations: Served,
    cause: FromQuery[str | None] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=PAGE_MAX)] = 50,
) -> list[FileView]:
    """Each with the failures of all its attempts, and whether somebody asks to give it up."""
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
            discard=discard,
        )
        for file, failures, discard in await pushing.listing(operations, cause, limit)
    ]


@post("/waiting/push", status_code=200, summary="Try waiting files again")
async def push(operations: Served, data: JSONBody[Selection]) -> Changed:
    """Their attempts begin anew; who, when and why is kept."""
    return Changed(ids=await pushing.push(operations, named(data), data.actor, data.reason))


@post(
    "/waiting/{file:uuid}/return", status_code=200, summary="Give a file back to its sender",
    operation_class=ForSomebody,
)  # fmt: skip
async def give_back(
    request: Asked, desk: Desked, file: FromPath[UUID], data: JSONBody[Reasoned]
) -> Returned:
    """It waits no more; 409 when it does not wait, or its bytes are not there."""
    person = await somebody(request, desk, data.actor)
    place = await queue.give_back(desk, person, str(file), data.reason)
    return Returned(path=str(place.relative_to(desk.app.home / queue.RETURNED)))


@post(
    "/waiting/{file:uuid}/discard", status_code=201, summary="Ask that a file be given up",
    operation_class=ForSomebody,
)  # fmt: skip
async def ask(
    request: Asked, desk: Desked, file: FromPath[UUID], data: JSONBody[Reasoned]
) -> Request | None:
    """Another than who asks decides; 409 when it is asked already."""
    person = await somebody(request, desk, data.actor)
    await queue.ask_discard(desk, person, str(file), data.reason)
    return (await queue.examined(desk, person, str(file))).waiting.request


@post(
    "/waiting/{file:uuid}/discard/decision", status_code=200, summary="Give a file up, or keep it",
    operation_class=ForSomebody,
)  # fmt: skip
async def decide(
    request: Asked, desk: Desked, file: FromPath[UUID], data: JSONBody[Decision]
) -> Changed:
    """Nobody agrees to what they asked for: 409. Only people give a file up, and two of them."""
    person = await somebody(request, desk, data.actor)
    await queue.decide_discard(desk, person, str(file), agreed=data.agreed)
    return Changed(ids=[str(file)] if data.agreed else [])


ROUTER = Router(path="/", route_handlers=[listing, push, give_back, ask, decide], tags=["waiting"])
