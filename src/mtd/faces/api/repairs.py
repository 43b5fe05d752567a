"""Repairs over REST: what people and stages do about an order in trouble."""

from typing import Annotated, Any

import msgspec
from litestar import Response, Router, post
from litestar.di import Provide
from litestar.params import HeaderParameter, JSONBody

from mtd.faces.api.naming import NamedOrder, named, paths
from mtd.faces.api.provided import Served
from mtd.faces.api.receipts import RECEIPTS, answer


class Repair(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who repairs, why, and with which corrections."""

    actor: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]
    incident: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)] | None = None
    variables: dict[str, Any] = {}


@post(paths("/errors"), status_code=202, summary="A stage of an order failed", responses=RECEIPTS)
async def report_error(
    operations: Served,
    order: NamedOrder,
    data: JSONBody[dict[str, Any]],
    idempotency_key: Annotated[
        str | None, HeaderParameter(name="Idempotency-Key", max_length=200)
    ] = None,
) -> Response[Any]:
    """Stored, and let into the order's process (REQ-60)."""
    message_id = idempotency_key or f"error:{operations.new_id()}"
    return answer(await operations.report_error(order, data, message_id))


@post(paths("/retry"), status_code=202, summary="Try again what failed", responses=RECEIPTS)
async def retry(operations: Served, order: NamedOrder, data: JSONBody[Repair]) -> Response[Any]:
    """One incident, or all; with corrected variables if need be."""
    return answer(
        await operations.retry(order, data.incident, data.variables, data.actor, data.reason)
    )


@post(paths("/cancel"), status_code=202, summary="Cancel an order", responses=RECEIPTS)
async def cancel(operations: Served, order: NamedOrder, data: JSONBody[Repair]) -> Response[Any]:
    """409 where the order's process does not listen to it any more."""
    return answer(await operations.cancel(order, data.actor, data.reason))


ROUTER = Router(
    path="/",
    dependencies={"order": Provide(named)},
    route_handlers=[report_error, retry, cancel],
    tags=["orders"],
)
