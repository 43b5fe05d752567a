"""People: accounts and roles, changed by who may, each change recorded with what was before.

Whatever is changed, somebody is left who can change it again: an account that opens, sees every
store and may manage people.
"""

import os
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from mtd.runtime.desk.people.accounts import (
    LIMITS,
    Accounts,
    BadAccount,
    By,
    login_of,
    must_be_roles,
)
from mtd.runtime.desk.people.passwords import ONCE, word
from mtd.runtime.desk.people.person import PERMISSIONS, Person
from mtd.runtime.desk.reasons import given
from mtd.runtime.operations.operations import Conflict, NotFound
from mtd.store.ids import uuid7
from mtd.store.people import audit
from mtd.store.people import people as rows
from mtd.store.people.people import Account, Activity, Open
from mtd.store.sessions import Connection

MANAGE = "people.manage"
NAME_MAX = 200
ROLE_MAX = 50


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What an account is to be."""

    name: str
    roles: tuple[str, ...]
    stores: tuple[str, ...] | None
    """None: all."""


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """An account, and when it was last in use."""

    account: Account
    activity: Activity | None


class People:
    """What may be done to accounts and roles, whichever face it comes by."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._app, self._tenant = accounts.app, accounts.tenant

    async def listing(self) -> list[Known]:
        """Every account, by login."""
        async with self._app.store.window(self._tenant) as connection:
            found = await rows.listing(connection, self._tenant)
            seen = await rows.seen(connection, self._tenant, LIMITS)
        return [Known(account=one, activity=seen.get(one.id)) for one in found]

    async def one(self, login: str) -> tuple[Account, Sequence[Open]]:
        """An account and its open sessions. Raises NotFound."""
        async with self._app.store.window(self._tenant) as connection:
            account = await self._named(connection, login)
            return account, await rows.sessions(connection, self._tenant, account.id, LIMITS)

    async def roles(self) -> dict[str, frozenset[str]]:
        """What each role allows."""
        async with self._app.store.window(self._tenant) as connection:
            return await rows.roles(connection, self._tenant)

    async def add(self, login: str, wanted: Wanted, by: By) -> str:
        """A new account, opened once by the word that this returns. Raises BadAccount, Conflict."""
        checked, by = _checked(wanted), _reasoned(by)
        once = word()
        await self._accounts.add(
            login, checked.name, once, checked.roles, checked.stores, by,
            one_time_until=self._app.clock.now() + ONCE,
        )  # fmt: skip
        return once

    async def change(self, login: str, wanted: Wanted, by: By) -> None:
        """Another name, other roles or stores, at once. Raises NotFound, BadAccount, Conflict."""
        checked, by = _checked(wanted), _reasoned(by)
        async with self._changing("people.change", login_of(login), by) as (connection, entry):
            account = await self._named(connection, login)
            await must_be_roles(connection, self._tenant, checked.roles)
            entry["before"], entry["after"] = _told(account), checked
            await rows.change(
                connection, self._tenant, account.id, name=checked.name,
                roles=" ".join(checked.roles),
                stores=None if checked.stores is None else " ".join(checked.stores),
            )  # fmt: skip

    async def lock(self, login: str, by: By) -> None:
        """The account opens nothing any more and its sessions are over. Raises as `change`."""
        async with self._changing("people.lock", login_of(login), _reasoned(by)) as (connection, _):
            account = await self._named(connection, login)
            if not await rows.disable(connection, self._tenant, account.id):
                raise Conflict("the account is locked already")
            await rows.end_all(connection, self._tenant, account.id)

    async def unlock(self, login: str, by: By) -> None:
        """The account opens again what it did. Raises NotFound, Conflict."""
        async with self._changing("people.unlock", login_of(login), _reasoned(by)) as (door, _):
            account = await self._named(door, login)
            if not await rows.enable(door, self._tenant, account.id):
                raise Conflict("the account is not locked")

    async def reset(self, login: str, by: By) -> str:
        """A word that opens the account once, to choose a password; its sessions are over.

        Raises NotFound, Conflict.
        """
        once = word()
        secret = await self._accounts.passwords.hashed(once)
        until = self._app.clock.now() + ONCE
        async with self._changing("people.reset", login_of(login), _reasoned(by)) as (door, _):
            account = await self._named(door, login)
            await rows.set_secret(door, self._tenant, account.id, secret, until)
            await rows.end_all(door, self._tenant, account.id)
        return once

    async def end(self, login: str, token_hash: bytes | None, by: By) -> int:
        """End one of the account's sessions, or (None) all; how many. Raises NotFound, Conflict."""
        async with self._changing("people.end", login_of(login), _reasoned(by)) as (door, entry):
            account = await self._named(door, login)
            ended = await rows.end_all(door, self._tenant, account.id, token_hash)
            entry["after"] = {"ended": ended}
        return ended

    async def put_role(self, name: str, permissions: Sequence[str], by: By) -> None:
        """What a role allows from now on; a new one, if there is none. Raises Conflict."""
        name, by = _role_name(name), _reasoned(by)
        if unknown := set(permissions) - set(PERMISSIONS):
            raise Conflict(f"there is no permission {min(unknown)!r}")
        ordered = [one for one in PERMISSIONS if one in permissions]
        async with self._changing("role.put", name, by) as (connection, entry):
            known = await rows.roles(connection, self._tenant)
            entry["before"] = sorted(known[name]) if name in known else None
            entry["after"] = sorted(ordered)
            await rows.put_role(connection, self._tenant, name, " ".join(ordered))

    async def drop_role(self, name: str, by: By) -> None:
        """The role is no more. Raises NotFound, and Conflict: somebody has it."""
        async with self._changing("role.drop", name, _reasoned(by)) as (connection, entry):
            known = await rows.roles(connection, self._tenant)
            if name not in known:
                raise NotFound(f"there is no role {name!r}")
            having = await rows.listing(connection, self._tenant)
            if used := [one.login for one in having if name in one.roles.split()]:
                raise Conflict(f"it is the role of {', '.join(used[:5])}")
            entry["before"] = sorted(known[name])
            await rows.drop_role(connection, self._tenant, name)

    @asynccontextmanager
    async def _changing(
        self, action: str, subject: str, by: By
    ) -> AsyncGenerator[tuple[Connection, dict[str, Any]]]:
        """A change, one after the other, recorded with it; undone where nobody could undo it."""
        said: dict[str, Any] = {}
        async with self._app.store.door(self._tenant) as connection:
            await rows.hold(connection, self._tenant)
            some = await rows.holders(connection, self._tenant, MANAGE)
            yield connection, said
            if some and not await rows.holders(connection, self._tenant, MANAGE):
                raise Conflict("nobody would be left who manages people and sees every store")
            entry = audit.NewEntry(
                id=uuid7(self._app.clock.now(), os.urandom(10)), actor=by.actor,
                origin=by.origin, action=action, subject=subject, reason=by.reason,
                before=_json(said.get("before")), after=_json(said.get("after")),
            )  # fmt: skip
            await audit.add(connection, self._tenant, entry)

    async def _named(self, connection: Connection, login: str) -> Account:
        found = await rows.by_login(connection, self._tenant, login.strip().casefold())
        if found is None:
            raise NotFound(f"there is no account {login!r}")
        return found


def by(person: Person, reason: str) -> By:
    """Who sits at the desk, and may manage people. Raises Forbidden."""
    person.must_everywhere(MANAGE)
    return By(actor=person.login, origin=person.origin, reason=reason)


def _checked(wanted: Wanted) -> Wanted:
    name = wanted.name.strip()[:NAME_MAX]
    if not name:
        raise BadAccount("a name is needed")
    if not wanted.roles:
        raise BadAccount("a role is needed")
    if wanted.stores is not None and not wanted.stores:
        raise BadAccount("say which stores, or all")
    return msgspec.structs.replace(wanted, name=name)


def _reasoned(by: By) -> By:
    return msgspec.structs.replace(by, reason=given(by.reason))


def _role_name(name: str) -> str:
    name = name.strip().casefold()
    if not name.replace("_", "").isalnum() or len(name) > ROLE_MAX:
        raise Conflict("a role's name is one word of letters, digits and _")
    return name


def _told(account: Account) -> Mapping[str, Any]:
    stores = None if account.stores is None else account.stores.split()
    return {"name": account.name, "roles": account.roles.split(), "stores": stores}


def _json(content: object) -> str:
    return "" if content is None else msgspec.json.encode(content).decode()
