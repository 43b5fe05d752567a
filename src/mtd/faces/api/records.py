"""Records over REST: whether the record of what people did stands as it was sealed."""

from litestar import Router, get, post
from litestar.params import JSONBody

from mtd.faces.api.acting import Actor, Asking, ForSomebody, somebody
from mtd.faces.api.naming import Asked
from mtd.faces.api.provided import Desked
from mtd.runtime.desk.audit.checking import Check

SEE = "audit.see"


@post("/audit/check", status_code=202, summary="Check the record", operation_class=ForSomebody)
async def check_record(request: Asked, desk: Desked, data: JSONBody[Asking]) -> Check | None:
    """The whole chain, unless that is under way; it goes on after the answer."""
    person = await somebody(request, desk, data.actor)
    await desk.check_record(person)
    return desk.checks.last


@get("/audit/check", summary="How far the last check is", operation_class=ForSomebody)
async def record_check(request: Asked, desk: Desked, actor: Actor) -> Check | None:
    """Of this process, with what it found once it is over; null: there was none."""
    (await somebody(request, desk, actor)).must_everywhere(SEE)
    return desk.checks.last


ROUTER = Router(path="/", route_handlers=[check_record, record_check], tags=["operation"])
