"""Tasks: the most urgent first, taken, filled in and followed by the next with the keyboard."""

from typing import Any
from uuid import UUID

from litestar import Response, Router

from mtd.faces.portal.needs import action, page
from mtd.faces.portal.provided import Asked, Filled, Painted, Served, Someone
from mtd.faces.portal.rendering import Said, go
from mtd.faces.portal.words import Words
from mtd.runtime.definitions.forms import Flaw, Unfit
from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.orders.filters import BadFilter
from mtd.runtime.desk.people.person import Person
from mtd.runtime.desk.work import worklist
from mtd.runtime.desk.work.worklist import Listing
from mtd.store.orders.worklist import STANDINGS, Place

WAIT_MAX = 2**31 - 1
PATH = "/tasks/{instance:uuid}/{wait:int}"


@page("/tasks", "tasks.see")
async def listing(request: Asked, desk: Served, painter: Painted, person: Someone) -> Response[str]:
    """The list, with the most urgent task that is free or one's own open beside it."""
    found = await _listed(request, desk, person)
    free = [one for one in found.works if one.assignee in (None, person.login)]
    first = (free or found.works)[:1]
    place = first[0].place if first else None
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
    places = [_read_place("task", str(one)) for one in filled.getall("task", [])]
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
    return go("/tasks", Said("tasks.completed", {"name": opened.work.name}))


async def _listed(request: Asked, desk: Desk, person: Person) -> Listing:
    place = {name: _read_place(name, text) for name, text in _beside(request).items()}
    return await worklist.listing(desk, person, _asked(request), **place)


async def _shown(
    request: Asked,
    desk: Desk,
    painter: Any,
    person: Person,
    found: Listing,
    place: Place | None,
    *,
    status: int = 200,
    wrong: dict[str, str] | None = None,
    form: Any = None,
) -> Response[str]:
    language = painter.words(request).language
    opened = None if place is None else await worklist.opened(desk, person, *place, language)
    asked = _asked(request)
    query = {"mine": "yes" if asked.mine else "", "role": asked.role, "standing": asked.standing}
    return await painter.page(
        request, "tasks.html", status=status, found=found, opened=opened, asked=asked,
        query=query, beside=_beside(request), wrong=wrong or {}, form=form or {},
    )  # fmt: skip


def _beside(request: Asked) -> dict[str, str]:
    """The task that the page comes after, or goes up to, as the address says it; empty: neither."""
    query = request.query_params
    said = [(name, query[name]) for name in ("before", "after") if query.get(name)]
    return dict(said[:1])


def _asked(request: Asked) -> worklist.Asked:
    """Which tasks the address asks for. Raises BadFilter."""
    query = request.query_params
    standing = query.get("standing", "")
    if standing and standing not in STANDINGS:
        raise BadFilter(f"standing: {standing}")
    return worklist.Asked(
        mine=query.get("mine") == "yes", role=query.get("role", ""), standing=standing
    )


def _said(words: Words, flaw: Flaw) -> str:
    """What is wrong with a field, in the reader's language."""
    known = f"form.{flaw.rule}" in words.entries
    return words(f"form.{flaw.rule if known else 'other'}", limit=flaw.limit)


def _read_place(name: str, text: str) -> Place:
    """A task as an address or a form names it, `instance:wait`. Raises BadFilter."""
    instance, _, wait = text.partition(":")
    try:
        place = str(UUID(instance)), int(wait)
    except ValueError as error:
        raise BadFilter(f"{name}: {text}") from error
    if not 0 <= place[1] <= WAIT_MAX:
        raise BadFilter(f"{name}: {text}")
    return place


def _place(request: Asked) -> Place:
    return str(request.path_params["instance"]), int(request.path_params["wait"])


ROUTER = Router(path="/", route_handlers=[listing, one, claim, unclaim, delegate, assign, complete])
