"""User tasks over REST: list, claim, give back, hand over, complete (REQ-06)."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response, Router, get, post
from litestar.params import FromPath, FromQuery, JSONBody, PathParameter, QueryParameter

from mtd.faces.api import naming
from mtd.faces.api.acting import ForSomebody, Login, somebody
from mtd.faces.api.problems import unfit
from mtd.faces.api.provided import Desked, Served
from mtd.faces.api.receipts import RECEIPTS, answer
from mtd.runtime.definitions.forms import Asked, Unfit
from mtd.runtime.desk.work import worklist
from mtd.runtime.operations import assigning
from mtd.runtime.operations.punctuality import Punctuality, punctuality
from mtd.store.orders.tasks import PAGE_MAX

Wait = Annotated[int, PathParameter(ge=0, le=2**31 - 1)]
Person = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class TaskView(msgspec.Struct, frozen=True, kw_only=True):
    """Work for a person."""

    instance: str
    wait: int
    state: str
    role: str
    element: str
    name: str
    form: str | None
    form_schema: Annotated[
        msgspec.Raw, msgspec.Meta(description="JSON Schema of what is to be filled in, or null.")
    ]
    fields: msgspec.Raw
    assignee: str | None
    opened_at: datetime
    due_at: datetime | None
    paused: str | None
    """Why its step is paused, and it cannot be completed for now."""
    punctuality: Punctuality | None
    """From `task_at_risk` of the customer's settings before its due time on it is at risk."""


class By(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who does it."""

    person: Person


class Handover(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who hands it to whom."""

    person: Person
    to: Person


class Completion(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who did it, and what they filled in."""

    person: Person
    outputs: dict[str, Any] = {}


class Place(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a task is."""

    instance: UUID
    wait: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]


class Assignment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who gives which tasks to whom."""

    actor: Login
    to: Person
    tasks: Annotated[list[Place], msgspec.Meta(min_length=1, max_length=PAGE_MAX)]


class Assigned(msgspec.Struct, frozen=True, kw_only=True):
    """How many tasks somebody has got."""

    tasks: int


@get("/tasks", summary="Open tasks, oldest first")
async def listing(
    operations: Served,
    role: FromQuery[str | None] = None,
    assignee: FromQuery[str | None] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=PAGE_MAX)] = PAGE_MAX,
) -> list[TaskView]:
    """Of a role, of a person, or all; each on time, at risk or overdue."""
    warning, now = operations.app.at_risk(), operations.app.clock.now()
    return [
        _view(asked, punctuality(asked.task.due_at, now, warning))
        for asked in await assigning.listing(operations, role, assignee, limit)
    ]


@post("/tasks/{instance:uuid}/{wait:int}/claim", status_code=200, summary="Take a task")
async def claim(operations: Served, instance: FromPath[UUID], wait: Wait, data: JSONBody[By]) -> By:
    """409 when somebody else has it."""
    await assigning.claim(operations, str(instance), wait, data.person)
    return data


@post("/tasks/{instance:uuid}/{wait:int}/unclaim", status_code=200, summary="Give a task back")
async def unclaim(
    operations: Served, instance: FromPath[UUID], wait: Wait, data: JSONBody[By]
) -> By:
    """409 when the person does not have it."""
    await assigning.unclaim(operations, str(instance), wait, data.person)
    return data


@post("/tasks/{instance:uuid}/{wait:int}/delegate", status_code=200, summary="Hand a task over")
async def delegate(
    operations: Served, instance: FromPath[UUID], wait: Wait, data: JSONBody[Handover]
) -> By:
    """409 when the person does not have it."""
    await assigning.delegate(operations, str(instance), wait, data.person, data.to)
    return By(person=data.to)


@post(
    "/tasks/assignment", status_code=200, summary="Give tasks to somebody, whoever has them",
    operation_class=ForSomebody,
)  # fmt: skip
async def assign(request: naming.Asked, desk: Desked, data: JSONBody[Assignment]) -> Assigned:
    """Those of them that are open and that the account sees; the others are left as they are."""
    person = await somebody(request, desk, data.actor)
    chosen = [(str(one.instance), one.wait) for one in data.tasks]
    return Assigned(tasks=await worklist.assign(desk, person, chosen, data.to))


@post(
    "/tasks/{instance:uuid}/{wait:int}/complete",
    status_code=202,
    summary="Complete a task",
    responses=RECEIPTS,
)
async def complete(
    operations: Served, instance: FromPath[UUID], wait: Wait, data: JSONBody[Completion]
) -> Response[Any]:
    """The process goes on with what was filled in; 409 when somebody else has it.

    422 names each field that is not as the task's `form_schema` wants it.
    """
    try:
        given = (data.outputs, data.person)
        return answer(await assigning.complete(operations, str(instance), wait, *given))
    except Unfit as error:
        return unfit(error)


def _view(asked: Asked, standing: Punctuality | None) -> TaskView:
    values = msgspec.structs.asdict(asked.task)
    fields = msgspec.Raw(values.pop("fields") or b"{}")
    schema = msgspec.Raw((asked.schema or "null").encode())
    shown = {k: v for k, v in values.items() if k in TaskView.__struct_fields__}
    return TaskView(fields=fields, form_schema=schema, punctuality=standing, **shown)


ROUTER = Router(
    path="/",
    route_handlers=[listing, claim, unclaim, delegate, assign, complete],
    tags=["tasks"],
)
