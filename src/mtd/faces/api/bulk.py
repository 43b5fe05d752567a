"""Bulk actions over REST: previewed, started, paused, aborted, and told item by item."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar import Router, get, post
from litestar.params import FromPath, JSONBody, QueryParameter

from mtd.faces.api.provided import Served
from mtd.runtime.bulk import acting
from mtd.runtime.bulk.acting import BulkView, ItemView, Shown
from mtd.runtime.bulk.asked import Reason, Text, Wish
from mtd.store.operations.bulk import PAGE_MAX, Ruling

ItemState = Literal["PENDING", "SKIPPED", "SENT", "SUCCEEDED", "FAILED"]
N_MAX = 2**31 - 1
RULINGS: dict[str, Ruling] = {
    "start": "STARTED",
    "pause": "PAUSED",
    "resume": "RESUMED",
    "abort": "ABORTED",
}


class Word(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who says so, and why."""

    actor: Text
    reason: Reason


@post("/bulk", status_code=201, summary="Preview a bulk action")
async def preview(operations: Served, data: JSONBody[Wish]) -> Shown:
    """Its scope is fixed now, for a selection or all that a filter fits; nothing is done yet.

    Samples show what a dry run says would happen. 404 for what there is not, 409 for a scope
    that is empty or too large.
    """
    return await acting.preview(operations, data)


@get("/bulk", summary="Bulk actions, newest first")
async def listing(
    operations: Served, limit: Annotated[int, QueryParameter(ge=1, le=PAGE_MAX)] = 50
) -> list[BulkView]:
    """Each with how many of its items are in which state."""
    return await acting.listing(operations, limit)


@get("/bulk/{bulk:uuid}", summary="A bulk action")
async def show(operations: Served, bulk: FromPath[UUID]) -> Shown:
    """Its progress, who decided what about it, and what its preview showed."""
    return await acting.shown(operations, str(bulk))


@get("/bulk/{bulk:uuid}/items", summary="What came of each item")
async def items(
    operations: Served,
    bulk: FromPath[UUID],
    status: Annotated[ItemState | None, QueryParameter(name="state")] = None,
    after: Annotated[int, QueryParameter(ge=-1, le=N_MAX)] = -1,
    limit: Annotated[int, QueryParameter(ge=1, le=PAGE_MAX)] = 50,
) -> list[ItemView]:
    """In order; `after` is the number of the last item of the page before."""
    return await acting.page(operations, str(bulk), status, after, limit)


@get("/bulk/{bulk:uuid}/items.csv", summary="What came of each item, as CSV", media_type="text/csv")
async def table(
    operations: Served,
    bulk: FromPath[UUID],
    status: Annotated[ItemState | None, QueryParameter(name="state")] = None,
) -> str:
    """Every item, with a line of names first."""
    return await acting.table(operations, str(bulk), status)


@post("/bulk/{bulk:uuid}/again", status_code=201, summary="Preview it again for what failed")
async def again(operations: Served, bulk: FromPath[UUID], data: JSONBody[Word]) -> Shown:
    """A bulk action of its own, for the failed items alone; 409 when there are none."""
    return await acting.again(operations, str(bulk), data.actor, data.reason)


@post("/bulk/{bulk:uuid}/{act:str}", status_code=200, summary="Start, pause, resume or abort it")
async def rule(
    operations: Served,
    bulk: FromPath[UUID],
    act: FromPath[Literal["start", "pause", "resume", "abort"]],
    data: JSONBody[Word],
) -> Shown:
    """409 when its state does not allow that; aborted, what was not sent yet never is."""
    return await acting.rule(operations, str(bulk), RULINGS[act], data.actor, data.reason)


ROUTER = Router(
    path="/",
    route_handlers=[preview, listing, show, items, table, again, rule],
    tags=["bulk"],
)
