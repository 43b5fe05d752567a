"""Releases over REST: files sent in, looked over, agreed to by somebody, and deployed."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Router, get, post
from litestar.params import FromPath, JSONBody

from mtd.faces.api.acting import Actor, ForSomebody, Login, Reason, somebody
from mtd.faces.api.naming import Asked
from mtd.faces.api.provided import Desked
from mtd.runtime.definitions.packing import FILES_MAX, File
from mtd.runtime.desk.processes import releasing
from mtd.runtime.desk.processes.releasing import Report
from mtd.store.deployed.definitions import Deployed
from mtd.store.deployed.releases import Release

BODY_MAX_BYTES = 64 * 1024 * 1024


class FileBytes(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file of a release."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    content: Annotated[bytes, msgspec.Meta(description="In base64 (RFC 4648).")]


class Releasing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be deployed; for whom, and why."""

    actor: Login
    reason: Reason
    files: Annotated[list[FileBytes], msgspec.Meta(min_length=1, max_length=FILES_MAX)]


class Decision(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether it is agreed to; for whom, and why."""

    actor: Login
    reason: Reason
    agreed: bool


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """A release that waits to be agreed to."""

    id: str


class ReleaseView(msgspec.Struct, frozen=True, kw_only=True):
    """A release, looked over now."""

    release: Release
    report: Report
    another: bool
    """Who looks at it may not agree: another must."""


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """What is deployed now; nothing: it was dropped."""

    deployed: list[Deployed]


@get("/releases", summary="What waits to be agreed to", operation_class=ForSomebody)
async def listing(request: Asked, desk: Desked, actor: Actor) -> list[Release]:
    """The oldest first."""
    return await releasing.pending(desk, await somebody(request, desk, actor))


@post(
    "/releases",
    status_code=201,
    summary="Ask that files be deployed",
    request_max_body_size=BODY_MAX_BYTES,
    operation_class=ForSomebody,
)
async def ask(request: Asked, desk: Desked, data: JSONBody[Releasing]) -> Sent:
    """Nothing of them runs yet; bindings and forms that are left out are the latest ones."""
    person = await somebody(request, desk, data.actor)
    files = [File(one.name, one.content) for one in data.files]
    return Sent(id=await releasing.ask(desk, person, files, data.reason))


@get("/releases/{release:uuid}", summary="A release, looked over", operation_class=ForSomebody)
async def show(request: Asked, desk: Desked, release: FromPath[UUID], actor: Actor) -> ReleaseView:
    """As by `mtd check`, with what is deployed now."""
    person = await somebody(request, desk, actor)
    return _view(await releasing.shown(desk, person, str(release)))


@post(
    "/releases/{release:uuid}/decision",
    status_code=200,
    summary="Deploy a release, or drop it",
    operation_class=ForSomebody,
)
async def decide(
    request: Asked, desk: Desked, release: FromPath[UUID], data: JSONBody[Decision]
) -> Decided:
    """409: it is decided, another must agree (`release_by_two`), or its files would not run."""
    person = await somebody(request, desk, data.actor)
    if not data.agreed:
        await releasing.refuse(desk, person, str(release), data.reason)
        return Decided(deployed=[])
    outcome = await releasing.agree(desk, person, str(release), data.reason)
    return Decided(deployed=[*outcome.processes, *outcome.tables])


def _view(asked: releasing.Asked) -> ReleaseView:
    return ReleaseView(release=asked.release, report=asked.report, another=asked.another)


ROUTER = Router(path="/", route_handlers=[listing, ask, show, decide], tags=["releases"])
