"""Local accounts: made, signed in to, and locked out of for a while after too many failures."""

import hashlib
import os
import re
import secrets
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from mtd.runtime.app import TENANT, App
from mtd.runtime.desk.people.passwords import BadPassword, Passwords
from mtd.store.ids import uuid7
from mtd.store.people import audit, people
from mtd.store.people.people import Account, Limits, Seated

PASSWORD_FILE = "portal.password"  # noqa: S105 the file's name
FIRST_LOGIN = "admin"
FIRST_ROLES = ("administrator", "supervisor")
_ONE_WORD = re.compile(r"[\w.@+-]+")
"""Nothing that an address of the portal takes for something else."""
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


class BadAccount(Exception):
    """An account that cannot be made so; the message says why."""


class By(msgspec.Struct, frozen=True, kw_only=True):
    """Who changes something about people, from where, and why."""

    actor: str
    origin: str = ""
    reason: str = ""


class Throttled(Exception):
    """Too many sign-ins failed lately; `wait` says for how long none is tried."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"too many failures; try again in {wait}")
        self.wait = wait


class Accounts:
    """Who may sign in, for one tenant."""

    def __init__(self, app: App, tenant: int = TENANT) -> None:
        self.app = app
        self.tenant = tenant
        self.passwords = Passwords()

    async def add(
        self,
        login: str,
        name: str,
        password: str,
        roles: tuple[str, ...],
        stores: tuple[str, ...] | None,
        by: By,
        *,
        one_time_until: datetime | None = None,
    ) -> str:
        """A new account; its id. Raises BadAccount."""
        login = login_of(login)
        try:
            secret = await self.passwords.hashed(password)
        except BadPassword as error:
            raise BadAccount(str(error)) from error
        async with self.app.store.door(self.tenant) as connection:
            await must_be_roles(connection, self.tenant, roles)
            id_ = self._new_id()
            made = await people.add(
                connection, self.tenant, id_, login=login, name=name, secret=secret,
                roles=" ".join(roles), stores=None if stores is None else " ".join(stores),
                one_time_until=one_time_until,
            )  # fmt: skip
            if not made:
                raise BadAccount(f"somebody has the login {login!r}")
            entry = audit.NewEntry(
                id=self._new_id(), actor=by.actor, origin=by.origin, action="people.add",
                subject=login, reason=by.reason,
                after=_json({"name": name, "roles": roles, "stores": stores}),
            )  # fmt: skip
            await audit.add(connection, self.tenant, entry)
        return id_

    async def sign_in(self, login: str, password: str, origin: str, agent: str) -> str | None:
        """The token of a new session; None: wrong. Raises Throttled.

        A failure says neither whether the account exists nor whether it is disabled.
        """
        login, origin = login.strip().casefold()[:TEXT_MAX], origin[:TEXT_MAX]
        account = await self._tried(login, origin)
        usable = account is not None and self._opens(account)
        secret = account.secret if account is not None and usable else ""
        right = await self.passwords.right(secret, password)
        async with self.app.store.door(self.tenant) as connection:
            action = "session.begin" if right else "session.refused"
            entry = audit.NewEntry(
                id=self._new_id(), actor=login or "?", origin=origin, action=action, subject=login
            )
            await audit.add(connection, self.tenant, entry)
            if account is None or not right:
                await people.failed(connection, self.tenant, self._new_id(), login, origin)
                return None
            await people.forgive(connection, self.tenant, login, WINDOW.total_seconds())
            return await self._seat(connection, account, origin, agent)

    async def begin(self, account: Account, by: By, agent: str) -> str:
        """The token of a new session of who came in another way than by a password."""
        async with self.app.store.door(self.tenant) as connection:
            entry = audit.NewEntry(
                id=self._new_id(), actor=by.actor, origin=by.origin, action="session.begin",
                subject=account.login, reason=by.reason,
            )  # fmt: skip
            await audit.add(connection, self.tenant, entry)
            return await self._seat(connection, account, by.origin, agent)

    async def choose(
        self, token: str, current: str, password: str, origin: str, agent: str
    ) -> str | None:
        """Another password for whose session this is; the token of a new one, all others over.

        `current` is asked for unless a word for once opened it. None: it is wrong. Raises
        BadAccount: the new one cannot be one; Throttled.
        """
        seated = await self.seated(token)
        if seated is None:
            return None
        try:
            secret = await self.passwords.hashed(password)
        except BadPassword as error:
            raise BadAccount(str(error)) from error
        account = await self._tried(seated.login, origin)
        if account is None:
            return None
        right = seated.renew or await self.passwords.right(account.secret, current)
        async with self.app.store.door(self.tenant) as connection:
            entry = audit.NewEntry(
                id=self._new_id(), actor=seated.login, origin=origin, subject=seated.login,
                action="password.choose" if right else "password.refused",
            )  # fmt: skip
            await audit.add(connection, self.tenant, entry)
            if not right:
                await people.failed(connection, self.tenant, self._new_id(), seated.login, origin)
                return None
            await people.set_secret(connection, self.tenant, account.id, secret, None)
            await people.end_all(connection, self.tenant, account.id)
            return await self._seat(connection, account, origin, agent)

    async def seated(self, token: str, *, touch: bool = True) -> Seated | None:
        """Whose open session this token belongs to; None: nobody's. `touch`: it is in use."""
        key = token_hash(token)
        async with self.app.store.window(self.tenant) as connection:
            found = await people.session(connection, self.tenant, key, LIMITS)
        if touch and found is not None and found.stale:
            async with self.app.store.door(self.tenant) as connection:
                await people.touch(connection, self.tenant, key)
        return found

    async def sign_out(self, token: str) -> None:
        """The session is over."""
        async with self.app.store.door(self.tenant) as connection:
            await people.end(connection, self.tenant, token_hash(token))

    async def first(self) -> Path | None:
        """Where the password of the account made at first start is; None: it was not made here."""
        path = self.app.home / PASSWORD_FILE
        async with self.app.store.window(self.tenant) as connection:
            if await people.listing(connection, self.tenant):
                return path if path.exists() else None
        password = secrets.token_urlsafe(18)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(f"{password}\n", encoding="ascii")
        by = By(actor="first start")
        await self.add(FIRST_LOGIN, "Administración", password, FIRST_ROLES, None, by)
        return path

    async def _seat(
        self, connection: people.Connection, account: Account, origin: str, agent: str
    ) -> str:
        token = secrets.token_urlsafe(TOKEN_BYTES)
        await people.begin(
            connection, self.tenant, token_hash(token), account.id, origin, agent[:TEXT_MAX]
        )
        return token

    async def _tried(self, login: str, origin: str) -> Account | None:
        """The account that somebody tries to open. Raises Throttled: too often lately."""
        window_s = WINDOW.total_seconds()
        async with self.app.store.window(self.tenant) as connection:
            failed = await people.failures(connection, self.tenant, login, origin, window_s)
            account = await people.by_login(connection, self.tenant, login)
        if failed.of_login >= FAILURES_OF_LOGIN_MAX or failed.of_origin >= FAILURES_OF_ORIGIN_MAX:
            raise Throttled(WINDOW)
        return account

    def _opens(self, account: Account) -> bool:
        """Whether a password may open it; one that is for once only for a while."""
        until = account.one_time_until
        return account.disabled_at is None and (until is None or until > self.app.clock.now())

    def _new_id(self) -> str:
        return uuid7(self.app.clock.now(), os.urandom(10))


def token_hash(token: str) -> bytes:
    """How a session's token is remembered."""
    return hashlib.sha256(token.encode()).digest()


def login_of(text: str) -> str:
    """The login that somebody wrote, as it is kept. Raises BadAccount."""
    login = text.strip().casefold()
    if not login or len(login) > TEXT_MAX or not _ONE_WORD.fullmatch(login):
        raise BadAccount("a login is one word of letters, digits and . _ @ + -")
    return login


async def must_be_roles(connection: people.Connection, tenant: int, roles: tuple[str, ...]) -> None:
    """Raises BadAccount: there is no role of one of these names, or none is named."""
    known = await people.roles(connection, tenant)
    if unknown := [role for role in roles if role not in known]:
        raise BadAccount(f"there is no role {unknown[0]!r}; there are {', '.join(known)}")


def _json(content: object) -> str:
    return msgspec.json.encode(content).decode()
