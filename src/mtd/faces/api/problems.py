"""Problems: what a client reads when its request cannot be done (RFC 9457)."""

from typing import Any, cast

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException

from mtd.core.orders.flaw import Unreadable
from mtd.runtime.operations import Conflict, NotFound
from mtd.runtime.receiving import Unroutable
from mtd.store.sessions import Unavailable

RETRY_AFTER_S = 5


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """What went wrong, and where."""

    status: int
    title: str
    detail: str = ""
    code: str = ""
    flaws: tuple[dict[str, Any], ...] = ()
    """Each with the field, and of XML the line and the element."""


def unreadable(order: Unreadable) -> Response[Problem]:
    """An order that could not be read: 422, or 413 for one too large."""
    too_large = order.code.value == "TOO_LARGE"
    return _response(
        Problem(
            status=413 if too_large else 422,
            title="the order cannot be read",
            code=order.code.value,
            flaws=tuple(
                {k: v for k, v in msgspec.structs.asdict(flaw).items() if v is not None}
                for flaw in order.flaws
            ),
        )
    )


def problem(status: int, title: str, detail: str = "", code: str = "") -> Response[Problem]:
    """Any other problem."""
    return _response(Problem(status=status, title=title, detail=detail, code=code))


def _response(body: Problem) -> Response[Problem]:
    headers = {"Retry-After": str(RETRY_AFTER_S)} if body.status == 503 else {}
    return Response(
        body, status_code=body.status, media_type="application/problem+json", headers=headers
    )


def _http(_: Request[Any, Any, Any], error: HTTPException) -> Response[Problem]:
    extra = cast("list[Any]", error.extra or []) if isinstance(error, ValidationException) else []
    flaws = tuple(cast("dict[str, Any]", item) for item in extra if isinstance(item, dict))
    body = Problem(
        status=error.status_code, title="the request cannot be done", detail=error.detail,
        flaws=flaws,
    )  # fmt: skip
    return _response(body)


def _answer(status: int, title: str) -> Any:
    def handler(_: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
        return problem(status, title, str(error))

    return handler


HANDLERS: dict[type[Exception] | int, Any] = {
    HTTPException: _http,
    NotFound: _answer(404, "not found"),
    Conflict: _answer(409, "it cannot be done as things stand"),
    Unroutable: _answer(422, "no process takes this order"),
    Unavailable: _answer(503, "come back in a moment"),
}
"""How each expected failure is answered; anything else is a 500, and our fault."""
