"""`mtd portal`: the accounts and roles of the portal's people."""

import secrets
import sys
from collections.abc import Awaitable, Callable
from typing import Annotated

import uvloop
from cyclopts import App, Parameter

from mtd.faces.cli.naming import Reason, me
from mtd.faces.cli.starting import opened
from mtd.runtime.desk.people.accounts import Accounts, BadAccount, By
from mtd.runtime.desk.people.people import People, Wanted
from mtd.runtime.operations.operations import Conflict, NotFound

portal = App(name="portal")
user = App(name="user", help="Accounts.")
role = App(name="role", help="Roles: what each allows.")
portal.command(user)
portal.command(role)
CUSTOMER = "default"
Stores = Annotated[list[str] | None, Parameter(help="Stores to see; without: all.")]


@user.command
def add(
    login: str,
    *,
    name: str = "",
    role: Annotated[list[str], Parameter(help="May be given several times.")],
    store: Stores = None,
    customer: str = CUSTOMER,
) -> int:
    """Make an account; its password is read from standard input, or made and printed."""
    given = "" if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    password = given or secrets.token_urlsafe(15)
    stores = None if store is None else tuple(store)

    async def done(accounts: Accounts, _: People) -> str:
        by = By(actor=_actor())
        await accounts.add(login, name or login, password, tuple(role), stores, by)
        return f"{login} may sign in" + ("" if given else f" with the password {password}")

    return _run(customer, done)


@user.command(name="list")
def listing(*, customer: str = CUSTOMER) -> int:
    """Print every account: login, roles, stores, whether it opens, open sessions."""

    async def done(_: Accounts, people: People) -> str:
        lines: list[str] = []
        for one in await people.listing():
            account, open_ = one.account, one.activity.open if one.activity else 0
            state = "" if account.disabled_at is None else "  locked"
            where = account.stores or "all stores"
            lines.append(
                f"{account.login}  {account.name}  {account.roles}  {where}  {open_} open{state}"
            )
        return "\n".join(lines)

    return _run(customer, done)


@user.command
def change(
    login: str,
    *,
    name: str | None = None,
    role: Annotated[list[str] | None, Parameter(help="All of them; without: as before.")] = None,
    store: Annotated[list[str] | None, Parameter(help="All of them; without: as before.")] = None,
    all_stores: bool = False,
    reason: Reason,
    customer: str = CUSTOMER,
) -> int:
    """Another name, other roles or other stores, from now on."""

    async def done(_: Accounts, people: People) -> str:
        account, _sessions = await people.one(login)
        before = None if account.stores is None else tuple(account.stores.split())
        stores = None if all_stores else before if store is None else tuple(store)
        wanted = Wanted(
            name=name or account.name,
            roles=tuple(account.roles.split() if role is None else role),
            stores=stores,
        )
        await people.change(login, wanted, _by(reason))
        return f"{login} is changed"

    return _run(customer, done)


@user.command
def lock(login: str, *, reason: Reason, customer: str = CUSTOMER) -> int:
    """It opens nothing any more, and its sessions are over."""

    async def done(_: Accounts, people: People) -> str:
        await people.lock(login, _by(reason))
        return f"{login} is locked"

    return _run(customer, done)


@user.command
def unlock(login: str, *, reason: Reason, customer: str = CUSTOMER) -> int:
    """It opens again."""

    async def done(_: Accounts, people: People) -> str:
        await people.unlock(login, _by(reason))
        return f"{login} may sign in"

    return _run(customer, done)


@user.command
def reset(login: str, *, reason: Reason, customer: str = CUSTOMER) -> int:
    """Print a word that opens it once within a day, to choose a password; its sessions are over."""

    async def done(_: Accounts, people: People) -> str:
        return await people.reset(login, _by(reason))

    return _run(customer, done)


@user.command
def end(login: str, *, reason: Reason, customer: str = CUSTOMER) -> int:
    """End all its sessions."""

    async def done(_: Accounts, people: People) -> str:
        return f"{await people.end(login, None, _by(reason))} ended"

    return _run(customer, done)


@role.command(name="list")
def roles(*, customer: str = CUSTOMER) -> int:
    """Print every role and what it allows."""

    async def done(_: Accounts, people: People) -> str:
        found = await people.roles()
        return "\n".join(f"{name}  {' '.join(sorted(found[name]))}" for name in sorted(found))

    return _run(customer, done)


@role.command(name="set")
def put(name: str, *permission: str, reason: Reason, customer: str = CUSTOMER) -> int:
    """What a role allows from now on: these permissions and no others."""

    async def done(_: Accounts, people: People) -> str:
        await people.put_role(name, permission, _by(reason))
        return f"{name} allows {len(permission)}"

    return _run(customer, done)


@role.command
def drop(name: str, *, reason: Reason, customer: str = CUSTOMER) -> int:
    """The role is no more; nobody may have it."""

    async def done(_: Accounts, people: People) -> str:
        await people.drop_role(name, _by(reason))
        return f"{name} is no more"

    return _run(customer, done)


def _run(customer: str, work: Callable[[Accounts, People], Awaitable[str]]) -> int:
    """Do it and print what came of it; 1 for what may not be done."""
    try:
        print(uvloop.run(_done(customer, work)))
    except (BadAccount, Conflict, NotFound) as error:
        print(f"mtd portal: {error}", file=sys.stderr)
        return 1
    return 0


async def _done(customer: str, work: Callable[[Accounts, People], Awaitable[str]]) -> str:
    async with opened(customer) as app:
        accounts = Accounts(app)
        return await work(accounts, People(accounts))


def _actor() -> str:
    return me()


def _by(reason: str) -> By:
    return By(actor=_actor(), reason=reason)
