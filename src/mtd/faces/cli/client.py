"""`mtd client`: who may call the API, and their keys."""

import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated

import uvloop
from cyclopts import App, Parameter

from mtd.faces.cli.naming import Id, Reason, me
from mtd.faces.cli.starting import opened
from mtd.runtime.app import TENANT
from mtd.runtime.desk.people.accounts import By
from mtd.runtime.desk.people.keys import Keys
from mtd.runtime.operations.operations import Conflict, NotFound

client = App(name="client")
CUSTOMER = "default"


@client.command(name="list")
def listing(*, customer: str = CUSTOMER) -> int:
    """Print every client: id, name, since when, and whether its key opens."""

    async def done(keys: Keys) -> str:
        return "\n".join(
            f"{one.id}  {one.name}  {one.created_at:%Y-%m-%d}"
            + (f"  until {one.revoked_at:%Y-%m-%d %H:%M} UTC" if one.revoked_at else "")
            for one in await keys.listing()
        )

    return _run(customer, done)


@client.command
def add(name: str, *, reason: Reason, customer: str = CUSTOMER) -> int:
    """A new client; its key is printed, and kept nowhere."""

    async def done(keys: Keys) -> str:
        return (await keys.add(name, _by(reason))).key

    return _run(customer, done)


@client.command
def rotate(
    id_: Id,
    *,
    hours: Annotated[float, Parameter(help="How long the old key opens still.")] = 0.0,
    reason: Reason,
    customer: str = CUSTOMER,
) -> int:
    """Another key for the same client; it is printed, and kept nowhere."""

    async def done(keys: Keys) -> str:
        return (await keys.rotate(id_, timedelta(hours=hours), _by(reason))).key

    return _run(customer, done)


@client.command
def revoke(id_: Id, *, reason: Reason, customer: str = CUSTOMER) -> int:
    """Its key opens nothing any more, half a minute later at the latest."""

    async def done(keys: Keys) -> str:
        return f"the key of {await keys.revoke(id_, _by(reason))} is revoked"

    return _run(customer, done)


def _run(customer: str, work: Callable[[Keys], Awaitable[str]]) -> int:
    try:
        print(uvloop.run(_done(customer, work)))
    except (Conflict, NotFound) as error:
        print(f"mtd client: {error}", file=sys.stderr)
        return 1
    return 0


async def _done(customer: str, work: Callable[[Keys], Awaitable[str]]) -> str:
    async with opened(customer) as app:
        return await work(Keys(app, TENANT))


def _by(reason: str) -> By:
    return By(actor=me(), reason=reason)
