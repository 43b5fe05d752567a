"""Vouching: somebody whom the provider of identities vouches for gets an account and a session.

The provider says each time which roles and stores they have: what it takes away is gone at their
next sign-in. An account that it vouches for has no password, and a local login is never taken over.
"""

import asyncio
import os
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, cast

import msgspec

from mtd.runtime.clock import elapsed_s
from mtd.runtime.desk.people.accounts import Accounts, BadAccount, By, login_of, must_be_roles
from mtd.runtime.desk.people.provider import NotVouched, Provider, Started
from mtd.runtime.settings.portal import EVERYWHERE, OidcSettings
from mtd.store.ids import uuid7
from mtd.store.people import audit, people
from mtd.store.people.people import Account
from mtd.store.sessions import Connection

STARTED_S = 600.0
"""How long somebody may take at the provider."""
STARTED_MAX = 10_000
NAME_MAX = 200
REASON_MAX = 500
VALUES_MAX = 1_000
"""Values of a claim that are looked at."""


class Vouched(msgspec.Struct, frozen=True, kw_only=True):
    """Who somebody is, as the provider says."""

    voucher: str
    """Issuer and subject: never another person's."""
    login: str
    name: str
    roles: tuple[str, ...]
    stores: tuple[str, ...] | None


class Vouching:
    """The way in by the provider."""

    def __init__(self, provider: Provider, accounts: Accounts) -> None:
        self.provider = provider
        self._accounts = accounts
        self._app, self._tenant = accounts.app, accounts.tenant
        self._started: OrderedDict[str, tuple[float, Started]] = OrderedDict()
        """Who was sent to the provider and is not back, by what their browser remembers."""
        self._seating = asyncio.Lock()

    async def send(self, back: str) -> tuple[str, str]:
        """Where to send somebody, and what their browser is to remember. Raises NotVouched."""
        place, started = await self.provider.send(back)
        while len(self._started) >= STARTED_MAX:
            self._started.popitem(last=False)
        name = secrets.token_urlsafe(24)
        self._started[name] = elapsed_s(), started
        return place, name

    async def enter(
        self, name: str, answer: Mapping[str, str], origin: str, agent: str
    ) -> tuple[str, str]:
        """The token of a new session, and the page they wanted. Raises NotVouched."""
        sent_s, started = self._started.pop(name, (0.0, None))
        if started is None or elapsed_s() - sent_s > STARTED_S:
            raise NotVouched("expired", "nobody was sent there, or long ago")
        try:
            claims = await self.provider.claims(started, answer)
            vouched = vouched_of(self.provider.settings, claims)
            # One at a time: the first sign-in of somebody, twice at once, makes one account.
            async with self._seating:
                return await self._seat(vouched, origin, agent), started.back
        except NotVouched as error:
            why = f"{error.key}: {error}"[:REASON_MAX]
            async with self._app.store.door(self._tenant) as connection:
                await self._record(connection, "session.refused", "", By(
                    actor="?", origin=origin, reason=why
                ))  # fmt: skip
            raise

    async def _seat(self, vouched: Vouched, origin: str, agent: str) -> str:
        by = By(actor=vouched.login, origin=origin, reason=self.provider.settings.label)
        async with self._app.store.door(self._tenant) as connection:
            account = await people.by_voucher(connection, self._tenant, vouched.voucher)
            if account is not None and account.disabled_at is not None:
                raise NotVouched("locked", account.login)
            try:
                await must_be_roles(connection, self._tenant, vouched.roles)
            except BadAccount as error:
                raise NotVouched("no_role", str(error)) from error
            if account is None:
                await self._add(connection, vouched, by)
            elif _told(account) != (vouched.name, vouched.roles, vouched.stores):
                await self._change(connection, account, vouched, by)
            account = await people.by_voucher(connection, self._tenant, vouched.voucher)
        if account is None:
            raise NotVouched("taken", vouched.login)
        return await self._accounts.begin(account, by, agent)

    async def _add(self, connection: Connection, vouched: Vouched, by: By) -> None:
        """Nothing is made where a local account has the login: it is not taken over."""
        made = await people.add(
            connection, self._tenant, self._new_id(), login=vouched.login, name=vouched.name,
            secret="", roles=" ".join(vouched.roles), stores=_joined(vouched.stores),
            vouched=vouched.voucher,
        )  # fmt: skip
        if made:
            await self._record(connection, "people.add", vouched.login, by, after=vouched)

    async def _change(
        self, connection: Connection, account: Account, vouched: Vouched, by: By
    ) -> None:
        await people.change(
            connection, self._tenant, account.id, name=vouched.name,
            roles=" ".join(vouched.roles), stores=_joined(vouched.stores),
        )  # fmt: skip
        await self._record(
            connection, "people.change", account.login, by, before=_told(account), after=vouched
        )

    async def _record(
        self,
        connection: Connection,
        action: str,
        subject: str,
        by: By,
        *,
        before: object = None,
        after: object = None,
    ) -> None:
        entry = audit.NewEntry(
            id=self._new_id(), actor=by.actor, origin=by.origin, action=action, subject=subject,
            reason=by.reason, before=_json(before), after=_json(after),
        )  # fmt: skip
        await audit.add(connection, self._tenant, entry)

    def _new_id(self) -> str:
        return uuid7(self._app.clock.now(), os.urandom(10))


def vouched_of(settings: OidcSettings, claims: Mapping[str, Any]) -> Vouched:
    """Who somebody is and what they may, by the settings. Raises NotVouched."""
    try:
        login = login_of(str(claims.get(settings.login_claim) or ""))
    except BadAccount as error:
        raise NotVouched("no_login", str(error)) from error
    roles = [settings.roles[one] for one in _values(claims, settings.roles_claim)
             if one in settings.roles]  # fmt: skip
    if not roles:
        raise NotVouched("no_role", login)
    stores: tuple[str, ...] | None = None
    if settings.stores_claim is not None:
        known = [settings.stores[one] for one in _values(claims, settings.stores_claim)
                 if one in settings.stores]  # fmt: skip
        if not known:
            raise NotVouched("no_store", login)
        stores = None if EVERYWHERE in known else tuple(dict.fromkeys(known))
    return Vouched(
        voucher=f"{settings.issuer} {claims['sub']}",
        login=login,
        name=str(claims.get(settings.name_claim) or login)[:NAME_MAX],
        roles=tuple(dict.fromkeys(roles)),
        stores=stores,
    )


def _values(claims: Mapping[str, Any], name: str) -> list[str]:
    """The values of a claim, which is a text or a list of texts."""
    found = claims.get(name)
    listed = cast("list[Any]", found) if isinstance(found, list) else [found]
    return [one for one in listed[:VALUES_MAX] if isinstance(one, str)]


def _told(account: Account) -> tuple[str, tuple[str, ...], tuple[str, ...] | None]:
    stores = None if account.stores is None else tuple(account.stores.split())
    return account.name, tuple(account.roles.split()), stores


def _joined(stores: tuple[str, ...] | None) -> str | None:
    return None if stores is None else " ".join(stores)


def _json(content: object) -> str:
    return "" if content is None else msgspec.json.encode(content).decode()
