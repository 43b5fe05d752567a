"""Guarding: who is signed in, whether they may, and that the request came from our own pages."""

import hashlib
import hmac
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast
from urllib.parse import urlsplit

from litestar import Response
from litestar.connection import ASGIConnection, Request
from litestar.datastructures import Headers
from litestar.enums import ScopeType
from litestar.exceptions import NotAuthorizedException, PermissionDeniedException
from litestar.handlers import BaseRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from mtd.faces.portal.forwarding import Whence, networks, whence
from mtd.faces.portal.needs import OPEN, POLLED, SIGNED_IN, allows
from mtd.runtime.desk.people.accounts import Accounts
from mtd.runtime.desk.people.person import Forbidden, Person
from mtd.runtime.settings.portal import PortalSettings
from mtd.store.people.people import Seated

COOKIE = "mtd_session"
FORM_BYTES_MAX = 1_000_000
BACK_MAX = 2_000
"""Characters of an address to go back to."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
"""Content-Security-Policy: what the pages load is their own, and nothing is inline."""
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)
STRICT_TRANSPORT = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")


class ChooseFirst(Exception):
    """They are to choose a password before anything else."""


class Seating(ASGIMiddleware):
    """Says who is signed in."""

    scopes = (ScopeType.HTTP,)

    def __init__(self, accounts: Accounts, settings: PortalSettings) -> None:
        self._accounts = accounts
        self._proxies = networks(settings.proxies)
        self._secure = bool(settings.tls_certificate)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Find whose session it is, then go on."""
        state: dict[str, Any] = cast("dict[str, Any]", scope)["state"]
        state["began_s"] = time.perf_counter()
        request, client = Request[Any, Any, Any](scope), scope["client"]
        state["whence"] = whence(
            client[0] if client else "", request.headers, self._proxies, secure=self._secure
        )
        token = request.cookies.get(COOKIE)
        if token and not scope["path"].startswith("/assets/"):
            handler: BaseRouteHandler | None = cast("dict[str, Any]", scope).get("route_handler")
            used = handler is None or not handler.opt.get(POLLED)
            seated = await self._accounts.seated(token, touch=used)
            if seated is not None:
                state["person"] = person_of(seated, client_of(request))
                state["csrf"] = csrf_of(token)
        await next_app(scope, receive, send)


def headed(*, secure: bool) -> Callable[[Message, Scope], Awaitable[None]]:
    """A hook that gives each answer the headers that every answer has, refusals too."""
    own = (*HEADERS, STRICT_TRANSPORT) if secure else HEADERS

    async def hook(message: Message, scope: Scope) -> None:
        del scope
        if message["type"] != "http.response.start":
            return
        headers = [*message["headers"], *own]
        if not any(name == b"cache-control" for name, _ in headers):
            headers.append((b"cache-control", b"no-store"))
        message["headers"] = headers

    return hook


async def guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Deny by default. Raises NotAuthorizedException, PermissionDeniedException, Forbidden."""
    needs = handler.opt.get("needs")
    if needs is None:
        raise PermissionDeniedException("this route names no permission")
    if cast("dict[str, Any]", connection.scope)["method"] not in SAFE:
        _ours(connection.headers, whence_of(connection))
    if needs == OPEN:
        return
    person: Person | None = connection.scope["state"].get("person")
    if person is None:
        raise NotAuthorizedException("sign in first")
    if person.renew and needs != SIGNED_IN:
        raise ChooseFirst
    if not allows(needs, person.permissions):
        raise Forbidden(needs)


async def form_of(request: Request[Any, Any, Any]) -> Mapping[str, Any]:
    """The form that one of our own pages sent. Raises PermissionDeniedException."""
    form = await request.form()
    wanted = request.scope["state"].get("csrf", "")
    given = str(form.get("csrf", ""))
    if not wanted or not hmac.compare_digest(wanted.encode(), given.encode()):
        raise PermissionDeniedException("the form is not one of this session's")
    return form


def person_of(seated: Seated, origin: str) -> Person:
    """Who is signed in."""
    return Person(
        id=seated.id,
        login=seated.login,
        name=seated.name,
        roles=tuple(seated.roles.split()),
        permissions=frozenset(seated.permissions.split()),
        stores=None if seated.stores is None else tuple(seated.stores.split()),
        origin=origin,
        began_at=seated.began_at,
        before=seated.before,
        renew=seated.renew,
    )


def client_of(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The address that a request came from."""
    return whence_of(connection).origin


def whence_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Whence:
    """Where a request came from, as `Seating` found it."""
    found: Whence = connection.scope["state"]["whence"]
    return found


def give_session(request: Request[Any, Any, Any], answer: Response[Any], token: str) -> None:
    """The cookie that is the session: for the server alone, and with no other site's requests."""
    secure = whence_of(request).secure
    answer.set_cookie(COOKIE, token, httponly=True, samesite="lax", secure=secure)


def inside(back: str) -> str:
    """`back` if it is a page of ours, else the first one: nobody is led elsewhere."""
    fine = back.startswith("/") and not back.startswith(("//", "/\\")) and len(back) <= BACK_MAX
    return back if fine and back.isprintable() else "/"


def csrf_of(token: str) -> str:
    """The word that each form of a session carries."""
    return hmac.digest(token.encode(), b"form", hashlib.sha256).hex()


def _ours(headers: Headers, came: Whence) -> None:
    """Whether a request that changes something came from a page of this very origin."""
    site = headers.get("sec-fetch-site")
    if site is not None and site != "same-origin":
        raise PermissionDeniedException("it came from another site")
    origin = headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != (came.host or headers.get("host")):
        raise PermissionDeniedException("it came from another origin")
