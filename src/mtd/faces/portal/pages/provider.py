"""The way in by a provider of identities: sent there, back again, and out of there."""

from typing import Any

from litestar import Response, Router
from structlog import get_logger

from mtd.faces.portal.guarding import COOKIE, client_of, give_session, inside, whence_of
from mtd.faces.portal.needs import OPEN, page
from mtd.faces.portal.provided import Asked, Painted, Served, Vouched
from mtd.faces.portal.rendering import go
from mtd.runtime.desk.people.provider import NotVouched
from mtd.runtime.desk.people.vouching import STARTED_S, Vouching
from mtd.runtime.operations.operations import NotFound

LOG = get_logger()
SENT = "mtd_sent"
"""The cookie by which who comes back from the provider is who was sent there."""
HERE = "/sign-in/oidc"


@page(HERE, OPEN)
async def send(request: Asked, painter: Painted, vouching: Vouched) -> Response[Any]:
    """To the provider."""
    try:
        place, name = await _there(vouching).send(inside(request.query_params.get("next", "/")))
    except NotVouched as error:
        return _refused(request, painter, error)
    answer = go(place)
    answer.set_cookie(
        SENT, name, path=HERE, max_age=int(STARTED_S), httponly=True, samesite="lax",
        secure=whence_of(request).secure,
    )  # fmt: skip
    return answer


@page(HERE + "/back", OPEN)
async def back(request: Asked, desk: Served, painter: Painted, vouching: Vouched) -> Response[Any]:
    """Back from the provider: a new session, or why not."""
    answered = {name: values[0] for name, values in request.query_params.dict().items()}
    name, agent = request.cookies.get(SENT, ""), request.headers.get("user-agent", "")
    try:
        token, wanted = await _there(vouching).enter(name, answered, client_of(request), agent)
    except NotVouched as error:
        return _refused(request, painter, error)
    if before := request.cookies.get(COOKIE):
        await desk.accounts.sign_out(before)
    answer = go(wanted)
    answer.delete_cookie(SENT, path=HERE)
    give_session(request, answer, token)
    return answer


@page(HERE + "/out", OPEN)
async def out(request: Asked, painter: Painted, vouching: Vouched) -> Response[Any]:
    """Out of the session with the provider, where it has such a place."""
    try:
        place = await _there(vouching).provider.leave()
    except NotVouched as error:
        return _refused(request, painter, error)
    return go(place or "/sign-in")


def _there(vouching: Vouching | None) -> Vouching:
    if vouching is None:
        raise NotFound("nobody vouches for people here")
    return vouching


def _refused(request: Asked, painter: Any, error: NotVouched) -> Response[str]:
    LOG.warning("nobody vouched", key=error.key, why=str(error))
    return painter.bare(
        request, "sign_in.html", status=401, back="/", wrong=f"oidc_{error.key}", login=""
    )


ROUTER = Router(path="/", route_handlers=[send, back, out])
