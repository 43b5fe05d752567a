"""Tasks: the most urgent first, taken, filled in and followed by the next with the keyboard."""

from typing import Any

from litestar import Response, Router

from mtd.faces.portal.needs import action, page
from mtd.faces.portal.provided import Asked, Filled, Painted, Served, Someone
from mtd.faces.portal.rendering import Said, go
from mtd.faces.portal.words import Words
from mtd.runtime.definitions.forms import Flaw, Unfit
from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.people.person import Person
from mtd.runtime.desk.work import worklist
from mtd.runtime.desk.work.worklist import Listed

STANDINGS = ("overdue", "at_risk", "on_time")
PATH = "/tasks/{instance:uuid}/{wait:int}"


@page("/tasks", "tasks.see")
async def listing(request: Asked, desk: Served, painter: Painted, person: Someone) -> Response[str]:
    """The list, with the most urgent task that is free or one's own open beside it."""
    found = await _listed(request, desk, person)
    free = [one for one in found if one.work.assignee in (None, person.login)]
    first = (free or found)[:1]
    place = (first[0].work.instance, first[0].work.wait) if first else None
    return await _shown(request, desk, painter, person, found, place)


@page(PATH, "tasks.see")
async def one(request: Asked, desk: Served, painter: Painted, person: Someone) -> Response[str]:
    """One task, beside the list."""
    found = await _listed(request, desk, person)
    return await _shown(request, desk, painter, person, found, _place(request))


@action(PATH + "/claim", "tasks.work tasks.see")
async def claim(request: Asked, desk: Served, person: Someone, form: Filled) -> Response[Any]:
    """Take it."""
    del form
    instance, wait = _place(request)
    await worklist.claim(desk, person, instance, wait)
    return go(f"/tasks/{instance}/{wait}")


@action(PATH + "/unclaim", "tasks.work tasks.see")
async def unclaim(request: Asked, desk: Served, person: Someone, form: Filled) -> Response[Any]:
    """Give it back."""
    del form
    await worklist.unclaim(desk, person, *_place(request))
    return go("/tasks")


@action(PATH + "/delegate", "tasks.work tasks.see")
async def delegate(request: Asked, desk: Served, person: Someone, form: Filled) -> Response[Any]:
    """Hand it over."""
    other = str(form.get("to", "")).strip()
    await worklist.delegate(desk, person, *_place(request), other)
    return go("/tasks", Said("tasks.delegated", {"to": other}))


@action("/tasks/assign", "tasks.assign tasks.see")
async def assign(request: Asked, desk: Served, person: Someone, form: Filled) -> Response[Any]:
    """Give the ticked ones to somebody."""
    del form
    filled = await request.form()
    chosen = [tuple(str(one).split(":")) for one in filled.getall("task", [])]
    places = [(one[0], int(one[1])) for one in chosen if len(one) == 2 and one[1].isdecimal()]
    other = str(filled.get("to", "")).strip()
    count = await worklist.assign(desk, person, places, other)
    return go("/tasks", Said("tasks.assigned", {"n": count, "to": other}))


@action(PATH + "/complete", "tasks.work tasks.see", status_code=200)
async def complete(
    request: Asked, desk: Served, painter: Painted, person: Someone, form: Filled
) -> Response[Any]:
    """Done: on to the next one; what is not filled in rightly is shown beside its field."""
    instance, wait = place = _place(request)
    opened = await worklist.opened(desk, person, instance, wait, painter.words(request).language)
    try:
        outputs = worklist.filled(opened.fields, form)
        await worklist.complete(desk, person, instance, wait, outputs)
    except Unfit as error:
        words = painter.words(request)
        wrong = {flaw.field: _said(words, flaw) for flaw in error.flaws}
        found = await _listed(request, desk, person)
        return await _shown(
            request, desk, painter, person, found, place, status=422, wrong=wrong, form=form
        )
    return go("/tasks", Said("tasks.completed", {"name": opened.listed.work.name}))


async def _listed(request: Asked, desk: Desk, person: Person) -> list[Listed]:
    query = request.query_params
    return await worklist.listing(
        desk, person, mine=query.get("mine") == "yes", role=query.get("role") or None
    )


async def _shown(
    request: Asked,
    desk: Desk,
    painter: Any,
    person: Person,
    found: list[Listed],
    place: tuple[str, int] | None,
    *,
    status: int = 200,
    wrong: dict[str, str] | None = None,
    form: Any = None,
) -> Response[str]:
    language = painter.words(request).language
    opened = None if place is None else await worklist.opened(desk, person, *place, language)
    counts = {name: sum(one.standing == name for one in found) for name in STANDINGS}
    return await painter.page(
        request, "tasks.html", status=status, listed=found, opened=opened, standings=counts,
        wrong=wrong or {}, form=form or {}, mine=request.query_params.get("mine") == "yes",
    )  # fmt: skip


def _said(words: Words, flaw: Flaw) -> str:
    """What is wrong with a field, in the reader's language."""
    known = f"form.{flaw.rule}" in words.entries
    return words(f"form.{flaw.rule if known else 'other'}", limit=flaw.limit)


def _place(request: Asked) -> tuple[str, int]:
    return str(request.path_params["instance"]), int(request.path_params["wait"])


ROUTER = Router(path="/", route_handlers=[listing, one, claim, unclaim, delegate, assign, complete])
