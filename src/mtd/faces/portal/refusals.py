"""Refusals: what a person reads when a page cannot be shown or an action not be done."""

import traceback
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from litestar import Response
from litestar.exceptions import HTTPException, NotAuthorizedException
from structlog import get_logger

from mtd.faces.portal.guarding import ChooseFirst
from mtd.faces.portal.provided import Asked
from mtd.faces.portal.rendering import Painter, go, here
from mtd.runtime.desk.orders.filters import BadFilter
from mtd.runtime.desk.people.accounts import BadAccount
from mtd.runtime.desk.people.person import Forbidden
from mtd.runtime.operations.operations import Conflict, NotFound
from mtd.store.sessions import Fault, Unavailable, fault

LOG = get_logger()
PLACES_MAX = 6
"""Innermost frames of a failure that the log names."""
RETRY_AFTER_S = "5"


def handlers(painter: Painter) -> dict[type[Exception] | int, Any]:
    """For each expected failure, the page that says so."""

    def said(status: int, key: str) -> Any:
        def answer(request: Asked, error: Exception) -> Response[str]:
            detail = str(error)
            if key == "conflict":
                detail = painter.interpreter.conflict(detail, painter.words(request))
            return _page(painter, request, status, key, detail)

        return answer

    def http(request: Asked, error: HTTPException) -> Response[Any]:
        if isinstance(error, NotAuthorizedException):
            return _to_sign_in(request)
        known = {403: "forbidden", 404: "not_found", 413: "too_large"}
        key = known.get(error.status_code, "bad_request")
        return _page(painter, request, error.status_code, key, error.detail)

    def failed(request: Asked, error: Exception) -> Response[str]:
        if fault(error) is Fault.AGAIN:
            return away(request, error)
        if fault(error) is Fault.CONTENT:
            return _page(painter, request, 400, "bad_request")
        places = traceback.extract_tb(error.__traceback__)[-PLACES_MAX:]
        where = [f"{Path(place.filename).name}:{place.lineno}" for place in places]
        LOG.error("a page failed", problem=type(error).__name__, where=where)
        return _page(painter, request, 500, "failed")

    def away(request: Asked, _: Exception) -> Response[str]:
        answer = _page(painter, request, 503, "away")
        answer.headers["Retry-After"] = RETRY_AFTER_S
        return answer

    return {
        HTTPException: http,
        BadFilter: said(400, "bad_request"),
        BadAccount: said(409, "conflict"),
        ChooseFirst: _to_password,
        Forbidden: said(403, "forbidden"),
        NotFound: said(404, "not_found"),
        Conflict: said(409, "conflict"),
        Unavailable: away,
        Exception: failed,
    }


def _page(
    painter: Painter, request: Asked, status: int, key: str, detail: str = ""
) -> Response[str]:
    return painter.bare(
        request, "refusal.html", status=status, key=key, detail=detail, back=_back(request)
    )


def _back(request: Asked) -> str:
    """The page of ours that was asked from; else the first one."""
    came = urlsplit(request.headers.get("referer", ""))
    ours = came.netloc == request.headers.get("host") and came.path.startswith("/")
    if not ours or came.path.startswith("//"):
        return "/"
    return came.path + (f"?{came.query}" if came.query else "")


def _to_password(request: Asked, error: Exception) -> Response[None]:
    del request, error
    return go("/password")


def _to_sign_in(request: Asked) -> Response[Any]:
    """To the door, and back to this page afterwards; a form that was sent is not sent again.

    A part of a page that is open changes nothing: the page itself asks who sits there.
    """
    if request.headers.get("hx-request"):
        return Response(None, status_code=401, headers={"HX-Reswap": "none"})
    back = here(request) if request.method == "GET" else "/"
    place = f"/sign-in?next={quote(back, safe='')}"
    return Response(None, status_code=303, headers={"Location": place})
