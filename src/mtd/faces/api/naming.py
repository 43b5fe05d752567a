"""Naming: how a path names an order."""

from typing import Any

from litestar import Request
from litestar.datastructures import State
from litestar.di import NamedDependency

from mtd.faces.api.provided import Served
from mtd.store.orders.orders import Order

Asked = Request[Any, Any, State]
NamedOrder = NamedDependency[Order]
"""The order that the path names."""


def paths(suffix: str = "") -> list[str]:
    """An order is named by its id or external id, or by its key with its slashes."""
    key = "{country:str}/{store:str}/{channel:str}/{external_id:str}"
    return [f"/orders/{{name:str}}{suffix}", f"/orders/{key}{suffix}"]


async def named(request: Asked, operations: Served) -> Order:
    """The order that the path names."""
    parts = request.path_params
    return await operations.order("/".join(str(part) for part in parts.values()))
