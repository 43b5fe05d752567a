"""People: accounts made, changed, locked, opened again, and their sessions ended."""

from typing import Any

from litestar import Response, Router

from mtd.faces.portal.needs import action, page
from mtd.faces.portal.provided import Asked, Filled, Painted, Served, Someone
from mtd.faces.portal.rendering import Said, go, link
from mtd.runtime.desk.people.people import MANAGE, Wanted, by
from mtd.runtime.operations.operations import NotFound

HERE = "/admin/people"
ONE = HERE + "/{login:str}"


@page(HERE, MANAGE)
async def listing(request: Asked, desk: Served, painter: Painted, person: Someone) -> Response[str]:
    """Every account."""
    person.must_everywhere(MANAGE)
    return await painter.page(
        request, "people.html", known=await desk.people.listing(), roles=await desk.people.roles()
    )


@action(HERE, MANAGE, status_code=200)
async def add(
    request: Asked, desk: Served, painter: Painted, person: Someone, form: Filled
) -> Response[Any]:
    """Make an account; the word that opens it is shown this once."""
    who, login = by(person, str(form.get("reason", ""))), str(form.get("login", ""))
    once = await desk.people.add(login, await _wanted(request), who)
    return await painter.page(request, "once.html", kind="account", name=login, once=once)


@page(ONE, MANAGE)
async def one(request: Asked, desk: Served, painter: Painted, person: Someone) -> Response[str]:
    """One account with its sessions."""
    person.must_everywhere(MANAGE)
    account, sessions = await desk.people.one(_login(request))
    return await painter.page(
        request, "account.html", account=account, sessions=sessions,
        roles=await desk.people.roles(),
    )  # fmt: skip


@action(ONE + "/change", MANAGE)
async def change(request: Asked, desk: Served, person: Someone, form: Filled) -> Response[Any]:
    """Another name, other roles or stores."""
    who = by(person, str(form.get("reason", "")))
    await desk.people.change(_login(request), await _wanted(request), who)
    return _back(request, "people.changed")


@action(ONE + "/lock", MANAGE)
async def lock(request: Asked, desk: Served, person: Someone, form: Filled) -> Response[Any]:
    """It opens nothing any more."""
    await desk.people.lock(_login(request), by(person, str(form.get("reason", ""))))
    return _back(request, "people.locked")


@action(ONE + "/unlock", MANAGE)
async def unlock(request: Asked, desk: Served, person: Someone, form: Filled) -> Response[Any]:
    """It opens again."""
    await desk.people.unlock(_login(request), by(person, str(form.get("reason", ""))))
    return _back(request, "people.unlocked")


@action(ONE + "/reset", MANAGE, status_code=200)
async def reset(
    request: Asked, desk: Served, painter: Painted, person: Someone, form: Filled
) -> Response[Any]:
    """A word that opens it once; it is shown this once."""
    login = _login(request)
    once = await desk.people.reset(login, by(person, str(form.get("reason", ""))))
    return await painter.page(request, "once.html", kind="account", name=login, once=once)


@action(ONE + "/end", MANAGE)
async def end(request: Asked, desk: Served, person: Someone, form: Filled) -> Response[Any]:
    """End one session, or all."""
    who, named = by(person, str(form.get("reason", ""))), str(form.get("session", ""))
    try:
        token_hash = bytes.fromhex(named) or None
    except ValueError as error:
        raise NotFound("there is no such session") from error
    count = await desk.people.end(_login(request), token_hash, who)
    return _back(request, "people.ended", n=count)


async def _wanted(request: Asked) -> Wanted:
    form = await request.form()
    stores = tuple(str(one) for one in form.getall("store", []))
    return Wanted(
        name=str(form.get("name", "")),
        roles=tuple(str(one) for one in form.getall("role", [])),
        stores=None if form.get("everywhere") == "yes" else stores,
    )


def _login(request: Asked) -> str:
    return str(request.path_params["login"])


def _back(request: Asked, said: str, **values: int) -> Response[Any]:
    login = _login(request)
    return go(link(f"{HERE}/{login}"), Said(said, {"login": login, **values}))


ROUTER = Router(path="/", route_handlers=[listing, add, one, change, lock, unlock, reset, end])
