"""`mtd portal`: the accounts of the portal's people."""

import getpass
import secrets
import sys
from typing import Annotated

import uvloop
from cyclopts import App, Parameter

from mtd.faces.cli.starting import opened
from mtd.runtime.app import TENANT
from mtd.runtime.desk.accounts import Accounts, BadAccount
from mtd.store import people

portal = App(name="portal")
user = App(name="user", help="Accounts.")
portal.command(user)
CUSTOMER = "default"


@user.command
def add(
    login: str,
    *,
    name: str = "",
    role: Annotated[list[str], Parameter(help="May be given several times.")],
    store: Annotated[list[str] | None, Parameter(help="Stores to see; without: all.")] = None,
    customer: str = CUSTOMER,
) -> int:
    """Make an account; its password is read from standard input, or made and printed."""
    given = "" if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    password = given or secrets.token_urlsafe(15)
    stores = None if store is None else tuple(store)
    try:
        uvloop.run(_add(login, name or login, password, tuple(role), stores, customer))
    except BadAccount as error:
        print(f"mtd portal: {error}", file=sys.stderr)
        return 1
    print(f"{login} may sign in" + ("" if given else f" with the password {password}"))
    return 0


@user.command(name="list")
def listing(*, customer: str = CUSTOMER) -> None:
    """Print every account: login, roles, stores."""
    uvloop.run(_list(customer))


async def _add(
    login: str,
    name: str,
    password: str,
    roles: tuple[str, ...],
    stores: tuple[str, ...] | None,
    customer: str,
) -> None:
    async with opened(customer) as app:
        actor = f"{getpass.getuser()} (command line)"
        await Accounts(app).add(login, name, password, roles, stores, actor)


async def _list(customer: str) -> None:
    async with opened(customer) as app, app.store.door(TENANT) as connection:
        for one in await people.listing(connection, TENANT):
            state = "" if one.disabled_at is None else "  disabled"
            print(f"{one.login}  {one.name}  {one.roles}  {one.stores or 'all stores'}{state}")
