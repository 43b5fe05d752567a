"""Acting: the account that a client of the API says it acts for.

The client vouches for who its people are, and the account decides what they may do and see: what
no role of it allows is denied, as it is at a page.
"""

from mtd.runtime.desk.people.accounts import Accounts
from mtd.runtime.desk.people.person import Person
from mtd.store.people import people


class Stranger(Exception):
    """Nobody acts for whom no account stands, or one that is locked or was never opened."""


async def acting_for(accounts: Accounts, login: str, origin: str) -> Person:
    """Whom a request that came from `origin` acts for. Raises Stranger."""
    async with accounts.app.store.window(accounts.tenant) as connection:
        account = await people.by_login(connection, accounts.tenant, login.strip().casefold())
        if account is None or account.disabled_at or account.one_time_until:
            raise Stranger(f"no account of the portal that is open has the login {login!r}")
        known = await people.roles(connection, accounts.tenant)
    roles = tuple(account.roles.split())
    return Person(
        id=account.id,
        login=account.login,
        name=account.name,
        roles=roles,
        permissions=frozenset[str]().union(*(known.get(role, ()) for role in roles)),
        stores=None if account.stores is None else tuple(account.stores.split()),
        origin=origin,
        began_at=accounts.app.clock.now(),
        before=None,
    )
