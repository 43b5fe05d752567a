"""Messages over REST: what the others' systems tell the processes that await it."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response, Router, get, post
from litestar.params import FromQuery, JSONBody, PathParameter, QueryParameter

from mtd.faces.api.provided import Served
from mtd.faces.api.receipts import RECEIPTS, answer
from mtd.runtime.operations import correlating
from mtd.runtime.operations.correlating import Inspected
from mtd.runtime.operations.operations import REST
from mtd.store.arriving.messages import PAGE_MAX, Message

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
MessageId = Annotated[str, PathParameter(max_length=200)]
Source = Annotated[str, QueryParameter(max_length=200)]


class MessageIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A message for whoever awaits its key; without a key a signal for all who listen."""

    name: Name
    key: Annotated[str, msgspec.Meta(min_length=1, max_length=500)] | None = None
    message_id: Name
    """The sender's own: a repetition under the same id is recognised."""
    payload: dict[str, Any] = {}


@post("/messages", status_code=202, summary="Tell a process something", responses=RECEIPTS)
async def publish(operations: Served, data: JSONBody[MessageIn]) -> Response[Any]:
    """Early ones wait for their time to live; 409 for one that may not wait."""
    receipt = await operations.publish(data.name, data.key, data.payload, data.message_id)
    return answer(receipt)


@get("/messages", summary="Messages that nobody has taken, newest first")
async def listing(
    operations: Served,
    waiting: FromQuery[bool] = False,
    below: FromQuery[UUID | None] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=PAGE_MAX)] = 50,
) -> list[Message]:
    """Those that were given up, or refused because nobody awaited them; or those that wait yet."""
    before = None if below is None else str(below)
    return await correlating.listing(operations, waiting=waiting, below=before, limit=limit)


@get("/messages/{id:str}", summary="What became of a message, and why")
async def show(operations: Served, id: MessageId, source: Source = REST) -> Inspected:  # noqa: A002
    """By its id, or by its sender's: who was tried, and which key differed, in words."""
    return await correlating.inspect(operations, id, source)


ROUTER = Router(path="/", route_handlers=[publish, listing, show], tags=["messages"])
