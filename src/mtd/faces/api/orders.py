"""Orders over REST: place, find, follow, and put right."""

import asyncio
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.datastructures import State
from litestar.di import Provide
from litestar.params import FromQuery, HeaderParameter, JSONBody, QueryParameter

from mtd.core.orders.flaw import Unreadable
from mtd.core.orders.json import read_json
from mtd.core.orders.states import OrderState
from mtd.core.orders.xml import read_xml
from mtd.faces.api.problems import problem, unreadable
from mtd.faces.api.provided import NamedOrder, Served
from mtd.faces.api.receipts import answer
from mtd.runtime.operations import REST, Operations
from mtd.store.arrival import Accepted, Changed, Duplicate
from mtd.store.orders import PAGE_MAX, Order
from mtd.store.trace import Traced

WAIT_MAX_S = 30.0
WAIT_STEP_S = 0.02
Asked = Request[Any, Any, State]


class OrderView(msgspec.Struct, frozen=True, kw_only=True):
    """An order as clients see it; nothing personal."""

    id: str
    key: str
    state: str
    state_es: str
    since: datetime
    resume: str | None
    history: list[str]
    """States it has been in, oldest first."""
    country: str
    store: str
    channel: str
    external_id: str
    branch: str
    currency: str
    amount: Decimal
    buyer_document: str
    placed_at: datetime
    promised_at: datetime | None
    received_at: datetime
    definition: str


class StepView(msgspec.Struct, frozen=True, kw_only=True):
    """One row of an order's journal."""

    seq: int
    at: datetime
    kind: str
    element: str
    what: msgspec.Raw
    """What came in, and the facts that followed."""
    attempts: list["AttemptView"]


class AttemptView(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt at a legacy system; secrets and personal data were masked when it was kept."""

    service: str
    attempt: int
    at: datetime
    took_ms: float
    outcome: str
    request: msgspec.Raw
    response: msgspec.Raw


class IncidentView(msgspec.Struct, frozen=True, kw_only=True):
    """Something that went wrong with an order."""

    id: int
    element: str
    code: str
    message: str
    at: datetime
    settled_at: datetime | None


class Repair(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who repairs, why, and with which corrections."""

    actor: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]
    incident: int | None = None
    variables: dict[str, Any] = {}


def paths(suffix: str = "") -> list[str]:
    """An order is named by its id or external id, or by its key with its slashes."""
    key = "{country:str}/{store:str}/{channel:str}/{external_id:str}"
    return [f"/orders/{{name:str}}{suffix}", f"/orders/{key}{suffix}"]


async def named(request: Asked, operations: Served) -> Order:
    """The order that the path names."""
    parts = request.path_params
    return await operations.order("/".join(str(part) for part in parts.values()))


@post("/orders", status_code=202, summary="Place an order (JSON, or order XML)")
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
    order = read_xml(body, operations.mappings) if xml else read_json(body)
    if isinstance(order, Unreadable):
        return unreadable(order)
    receipt = await operations.place(order, REST, idempotency_key)
    match receipt:
        case Accepted(id=id_):
            wait_s = _wait_s(prefer)
            if wait_s > 0:
                return await _ended(operations, id_, wait_s)
            return Response({"id": id_, "key": order.key, "outcome": "accepted"}, status_code=202)
        case Duplicate(id=id_):
            return Response({"id": id_, "key": order.key, "outcome": "duplicate"}, status_code=200)
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
    below: Annotated[str | None, QueryParameter(pattern=r"^[0-9a-f-]{36}$")] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=PAGE_MAX)] = 50,
) -> list[OrderView]:
    """A page; `below` is the id of the last order of the page before."""
    found = await operations.orders(
        below,
        limit,
        state=status.value if status else None,
        country=country,
        store=store,
        channel=channel,
    )
    return [view(order) for order in found]


@get(paths("/trace"), summary="All that happened to an order, in order")
async def trace(
    operations: Served, order: NamedOrder, after: Annotated[int, QueryParameter(ge=0)] = 0
) -> list[StepView]:
    """At most 500 journal rows, from after number `after` on."""
    return [_step(traced) for traced in await operations.trace(order, after)]


@get(paths("/incidents"), summary="What went wrong with an order")
async def incidents(operations: Served, order: NamedOrder) -> list[IncidentView]:
    """Settled ones too."""
    return [
        IncidentView(
            id=one.id,
            element=one.element,
            code=one.code,
            message=one.message,
            at=one.at,
            settled_at=one.settled_at,
        )
        for one in await operations.incidents(order)
    ]


@get(paths(), summary="An order")
async def show(order: NamedOrder) -> OrderView:
    """By id, by key (`CL/paris/ecommerce/…`) or by external id."""
    return view(order)


@post(paths("/errors"), status_code=202, summary="A stage of an order failed")
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


@post(paths("/retry"), status_code=202, summary="Try again what failed")
async def retry(operations: Served, order: NamedOrder, data: JSONBody[Repair]) -> Response[Any]:
    """One incident, or all; with corrected variables if need be."""
    return answer(
        await operations.retry(order, data.incident, data.variables, data.actor, data.reason)
    )


@post(paths("/cancel"), status_code=202, summary="Cancel an order")
async def cancel(operations: Served, order: NamedOrder, data: JSONBody[Repair]) -> Response[Any]:
    """409 where the order's process does not listen to it any more."""
    return answer(await operations.cancel(order, data.actor, data.reason))


def view(order: Order) -> OrderView:
    """An order for clients."""
    return OrderView(
        key=order.key,
        state_es=OrderState(order.state).es,
        history=list(reversed(order.reached.split())),
        **{
            field: getattr(order, field)
            for field in OrderView.__struct_fields__
            if field not in ("key", "state_es", "history")
        },
    )


def _step(traced: Traced) -> StepView:
    entry = traced.entry
    return StepView(
        seq=entry.seq,
        at=entry.at,
        kind=entry.kind,
        element=entry.element,
        what=msgspec.Raw(entry.payload),
        attempts=[
            AttemptView(
                service=attempt.service,
                attempt=attempt.attempt,
                at=attempt.at,
                took_ms=attempt.took_ms,
                outcome=attempt.outcome,
                request=msgspec.Raw(attempt.request or b"null"),
                response=msgspec.Raw(attempt.response or b"null"),
            )
            for attempt in traced.attempts
        ],
    )


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
    route_handlers=[place, listing, show, trace, incidents, report_error, retry, cancel],
    tags=["orders"],
)
