"""Local accounts: made, signed in to, and locked out of for a while after too many failures."""

import asyncio
import hashlib
import os
import secrets
from datetime import timedelta
from pathlib import Path

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from mtd.runtime.app import TENANT, App
from mtd.store import audit, people
from mtd.store.ids import uuid7
from mtd.store.people import Account, Limits, Seated

PASSWORD_FILE = "portal.password"  # noqa: S105 the file's name
FIRST_LOGIN = "admin"
FIRST_ROLES = ("administrator", "supervisor")
PASSWORD_MIN = 12
PASSWORD_MAX = 1_000
"""Characters; a longer one would only cost time to hash."""
HASHED_AT_ONCE_MAX = 2
"""Each takes 64 MiB while it lasts."""
FAILURES_OF_LOGIN_MAX = 5
FAILURES_OF_ORIGIN_MAX = 30
WINDOW = timedelta(minutes=15)
"""Failures older than that are forgiven."""
LIMITS = Limits(
    idle_s=timedelta(minutes=30).total_seconds(),
    absolute_s=timedelta(hours=12).total_seconds(),
    touch_s=30.0,
)
TOKEN_BYTES = 32
TEXT_MAX = 200
"""Of an address or a browser's name that is kept."""

_HASHER = PasswordHasher()
"""Argon2id with the parameters of RFC 9106 §4 for memory-constrained environments."""
_NOBODY = _HASHER.hash(secrets.token_urlsafe(16))
"""Verified where there is no such account, so that it takes as long."""


class BadAccount(Exception):
    """An account that cannot be made so; the message says why."""


class Throttled(Exception):
    """Too many sign-ins failed lately; `wait` says for how long none is tried."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"too many failures; try again in {wait}")
        self.wait = wait


class Accounts:
    """Who may sign in, for one tenant."""

    def __init__(self, app: App, tenant: int = TENANT) -> None:
        self._app = app
        self._tenant = tenant
        self._hashing = asyncio.Semaphore(HASHED_AT_ONCE_MAX)

    async def add(
        self,
        login: str,
        name: str,
        password: str,
        roles: tuple[str, ...],
        stores: tuple[str, ...] | None,
        actor: str,
    ) -> str:
        """A new account; its id. Raises BadAccount."""
        _check_password(password)
        login = login.strip().casefold()
        if not login or any(each.isspace() for each in login):
            raise BadAccount("a login is one word")
        secret = await self._hashed(password)
        async with self._app.store.door(self._tenant) as connection:
            known = await people.roles(connection, self._tenant)
            if unknown := [role for role in roles if role not in known]:
                raise BadAccount(f"there is no role {unknown[0]!r}; there are {', '.join(known)}")
            id_ = self._new_id()
            made = await people.add(
                connection, self._tenant, id_, login=login, name=name, secret=secret,
                roles=" ".join(roles), stores=None if stores is None else " ".join(stores),
            )  # fmt: skip
            if not made:
                raise BadAccount(f"somebody has the login {login!r}")
            entry = audit.NewEntry(
                id=self._new_id(), actor=actor, origin="", action="people.add", subject=login,
                after=_json({"name": name, "roles": roles, "stores": stores}),
            )  # fmt: skip
            await audit.add(connection, self._tenant, entry)
        return id_

    async def sign_in(self, login: str, password: str, origin: str, agent: str) -> str | None:
        """The token of a new session; None: wrong. Raises Throttled.

        A failure says neither whether the account exists nor whether it is disabled.
        """
        login, origin = login.strip().casefold()[:TEXT_MAX], origin[:TEXT_MAX]
        window_s = WINDOW.total_seconds()
        async with self._app.store.door(self._tenant) as connection:
            failed = await people.failures(connection, self._tenant, login, origin, window_s)
            account = await people.by_login(connection, self._tenant, login)
        if failed.of_login >= FAILURES_OF_LOGIN_MAX or failed.of_origin >= FAILURES_OF_ORIGIN_MAX:
            raise Throttled(WINDOW)
        right = await self._verified(account, password)
        async with self._app.store.door(self._tenant) as connection:
            action = "session.begin" if right else "session.refused"
            entry = audit.NewEntry(
                id=self._new_id(), actor=login or "?", origin=origin, action=action, subject=login
            )
            await audit.add(connection, self._tenant, entry)
            if account is None or not right:
                await people.failed(connection, self._tenant, self._new_id(), login, origin)
                return None
            await people.forgive(connection, self._tenant, login, window_s)
            return await self._seat(connection, account, origin, agent)

    async def seated(self, token: str, *, touch: bool = True) -> Seated | None:
        """Whose open session this token belongs to; None: nobody's. `touch`: it is in use."""
        key = token_hash(token)
        async with self._app.store.door(self._tenant) as connection:
            found = await people.session(connection, self._tenant, key, LIMITS)
            if touch and found is not None and found.stale:
                await people.touch(connection, self._tenant, key)
        return found

    async def sign_out(self, token: str) -> None:
        """The session is over."""
        async with self._app.store.door(self._tenant) as connection:
            await people.end(connection, self._tenant, token_hash(token))

    async def first(self) -> Path | None:
        """Where the password of the account made at first start is; None: it was not made here."""
        path = self._app.home / PASSWORD_FILE
        async with self._app.store.door(self._tenant) as connection:
            if await people.listing(connection, self._tenant):
                return path if path.exists() else None
        password = secrets.token_urlsafe(18)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(f"{password}\n", encoding="ascii")
        await self.add(FIRST_LOGIN, "Administración", password, FIRST_ROLES, None, "first start")
        return path

    async def _seat(
        self, connection: people.Connection, account: Account, origin: str, agent: str
    ) -> str:
        token = secrets.token_urlsafe(TOKEN_BYTES)
        await people.begin(
            connection, self._tenant, token_hash(token), account.id, origin, agent[:TEXT_MAX]
        )
        return token

    async def _verified(self, account: Account | None, password: str) -> bool:
        usable = account is not None and account.disabled_at is None and account.secret
        secret = account.secret if account is not None and usable else _NOBODY
        async with self._hashing:
            right = await asyncio.to_thread(_verify, secret, password[:PASSWORD_MAX])
        return bool(usable) and right

    async def _hashed(self, password: str) -> str:
        async with self._hashing:
            return await asyncio.to_thread(_HASHER.hash, password)

    def _new_id(self) -> str:
        return uuid7(self._app.clock.now(), os.urandom(10))


def token_hash(token: str) -> bytes:
    """How a session's token is remembered."""
    return hashlib.sha256(token.encode()).digest()


def _check_password(password: str) -> None:
    if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
        raise BadAccount(f"a password has {PASSWORD_MIN} to {PASSWORD_MAX} characters")


def _verify(secret: str, password: str) -> bool:
    try:
        return _HASHER.verify(secret, password)
    except (VerificationError, InvalidHashError):
        return False


def _json(content: object) -> str:
    return msgspec.json.encode(content).decode()
