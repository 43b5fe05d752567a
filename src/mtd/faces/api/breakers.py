"""Breakers over REST: systems that workers stopped calling, and having them called again."""

from litestar import Router, get, post
from litestar.params import FromPath, JSONBody

from mtd.faces.api.acting import ForSomebody, Reasoned, somebody
from mtd.faces.api.naming import Asked
from mtd.faces.api.provided import Desked, Served
from mtd.runtime.desk import breakers
from mtd.runtime.operations import breaking
from mtd.runtime.operations.breaking import Breaker


@get("/breakers", summary="Breakers before the others' systems")
async def listing(operations: Served) -> list[Breaker]:
    """Every system; those that are not closed come first, with the workers that say so."""
    return await breaking.listing(operations)


@post(
    "/breakers/{counterpart:str}/closing",
    status_code=200,
    summary="Have it closed in every worker",
    operation_class=ForSomebody,
)
async def close(
    request: Asked, desk: Desked, counterpart: FromPath[str], data: JSONBody[Reasoned]
) -> Breaker:
    """Within two seconds; one before a system that goes on failing opens again."""
    person = await somebody(request, desk, data.actor)
    return await breakers.close(desk, person, counterpart, data.reason)


ROUTER = Router(path="/", route_handlers=[listing, close], tags=["breakers"])
