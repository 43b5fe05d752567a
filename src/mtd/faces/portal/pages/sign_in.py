"""The door: sign in, sign out, and the choice of a language."""

from typing import Any

from litestar import Response, Router

from mtd.faces.portal.guarding import COOKIE
from mtd.faces.portal.needs import OPEN, SIGNED_IN, action, page
from mtd.faces.portal.provided import Asked, Filled, Painted, Served
from mtd.faces.portal.rendering import go
from mtd.faces.portal.words import LANGUAGES
from mtd.runtime.desk.accounts import Throttled

YEAR_S = 31_536_000
BACK_MAX = 2_000
"""Characters of an address to go back to."""


@page("/sign-in", OPEN)
async def door(request: Asked, painter: Painted) -> Response[Any]:
    """The form."""
    back = _inside(request.query_params.get("next", "/"))
    if request.scope["state"].get("person") is not None:
        return go(back)
    return painter.bare(request, "sign_in.html", back=back, wrong="", login="")


@action("/sign-in", OPEN, status_code=200)
async def enter(request: Asked, desk: Served, painter: Painted) -> Response[Any]:
    """Begin a session, always a new one: what was known before signing in opens nothing."""
    form = await request.form()
    login, password = str(form.get("login", "")), str(form.get("password", ""))
    back = _inside(str(form.get("next", "/")))
    client = request.client.host if request.client else ""
    agent = request.headers.get("user-agent", "")
    try:
        token = await desk.accounts.sign_in(login, password, client, agent)
    except Throttled:
        more = {"back": back, "wrong": "throttled", "login": login}
        return painter.bare(request, "sign_in.html", status=429, **more)
    if token is None:
        more = {"back": back, "wrong": "wrong", "login": login}
        return painter.bare(request, "sign_in.html", status=401, **more)
    secure = bool(desk.app.settings.portal.tls_certificate)
    answer = go(back)
    answer.set_cookie(COOKIE, token, httponly=True, samesite="lax", secure=secure)
    return answer


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
    answer = go(_inside(request.query_params.get("next", "/")))
    if language in LANGUAGES:
        answer.set_cookie("mtd_language", language, max_age=YEAR_S, samesite="lax")
    return answer


def _inside(back: str) -> str:
    """`back` if it is a page of ours, else the first one: nobody is led elsewhere."""
    fine = back.startswith("/") and not back.startswith(("//", "/\\")) and len(back) <= BACK_MAX
    return back if fine and back.isprintable() else "/"


ROUTER = Router(path="/", route_handlers=[door, enter, leave, choose_language])
