"""Messages over REST: what the others' systems tell the processes that await it."""

from typing import Annotated, Any

import msgspec
from litestar import Response, Router, post
from litestar.params import JSONBody

from mtd.faces.api.provided import Served
from mtd.faces.api.receipts import RECEIPTS, answer

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


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


ROUTER = Router(path="/", route_handlers=[publish], tags=["messages"])
