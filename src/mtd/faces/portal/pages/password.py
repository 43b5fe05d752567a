"""The password of whoever is signed in: they choose another, and go on in a new session."""

from typing import Any

from litestar import Response, Router

from mtd.faces.portal.guarding import COOKIE, client_of, give_session
from mtd.faces.portal.needs import SIGNED_IN, action, page
from mtd.faces.portal.provided import Asked, Filled, Painted, Served
from mtd.faces.portal.rendering import Said, go
from mtd.runtime.desk.people.accounts import BadAccount, Throttled
from mtd.runtime.desk.people.passwords import PASSWORD_MIN

HERE = "/password"


@page(HERE, SIGNED_IN)
async def asked(request: Asked, painter: Painted) -> Response[str]:
    """The form."""
    return await painter.page(request, "password.html", wrong="", least=PASSWORD_MIN)


@action(HERE, SIGNED_IN, status_code=200)
async def choose(request: Asked, desk: Served, painter: Painted, form: Filled) -> Response[Any]:
    """The new password, and a new session with it; every other session is over."""
    chosen = str(form.get("chosen", ""))
    wrong, token = "differ", None
    if chosen == str(form.get("again", "")):
        try:
            token = await desk.accounts.choose(
                request.cookies[COOKIE], str(form.get("current", "")), chosen, client_of(request),
                request.headers.get("user-agent", ""),
            )  # fmt: skip
            wrong = "wrong"
        except BadAccount:
            wrong = "short"
        except Throttled:
            wrong = "throttled"
    if token is None:
        return await painter.page(
            request, "password.html", status=422, wrong=wrong, least=PASSWORD_MIN
        )
    answer = go("/", Said("password.kept"))
    give_session(request, answer, token)
    return answer


ROUTER = Router(path="/", route_handlers=[asked, choose])
