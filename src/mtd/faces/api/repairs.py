"""Repairs over REST: what people and stages do about an order in trouble."""

from typing import Annotated, Any

import msgspec
from litestar import Response, Router, post
from litestar.di import Provide
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import HeaderParameter, JSONBody

from mtd.faces.api.acting import ForSomebody, Login, Reason, somebody
from mtd.faces.api.naming import Asked, NamedOrder, named, paths
from mtd.faces.api.provided import Desked, Served
from mtd.faces.api.receipts import RECEIPTS, Receipted, answer
from mtd.runtime.desk.orders import hastening
from mtd.runtime.operations.changing import Preview, Wanted, modify, previewed


class Move(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every token at the one element is to begin at the other."""

    source: str
    target: str


class Repair(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who repairs, why, and with which corrections."""

    actor: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=1000, pattern=r"\S")]
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


class Hastening(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose attempt is to be made now; for whom, and why."""

    actor: Login
    reason: Reason
    wait: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)] | None = None
    """The number of the wait, as the trace has it; null: all that are put off."""


@post(
    paths("/hasten"), status_code=202, summary="Make an attempt now that is put off",
    operation_class=ForSomebody,
)  # fmt: skip
async def hasten(
    request: Asked, desk: Desked, order: NamedOrder, data: JSONBody[Hastening]
) -> None:
    """Its number, key and bytes stay; 409 when nothing of that is put off any more."""
    person = await somebody(request, desk, data.actor)
    mine = await desk.order(person, order.id)
    await hastening.hasten(desk, person, mine, data.wait, data.reason)


@post(paths("/cancel"), status_code=202, summary="Cancel an order", responses=RECEIPTS)
async def cancel(operations: Served, order: NamedOrder, data: JSONBody[Repair]) -> Response[Any]:
    """409 where the order's process does not listen to it any more."""
    return answer(await operations.cancel(order, data.actor, data.reason))


class Modification(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Tokens to move, add and drop, by labels or ids, and variables; who wants it, and why."""

    actor: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=1000, pattern=r"\S")]
    moves: Annotated[list[Move], msgspec.Meta(max_length=100)] = []
    adds: Annotated[list[str], msgspec.Meta(max_length=100)] = []
    drops: Annotated[list[str], msgspec.Meta(max_length=100)] = []
    variables: dict[str, Any] = {}
    preview: bool = False
    """Only show what would become of it."""


MODIFIED = {
    200: ResponseSpec(Preview, generate_examples=False, description="What would become of it"),
    202: ResponseSpec(Receipted, generate_examples=False, description="It was let in, durably"),
}


@post(
    paths("/modification"),
    status_code=202,
    summary="Move, add and drop tokens of an order's process",
    responses=MODIFIED,
)
async def modification(
    operations: Served, order: NamedOrder, data: JSONBody[Modification]
) -> Response[Any]:
    """All of it or none; 409 when it may not be, with the reason. `preview` changes nothing."""
    wanted = Wanted(
        moves=[(one.source, one.target) for one in data.moves],
        adds=data.adds,
        drops=data.drops,
        variables=data.variables,
    )
    app, tenant = operations.app, operations.tenant
    if data.preview:
        return Response(await previewed(app, tenant, order.id, wanted), status_code=200)
    return answer(await modify(app, tenant, order.id, wanted, data.actor, data.reason))


ROUTER = Router(
    path="/",
    dependencies={"order": Provide(named)},
    route_handlers=[report_error, retry, hasten, cancel, modification],
    tags=["orders"],
)
