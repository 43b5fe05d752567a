"""Problems: what a client reads when its request cannot be done (RFC 9457)."""

import traceback
from pathlib import Path
from typing import Any, cast

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from structlog import get_logger

from mtd.core.orders.flaw import Unreadable
from mtd.runtime.definitions.forms import Unfit
from mtd.runtime.desk.orders.correcting import Clashed
from mtd.runtime.desk.orders.filters import BadFilter
from mtd.runtime.desk.people.acting import Stranger
from mtd.runtime.desk.people.person import Forbidden
from mtd.runtime.operations.deploying import Refused
from mtd.runtime.operations.operations import Conflict, NotFound
from mtd.runtime.receiving import Unroutable
from mtd.store.deployed.definitions import Unknown
from mtd.store.sessions import Fault, Unavailable, fault

RETRY_AFTER_S = 5
PLACES_MAX = 6
"""Innermost frames of a failure that the log names."""


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


def refused(deployment: Refused) -> Response[Problem]:
    """Files that would not run: 422 with every fault of all of them, warnings too."""
    faults = tuple(msgspec.structs.asdict(fault) for fault in deployment.faults)
    return _response(Problem(status=422, title="nothing was deployed", flaws=faults))


def unfit(filled: Unfit) -> Response[Problem]:
    """A form that is not filled in as its schema wants: 422 with each field."""
    flaws = tuple(msgspec.structs.asdict(flaw) for flaw in filled.flaws)
    detail = str(filled)
    return _response(
        Problem(status=422, title="the form is not filled in rightly", detail=detail, flaws=flaws)
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


def _clashed(_: Request[Any, Any, Any], error: Clashed) -> Response[Problem]:
    """Somebody else changed meanwhile what was to be corrected: each value, as it was and is."""
    flaws = tuple(msgspec.structs.asdict(one) for one in error.clashes)
    return _response(
        Problem(status=409, title="it was changed meanwhile", detail=str(error), flaws=flaws)
    )


def _forbidden(_: Request[Any, Any, Any], error: Forbidden) -> Response[Problem]:
    return problem(403, "this account may not do that", f"it takes {error.permission}")


def _unexpected(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    """The database is away, or cannot hold what was sent; else it is our fault."""
    match fault(error):
        case Fault.AGAIN:
            return problem(503, "come back in a moment", "the database does not answer")
        case Fault.CONTENT:
            detail = "a text holds a character, or a number a value, that no database stores"
            return problem(422, "it cannot be stored", detail)
        case Fault.BUG:
            return _failed(request, error)


def _failed(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    """Told in the log by place, for the words of an error may hold what is personal."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames[-PLACES_MAX:]]
    get_logger().error(
        "request failed",
        method=request.method,
        route=cast("dict[str, Any]", request.scope).get("path_template"),
        error=type(error).__name__,
        places=places,
    )
    return problem(500, "this is our fault", "it was logged; nothing of it was done", "FAILED")


HANDLERS: dict[type[Exception] | int, Any] = {
    HTTPException: _http,
    NotFound: _answer(404, "not found"),
    Unknown: _answer(404, "not found"),
    Conflict: _answer(409, "it cannot be done as things stand"),
    Clashed: _clashed,
    Forbidden: _forbidden,
    Stranger: _answer(403, "nobody may do that"),
    BadFilter: _answer(422, "the filter says nothing that can be looked for"),
    Unroutable: _answer(422, "no process takes this order"),
    Unavailable: _answer(503, "come back in a moment"),
    Exception: _unexpected,
}
"""How each failure is answered; what is not expected is a 500, and our fault."""
