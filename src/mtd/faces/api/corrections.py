"""Corrections over REST: who put which fields of an order right, when and why."""

from litestar import Router, get
from litestar.di import Provide

from mtd.faces.api.naming import NamedOrder, named, paths
from mtd.faces.api.provided import Served
from mtd.runtime.operations.correcting import Told, told


@get(paths("/corrections"), summary="What people corrected in an order")
async def corrections(operations: Served, order: NamedOrder) -> list[Told]:
    """The first first, without the values, which are personal."""
    return await told(operations.app, operations.tenant, order.id)


ROUTER = Router(
    path="/", route_handlers=[corrections], tags=["orders"], dependencies={"order": Provide(named)}
)
