"""Rights: every route of the portal with what it needs, and people who have exactly some of it."""

import hashlib
import re
import secrets
from collections.abc import AsyncGenerator, Iterable, Iterator
from contextlib import asynccontextmanager
from html.parser import HTMLParser
from itertools import count

import aiohttp
import asyncpg
import msgspec
from litestar.handlers import HTTPRouteHandler
from litestar.handlers.base import BaseRouteHandler

from mtd.faces.portal.guarding import COOKIE, SAFE, csrf_of
from mtd.faces.portal.needs import OPEN, SIGNED_IN
from mtd.faces.portal.pages import PAGES
from mtd.runtime.app import TENANT
from mtd.runtime.desk.people.person import PERMISSIONS
from tests.faces.portal.stand import Stand
from tests.store.making import new_id

EVERYTHING = frozenset(PERMISSIONS)
NOWHERE = "00000000-0000-0000-0000-000000000000"
_PARAMETER = re.compile(r"\{(\w+):(\w+)\}")
_NUMBERS = count(1)


class Way(msgspec.Struct, frozen=True):
    """A method, a path and what it needs."""

    method: str
    path: str
    """As it was declared, with its parameters."""
    needs: str
    media_type: str

    @property
    def changes(self) -> bool:
        return self.method not in SAFE

    @property
    def needed(self) -> frozenset[str]:
        """The permissions."""
        return frozenset() if self.needs in (OPEN, SIGNED_IN) else frozenset(self.needs.split())

    @property
    def parameters(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(found[1] for found in _PARAMETER.finditer(self.path))

    def at(self, **values: object) -> str:
        """The path with these parameters; the others name nothing that is."""

        def filled(found: re.Match[str]) -> str:
            if found[1] in values:
                return str(values[found[1]])
            return "1" if found[2] == "int" else NOWHERE

        return _PARAMETER.sub(filled, self.path)

    def fits(self, path: str) -> bool:
        """Whether this is the way to `path`."""
        pattern = _PARAMETER.sub("[^/]+", self.path)
        return re.fullmatch(pattern, path.partition("?")[0].partition("#")[0]) is not None


def ways() -> Iterator[Way]:
    """Every route that the portal serves, but its assets."""
    for router in PAGES:
        for route in router.routes:
            found: list[BaseRouteHandler] = getattr(route, "route_handlers", [])
            for one in found:
                if isinstance(one, HTTPRouteHandler) and one.http_methods != {"OPTIONS"}:
                    (method,) = one.http_methods - {"OPTIONS", "HEAD"}
                    needs, media = str(one.opt.get("needs", "")), str(one.media_type)
                    yield Way(str(method), str(route.path), needs, media)


class Seat:
    """Somebody who is signed in."""

    def __init__(self, session: aiohttp.ClientSession, token: str, login: str) -> None:
        self.session = session
        self.token = token
        self.login = login
        self.csrf = csrf_of(token)

    async def status(self, method: str, path: str, **form: str) -> int:
        """What a request is answered with; what changes something is a form of ours."""
        return (await self.answer(method, path, **form))[0]

    async def answer(self, method: str, path: str, **form: str) -> tuple[int, str]:
        """Status, and what is read of it: the place it leads to, or the page."""
        data = None if method in SAFE else {"csrf": self.csrf, **form}
        asked = self.session.request(method, path, data=data, allow_redirects=False)
        async with asked as answer:
            if answer.content_type == "text/event-stream":
                return answer.status, ""
            text = await answer.text(errors="replace")
            return answer.status, answer.headers.get("Location", "") + text


@asynccontextmanager
async def seated(
    stand: Stand, permissions: Iterable[str], stores: tuple[str, ...] | None = None
) -> AsyncGenerator[Seat]:
    """Somebody new, with one role that allows exactly this."""
    role = f"role{next(_NUMBERS)}"
    allowed = " ".join(sorted(permissions))
    await admin(stand, "INSERT INTO role VALUES ($1, $2, $3)", TENANT, role, allowed)
    try:
        async with sitting(stand, role, stores) as seat:
            yield seat
    finally:
        await admin(stand, "DELETE FROM role WHERE name = $1", role)


@asynccontextmanager
async def sitting(
    stand: Stand, role: str, stores: tuple[str, ...] | None = None
) -> AsyncGenerator[Seat]:
    """Somebody new who has this role, with a session open."""
    token, id_ = secrets.token_urlsafe(32), new_id()
    login = f"{role}-{next(_NUMBERS)}"
    scope = None if stores is None else " ".join(stores)
    await admin(
        stand, "INSERT INTO account (tenant_id, id, login, name, secret, roles, stores)"
        " VALUES ($1, $2, $3, $3, '', $4, $5)", TENANT, id_, login, role, scope,
    )  # fmt: skip
    await admin(
        stand, "INSERT INTO portal_session (tenant_id, token_hash, account_id, origin, agent)"
        " VALUES ($1, $2, $3, 'test', 'test')", TENANT, hashlib.sha256(token.encode()).digest(),
        id_,
    )  # fmt: skip
    async with aiohttp.ClientSession(stand.url, cookies={COOKIE: token}) as session:
        yield Seat(session, token, login)
    await admin(stand, "DELETE FROM portal_session WHERE account_id = $1", id_)
    await admin(stand, "DELETE FROM account WHERE id = $1", id_)


async def admin(stand: Stand, sql: str, *values: object) -> list[asyncpg.Record]:
    """Something that no door may do."""
    connection = await asyncpg.connect(stand.shop.app.store.dsn.replace("//mtd@", "//postgres@", 1))
    try:
        return await connection.fetch(sql, *values)
    finally:
        await connection.close()


def offered(page: str) -> tuple[set[str], set[str]]:
    """Where the forms of a page lead that have a button to press, and where its links lead."""
    reader = _Forms()
    reader.feed(page)
    return reader.forms, reader.links


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: set[str] = set()
        self.links: set[str] = set()
        self._action = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._action = given.get("action", "") if given.get("method") == "post" else ""
        elif tag == "button" and self._action:
            self.forms.add(given.get("formaction") or self._action)
        elif tag == "a" and given.get("href", "").startswith("/"):
            self.links.add(given["href"])

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._action = ""
