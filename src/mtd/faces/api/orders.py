"""Orders over REST: place, find and follow."""

import asyncio
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.di import Provide
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromQuery, HeaderParameter, QueryParameter

from mtd.core.orders.flaw import Unreadable
from mtd.core.orders.json import read_json
from mtd.core.orders.states import OrderState
from mtd.faces.api.describing import OrderBody
from mtd.faces.api.naming import Asked, NamedOrder, named, paths
from mtd.faces.api.problems import problem, unreadable
from mtd.faces.api.provided import Served
from mtd.faces.api.receipts import Receipted, answer
from mtd.faces.api.views import (
    IncidentView,
    OrderView,
    incident,
    view,
)
from mtd.runtime.intake.reading import read_metered
from mtd.runtime.operations.chronicle import Chapter
from mtd.runtime.operations.operations import REST, Operations
from mtd.store.arriving.arrival import Accepted, Changed, Duplicate
from mtd.store.orders.orders import PAGE_MAX

WAIT_MAX_S = 30.0
WAIT_STEP_S = 0.02
SEQ_MAX = 2**31 - 1
PLACED = {
    200: ResponseSpec(
        Receipted | OrderView,
        generate_examples=False,
        description="It came before; or, waited for, its process is over",
    ),
    202: ResponseSpec(
        Receipted | OrderView,
        generate_examples=False,
        description="It was taken in, durably; waited for, its process goes on",
    ),
}
"""What placing an order answers with."""


@post(
    "/orders",
    status_code=202,
    summary="Place an order (JSON, or order XML)",
    operation_class=OrderBody,
    responses=PLACED,
)
async def place(
    request: Asked,
    operations: Served,
    prefer: Annotated[str | None, HeaderParameter(name="Prefer")] = None,
    idempotency_key: Annotated[
        str | None, HeaderParameter(name="Idempotency-Key", max_length=200)
    ] = None,
) -> Response[Any]:
    """Durable when this answers: 202 with the order's key, 200 for one that came before."""
    body = await request.body()
    xml = "xml" in (request.content_type[0] or "")
    order = (
        read_metered(body, operations.mappings, None, operations.app.meters)
        if xml
        else read_json(body)
    )
    if isinstance(order, Unreadable):
        return unreadable(order)
    receipt = await operations.place(order, REST, idempotency_key)
    match receipt:
        case Accepted(id=id_):
            wait_s = _wait_s(prefer)
            if wait_s > 0:
                return await _ended(operations, id_, wait_s)
            return _placed(order.key, id_, "accepted", 202)
        case Duplicate(id=id_):
            return _placed(order.key, id_, "duplicate", 200)
        case Changed(id=id_, hash_before=before):
            detail = f"order {id_} came before with other content, of hash {before.hex()}"
            return problem(409, "this order is another", detail, "DUPLICATE_CHANGED")
        case _:
            return answer(receipt)


@get("/orders", summary="Orders by state, store and channel, newest first")
async def listing(
    operations: Served,
    status: Annotated[OrderState | None, QueryParameter(name="state")] = None,
    country: FromQuery[str | None] = None,
    store: FromQuery[str | None] = None,
    channel: FromQuery[str | None] = None,
    below: FromQuery[UUID | None] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=PAGE_MAX)] = 50,
) -> list[OrderView]:
    """A page; `below` is the id of the last order of the page before."""
    found = await operations.orders(
        str(below) if below else None,
        limit,
        state=status.value if status else None,
        country=country,
        store=store,
        channel=channel,
    )
    return [view(order) for order in found]


@get(paths("/trace"), summary="All that happened to an order, in order")
async def trace(
    operations: Served,
    order: NamedOrder,
    after: Annotated[int, QueryParameter(ge=0, le=SEQ_MAX)] = 0,
) -> list[Chapter]:
    """At most 500 journal rows, from after number `after` on."""
    return await operations.trace(order.id, after)


@get(paths("/incidents"), summary="What went wrong with an order")
async def incidents(operations: Served, order: NamedOrder) -> list[IncidentView]:
    """Settled ones too."""
    return [incident(one) for one in await operations.incidents(order)]


@get(paths(), summary="An order")
async def show(order: NamedOrder) -> OrderView:
    """By id, by key (`CL/paris/ecommerce/…`) or by external id."""
    return view(order)


def _placed(key: str, id_: str, outcome: str, status: int) -> Response[Any]:
    return Response(Receipted(id=id_, outcome=outcome, key=key), status_code=status)


def _wait_s(prefer: str | None) -> float:
    """`Prefer: wait=10` (RFC 7240 §4.3), bounded."""
    for part in (prefer or "").split(","):
        name, _, value = part.strip().partition("=")
        if name.lower() == "wait":
            return min(float(value), WAIT_MAX_S) if value.strip().isdigit() else WAIT_MAX_S
    return 0.0


async def _ended(operations: Operations, id_: str, wait_s: float) -> Response[Any]:
    """The order once its process is over; 202 with how it stands when that takes longer."""
    for _ in range(int(wait_s / WAIT_STEP_S)):
        if await operations.is_over(id_):
            return Response(view(await operations.order(id_)), status_code=200)
        await asyncio.sleep(WAIT_STEP_S)
    return Response(view(await operations.order(id_)), status_code=202)


ROUTER = Router(
    path="/",
    dependencies={"order": Provide(named)},
    route_handlers=[place, listing, show, trace, incidents],
    tags=["orders"],
)
