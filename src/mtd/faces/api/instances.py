"""Instances over REST: what runs, also without an order: another pool's, or a schedule's."""

from typing import Annotated
from uuid import UUID

from litestar import Router, get
from litestar.params import FromPath, QueryParameter

from mtd.faces.api.provided import Served
from mtd.runtime.operations.chronicle import Chapter
from mtd.store.orders.trace import Standing

SEQ_MAX = 2**31 - 1


@get("/instances/{instance:uuid}", summary="An instance: what it runs on, and whether it does")
async def show(operations: Served, instance: FromPath[UUID]) -> Standing:
    """That of an order has the order's id; that of a message which began it, the message's."""
    return await operations.instance(str(instance))


@get("/instances/{instance:uuid}/trace", summary="All that happened to an instance, in order")
async def trace(
    operations: Served,
    instance: FromPath[UUID],
    after: Annotated[int, QueryParameter(ge=0, le=SEQ_MAX)] = 0,
) -> list[Chapter]:
    """At most 500 journal rows, from after number `after` on."""
    await operations.instance(str(instance))
    return await operations.trace(str(instance), after)


ROUTER = Router(path="/", route_handlers=[show, trace], tags=["instances"])
