"""Alerts: what is wrong now, who looks after it, and the rules that say what wrong is."""

from typing import Any

from litestar import Response, Router

from mtd.faces.portal.needs import action, page
from mtd.faces.portal.provided import Asked, Filled, Painted, Served, Someone
from mtd.faces.portal.rendering import Said, go
from mtd.runtime.alerts.handling import Tab
from mtd.runtime.desk.alerts import alarms, ruling
from mtd.runtime.desk.desk import Desk
from mtd.runtime.settings.alerts import Rule

TABS: tuple[Tab, ...] = ("open", "acknowledged", "closed")
PATH = "/alerts/{id:uuid}"
RULE = "/alerts/rules/{name:str}"
NEW = "new"
"""No rule has this name: it is where one is made."""


@page("/alerts", "alerts.see")
async def listing(request: Asked, desk: Served, painter: Painted, person: Someone) -> Response[str]:
    """One state's alerts, consolidated by rule and scope."""
    asked = request.query_params.get("state", "open")
    tab: Tab = asked if asked in TABS else "open"
    below = request.query_params.get("below") or None
    found = await alarms.listing(desk, person, tab, below)
    more = found[-1].id if len(found) == alarms.PAGE_ROWS else None
    return await painter.page(request, "alerts.html", tab=tab, tabs=TABS, found=found, more=more)


@page(PATH, "alerts.see")
async def one(request: Asked, desk: Served, painter: Painted, person: Someone) -> Response[str]:
    """One: what was observed, what happened to it, who was told."""
    shown = await alarms.shown(desk, person, _id(request))
    return await painter.page(
        request, "alert.html", shown=shown, mutes=[each for each in alarms.MUTED_S if each != "0"]
    )


@action(PATH + "/act", "alerts.work alerts.see")
async def act(request: Asked, desk: Served, person: Someone, form: Filled) -> Response[Any]:
    """Acknowledge, assign, comment, mute, close or tell again."""
    id_ = _id(request)
    verb = str(form.get("verb", ""))
    said, to = str(form.get("reason", "")), str(form.get("to", ""))
    await alarms.act(desk, person, id_, verb, said, to)
    return go(f"/alerts/{id_}", Said(f"alerts.done.{verb}"))


@action(PATH + "/remedy", "alerts.work alerts.see")
async def remedy(request: Asked, desk: Served, person: Someone, form: Filled) -> Response[Any]:
    """Preview the bulk action for what it is about."""
    shown = await alarms.remedy(desk, person, _id(request), str(form.get("reason", "")))
    return go(f"/bulk/{shown.bulk.id}")


@page("/alerts/rules", "alerts.see")
async def rule_list(
    request: Asked, desk: Served, painter: Painted, person: Someone
) -> Response[str]:
    """The rules, and a way to make one."""
    found = await alarms.rule_list(desk, person)
    return await painter.page(
        request, "alert_rules.html", found=found, kinds=list(ruling.CONDITIONS)
    )


@page(RULE, "alerts.see")
async def rule(request: Asked, desk: Served, painter: Painted, person: Someone) -> Response[str]:
    """A rule as a form; `new`: one of a kind that is to be made."""
    name = _name(request)
    if name == NEW:
        person.must("alerts.rules")
        wanted = ruling.fresh(request.query_params.get("kind", ""))
    else:
        wanted = (await alarms.rule(desk, person, name)).rule
    return await _edited(request, desk, painter, name, wanted)


@action(RULE + "/keep", "alerts.rules alerts.see", status_code=200)
async def keep(
    request: Asked, desk: Served, painter: Painted, person: Someone, form: Filled
) -> Response[Any]:
    """Keep the rule as it was filled in, or only try it on the past."""
    name = _name(request)
    wanted = await _filled(request, form)
    if form.get("try") == "yes":
        now, past = await alarms.trial(desk, person, wanted)
        return await _edited(request, desk, painter, name, wanted, now=now, past=past, form=form)
    kept = str(form.get("name", "")).strip() if name == NEW else name
    await alarms.put(desk, person, ruling.named(kept), wanted, str(form.get("reason", "")))
    return go("/alerts/rules", Said("alerts.kept", {"name": kept}))


@action(RULE + "/drop", "alerts.rules alerts.see")
async def drop(request: Asked, desk: Served, person: Someone, form: Filled) -> Response[Any]:
    """Take the rule out."""
    name = _name(request)
    await alarms.drop(desk, person, name, str(form.get("reason", "")))
    return go("/alerts/rules", Said("alerts.dropped", {"name": name}))


async def _filled(request: Asked, form: dict[str, Any]) -> Rule:
    filled = await request.form()
    told = [str(one) for one in filled.getall("recipients", [])]
    late = [str(one) for one in filled.getall("escalate_to", [])]
    return ruling.filled(form, told, late)


async def _edited(
    request: Asked, desk: Desk, painter: Any, name: str, wanted: Rule, **more: Any
) -> Response[str]:
    given: dict[str, Any] = {"now": None, "past": None, "form": {}, **more}
    return await painter.page(
        request, "alert_rule.html", name=name, is_new=name == NEW, rule=wanted,
        kind=str(wanted.condition.__struct_config__.tag), fields=ruling.fields(wanted.condition),
        recipients=sorted(desk.app.settings.alerts.recipients), **given,
    )  # fmt: skip


def _id(request: Asked) -> str:
    return str(request.path_params["id"])


def _name(request: Asked) -> str:
    return str(request.path_params["name"])


ROUTER = Router(path="/", route_handlers=[listing, one, act, remedy, rule_list, rule, keep, drop])
