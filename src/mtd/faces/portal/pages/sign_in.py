"""The door: sign in, sign out, and the choice of a language."""

from typing import Any

import msgspec
from litestar import MediaType, Response, Router

from mtd.faces.portal.guarding import COOKIE, client_of, give_session, inside
from mtd.faces.portal.needs import OPEN, SIGNED_IN, action, page
from mtd.faces.portal.provided import Asked, Filled, Painted, Served, Someone
from mtd.faces.portal.rendering import go
from mtd.faces.portal.words import LANGUAGES
from mtd.runtime.desk.people.accounts import Throttled

YEAR_S = 31_536_000


class Session(msgspec.Struct, frozen=True):
    """Who is signed in, and the word that the forms of their session carry."""

    login: str
    csrf: str


@page("/sign-in", OPEN)
async def door(request: Asked, painter: Painted) -> Response[Any]:
    """The form."""
    back = inside(request.query_params.get("next", "/"))
    if request.scope["state"].get("person") is not None:
        return go(back)
    return painter.bare(request, "sign_in.html", back=back, wrong="", login="")


@action("/sign-in", OPEN, status_code=200)
async def enter(request: Asked, desk: Served, painter: Painted) -> Response[Any]:
    """Begin a session, always a new one: what was known before signing in opens nothing."""
    form = await request.form()
    login, password = str(form.get("login", "")), str(form.get("password", ""))
    back = inside(str(form.get("next", "/")))
    client = client_of(request)
    agent = request.headers.get("user-agent", "")
    try:
        token = await desk.accounts.sign_in(login, password, client, agent)
    except Throttled:
        more = {"back": back, "wrong": "throttled", "login": login}
        return painter.bare(request, "sign_in.html", status=429, **more)
    if token is None:
        more = {"back": back, "wrong": "wrong", "login": login}
        return painter.bare(request, "sign_in.html", status=401, **more)
    if before := request.cookies.get(COOKIE):
        await desk.accounts.sign_out(before)
    answer = go(back)
    give_session(request, answer, token)
    return answer


@page("/session", SIGNED_IN, media_type=MediaType.JSON, polled=True)
async def session(request: Asked, person: Someone) -> Session:
    """Whose session it is: a page that was open for long asks before it sends a form."""
    return Session(person.login, request.scope["state"]["csrf"])


@action("/sign-out", SIGNED_IN)
async def leave(request: Asked, desk: Served, form: Filled) -> Response[Any]:
    """End the session."""
    del form
    await desk.accounts.sign_out(request.cookies[COOKIE])
    answer = go("/sign-in")
    answer.delete_cookie(COOKIE)
    return answer


@page("/language/{language:str}", OPEN)
async def choose_language(request: Asked) -> Response[Any]:
    """Remember in which language to speak, and go back."""
    language = str(request.path_params["language"])
    answer = go(inside(request.query_params.get("next", "/")))
    if language in LANGUAGES:
        answer.set_cookie("mtd_language", language, max_age=YEAR_S, samesite="lax")
    return answer


ROUTER = Router(path="/", route_handlers=[door, enter, session, leave, choose_language])
