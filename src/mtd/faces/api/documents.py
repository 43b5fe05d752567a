"""Documents over REST: the PDF and XML that are kept with an order."""

from hashlib import sha256
from typing import Annotated

import msgspec
from litestar import Response, Router, get
from litestar.di import Provide
from litestar.params import QueryParameter

from mtd.faces.api.naming import NamedOrder, named, paths
from mtd.faces.api.provided import Served
from mtd.runtime.engine.keeping import documents
from mtd.runtime.operations.operations import NotFound


class DocumentView(msgspec.Struct, frozen=True, kw_only=True):
    """A document, by its name."""

    name: str
    media_type: str
    bytes: int
    sha256: str


@get(paths("/documents"), summary="The documents kept with an order")
async def listing(operations: Served, order: NamedOrder) -> list[DocumentView]:
    """Oldest first; of a person who was erased, none."""
    found = await documents(operations.app, operations.tenant, order.id)
    return [
        DocumentView(
            name=one.name,
            media_type=one.media_type,
            bytes=len(one.content),
            sha256=sha256(one.content).hexdigest(),
        )
        for one in found
    ]


@get(paths("/document"), summary="A document kept with an order", media_type="application/pdf")
async def content(
    operations: Served,
    order: NamedOrder,
    name: Annotated[str, QueryParameter(min_length=1, max_length=200)],
) -> Response[bytes]:
    """The newest of that name, as it came."""
    found = await documents(operations.app, operations.tenant, order.id)
    mine = [one for one in found if one.name == name]
    if not mine:
        raise NotFound(f"the order has no document {name!r}")
    return Response(mine[-1].content, media_type=mine[-1].media_type)


ROUTER = Router(
    path="/", route_handlers=[listing, content], tags=["documents"],
    dependencies={"order": Provide(named)},
)  # fmt: skip
