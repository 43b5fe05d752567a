"""Insisting: a transaction that is asked for again until the database answers."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from mtd.store.sessions import Connection, Fault, Unavailable, delay_s, fault
from mtd.store.store import Store

T = TypeVar("T")


async def insist(store: Store, tenant: int, ask: Callable[[Connection], Awaitable[T]]) -> T:
    """What `ask` answers in a transaction of the door; to give up is to be cancelled."""
    tries = 0
    while True:
        try:
            async with store.door(tenant) as connection:
                return await ask(connection)
        except Exception as error:
            if not isinstance(error, Unavailable) and fault(error) is not Fault.AGAIN:
                raise
        await asyncio.sleep(delay_s(tries))
        tries += 1
