"""Corrections over REST: variables put right and tried again, and who put what right, and when."""

from typing import Annotated, Any

import msgspec
from litestar import MediaType, Response, Router, get, post
from litestar.di import Provide
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody

from mtd.faces.api.acting import Actor, ForSomebody, Login, Reason, somebody
from mtd.faces.api.naming import Asked, NamedOrder, named, paths
from mtd.faces.api.provided import Desked, Served
from mtd.runtime.desk.orders import correcting
from mtd.runtime.desk.orders.correcting import Difference
from mtd.runtime.operations.correcting import Told, told

VARIABLES = ResponseSpec(dict[str, Any], generate_examples=False, description="By name")


class Correction(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody saw and what it is to be; for whom, and why."""

    actor: Login
    reason: Reason
    incident: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
    """What is tried again."""
    seen: dict[str, Any]
    """The variables as `GET …/variables` gave them: what has changed since is not overwritten."""
    variables: dict[str, Any]
    """What is left out stays as it is."""
    preview: bool = False
    """Only say what would change."""


class Corrected(msgspec.Struct, frozen=True, kw_only=True):
    """What changed, or would."""

    changed: list[Difference]


@get(paths("/corrections"), summary="What people corrected in an order")
async def corrections(operations: Served, order: NamedOrder) -> list[Told]:
    """The first first, without the values, which are personal."""
    return await told(operations.app, operations.tenant, order.id)


@get(
    paths("/variables"),
    summary="An order's variables now",
    operation_class=ForSomebody,
    responses={200: VARIABLES},
)
async def variables(
    request: Asked, desk: Desked, order: NamedOrder, actor: Actor
) -> Response[bytes]:
    """For who may correct them, with every digit; 404 when its process did not begin."""
    person = await somebody(request, desk, actor)
    person.must("orders.correct")
    mine = await desk.order(person, order.id)
    found = correcting.written(await correcting.variables(desk, mine))
    return Response(found.encode(), media_type=MediaType.JSON)


@post(
    paths("/correction"),
    status_code=200,
    summary="Put variables right and try again, in one step",
    operation_class=ForSomebody,
)
async def correct(
    request: Asked, desk: Desked, order: NamedOrder, data: JSONBody[Correction]
) -> Corrected:
    """One record for both; 409 names each variable that somebody else changed meanwhile."""
    person = await somebody(request, desk, data.actor)
    mine = await desk.order(person, order.id)
    seen, wanted = map(correcting.exactly, (data.seen, data.variables))
    if data.preview:
        person.must("orders.correct")
        return Corrected(changed=correcting.differences(seen, wanted))
    changed = await correcting.correct_and_retry(
        desk, person, mine, data.incident, seen, wanted, data.reason
    )
    return Corrected(changed=changed)


ROUTER = Router(
    path="/",
    route_handlers=[corrections, variables, correct],
    tags=["orders"],
    dependencies={"order": Provide(named)},
)
