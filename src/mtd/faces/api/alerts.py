"""Alerts over REST: what rules found, what is done about it, and the rules."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Router, delete, get, post, put
from litestar.params import FromPath, JSONBody, QueryParameter

from mtd.faces.api.provided import Served
from mtd.runtime.alerts import handling, remedying, rules
from mtd.runtime.alerts.backtesting import DAYS_MAX, Backtest, backtest, tried
from mtd.runtime.alerts.handling import Shown, Tab, View
from mtd.runtime.alerts.measuring import Measure
from mtd.runtime.alerts.rules import Author, Listed
from mtd.runtime.bulk.acting import Shown as Previewed
from mtd.runtime.operations.operations import NotFound
from mtd.runtime.settings.alerts import Rule
from mtd.store.alerts.alerts import PAGE_MAX

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=1000, pattern=r"\S")]
Words = Annotated[str, msgspec.Meta(max_length=1000)]


class Said(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who says so, and why, if there is anything to say."""

    actor: Text
    reason: Words = ""


class Reasoned(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who says so, and why."""

    actor: Text
    reason: Reason


class Assigning(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose it is from now on."""

    actor: Text
    reason: Words = ""
    owner: Text


class Muting(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For how long nobody is told of it."""

    actor: Text
    reason: Words = ""
    for_s: Annotated[float, msgspec.Meta(ge=0, le=30 * 86_400)]
    """0: again from now on."""


class Ruling(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule as it is to be, who says so, and why."""

    actor: Text
    reason: Reason
    rule: Rule


class Trying(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule that may not be kept yet, and how many days back it is tried."""

    rule: Rule
    days: Annotated[int, msgspec.Meta(ge=1, le=DAYS_MAX)] = DAYS_MAX


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule finds now, and would have found."""

    now: list[Measure]
    past: Backtest


class Sending(msgspec.Struct, frozen=True, kw_only=True):
    """How many notices are tried again."""

    notices: int


Name = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_-]{0,49}$")]


@get("/alerts", summary="Alerts in one state")
async def listing(
    operations: Served,
    tab: Annotated[Tab, QueryParameter(name="state")] = "open",
    below: Annotated[UUID | None, QueryParameter()] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=PAGE_MAX)] = 50,
) -> list[View]:
    """Open ones the gravest first, others the latest; `below` is the id of the last one before."""
    return await handling.listing(
        operations.app, operations.tenant, tab, below=str(below) if below else None, limit=limit
    )


@get("/alerts/{alert:uuid}", summary="An alert")
async def show(operations: Served, alert: FromPath[UUID]) -> Shown:
    """What happened to it, who was told what, and what came of that."""
    return await handling.shown(operations.app, operations.tenant, str(alert))


@post("/alerts/{alert:uuid}/acknowledgement", status_code=200, summary="Acknowledge it")
async def acknowledge(operations: Served, alert: FromPath[UUID], data: JSONBody[Said]) -> Shown:
    """It is not escalated any more; 409 when somebody did already, or it is closed."""
    by = Author(actor=data.actor, reason=data.reason)
    await handling.acknowledge(operations.app, operations.tenant, str(alert), by)
    return await handling.shown(operations.app, operations.tenant, str(alert))


@post("/alerts/{alert:uuid}/assignment", status_code=200, summary="Give it to somebody")
async def assign(operations: Served, alert: FromPath[UUID], data: JSONBody[Assigning]) -> Shown:
    """409 when it is closed."""
    by = Author(actor=data.actor, reason=data.reason)
    await handling.assign(operations.app, operations.tenant, str(alert), data.owner, by)
    return await handling.shown(operations.app, operations.tenant, str(alert))


@post("/alerts/{alert:uuid}/comments", status_code=200, summary="Remark something")
async def comment(operations: Served, alert: FromPath[UUID], data: JSONBody[Reasoned]) -> Shown:
    """Also of one that is closed."""
    by = Author(actor=data.actor, reason=data.reason)
    await handling.comment(operations.app, operations.tenant, str(alert), by)
    return await handling.shown(operations.app, operations.tenant, str(alert))


@post("/alerts/{alert:uuid}/mute", status_code=200, summary="Tell nobody of it for a while")
async def mute(operations: Served, alert: FromPath[UUID], data: JSONBody[Muting]) -> Shown:
    """It is told again when that is over and its condition still holds; 409 when it is closed."""
    by = Author(actor=data.actor, reason=data.reason)
    await handling.mute(operations.app, operations.tenant, str(alert), data.for_s, by)
    return await handling.shown(operations.app, operations.tenant, str(alert))


@post("/alerts/{alert:uuid}/closing", status_code=200, summary="Close it")
async def close(operations: Served, alert: FromPath[UUID], data: JSONBody[Reasoned]) -> Shown:
    """It begins again once its condition was over; 409 when it is closed."""
    by = Author(actor=data.actor, reason=data.reason)
    await handling.close(operations.app, operations.tenant, str(alert), by)
    return await handling.shown(operations.app, operations.tenant, str(alert))


@post("/alerts/{alert:uuid}/telling", status_code=200, summary="Try its failed notices again")
async def tell_again(operations: Served, alert: FromPath[UUID], data: JSONBody[Said]) -> Sending:
    """Notices that were given up are due again."""
    by = Author(actor=data.actor, reason=data.reason)
    count = await handling.tell_again(operations.app, operations.tenant, str(alert), by)
    return Sending(notices=count)


@post("/alerts/{alert:uuid}/remedy", status_code=201, summary="Preview the bulk action for it")
async def remedy(operations: Served, alert: FromPath[UUID], data: JSONBody[Reasoned]) -> Previewed:
    """Started like any other bulk action; 409 when there is none, or nobody is left."""
    by = Author(actor=data.actor, reason=data.reason)
    return await remedying.remedy(operations, str(alert), by)


@get("/alert-rules", summary="The rules")
async def rule_list(operations: Served) -> list[Listed]:
    """By name; those of the customer's file, unless somebody changed them."""
    async with operations.app.store.door(operations.tenant) as connection:
        return await rules.listing(operations.app, connection, operations.tenant)


@put("/alert-rules/{name:str}", status_code=200, summary="Make or change a rule")
async def put_rule(
    operations: Served, name: FromPath[Name], data: JSONBody[Ruling]
) -> list[Listed]:
    """In effect at the next look; 409 when it names what there is not."""
    by = Author(actor=data.actor, reason=data.reason)
    await rules.put(operations.app, operations.tenant, name, data.rule, by, operations.new_id())
    return await _one(operations, name)


@delete("/alert-rules/{name:str}", status_code=204, summary="Take a rule out")
async def drop_rule(
    operations: Served,
    name: FromPath[Name],
    actor: Annotated[str, QueryParameter(min_length=1, max_length=200)],
    reason: Annotated[str, QueryParameter(min_length=1, max_length=1000, pattern=r"\S")],
) -> None:
    """Its open alerts close at the next look."""
    by = Author(actor=actor, reason=reason)
    await rules.drop(operations.app, operations.tenant, name, by, operations.new_id())


@post("/alert-trials", status_code=200, summary="Try a rule, now and on the past")
async def trial(operations: Served, data: JSONBody[Trying]) -> Trial:
    """Nothing is raised; 409 when there is too much history for that."""
    app, tenant = operations.app, operations.tenant
    return Trial(
        now=await tried(app, tenant, data.rule),
        past=await backtest(app, tenant, data.rule, data.days),
    )


async def _one(operations: Served, name: str) -> list[Listed]:
    async with operations.app.store.door(operations.tenant) as connection:
        found = await rules.listing(operations.app, connection, operations.tenant)
    mine = [one for one in found if one.name == name]
    if not mine:
        raise NotFound(f"there is no rule {name!r}")
    return mine


ROUTER = Router(
    path="/",
    route_handlers=[
        listing, show, acknowledge, assign, comment, mute, close, tell_again, remedy,
        rule_list, put_rule, drop_rule, trial,
    ],
    tags=["alerts"],
)  # fmt: skip
