"""Waking: word from the door that something came in; without it workers look by themselves."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

from mtd.store.sessions import ENGINE, Fault, connect, delay_s, fault

CHANNEL = "mtd"


async def woken(dsn: str) -> AsyncGenerator[None]:
    """One item for any number of deliveries since the last; a lost connection is made again."""
    something = asyncio.Event()

    def heard(*_: Any) -> None:
        something.set()

    tries = 0
    while True:
        try:
            connection = await connect(dsn, ENGINE)
            try:
                await connection.add_listener(CHANNEL, heard)
                connection.add_termination_listener(heard)
                tries = 0
                while not connection.is_closed():
                    await something.wait()
                    something.clear()
                    yield
            finally:
                connection.terminate()
        except Exception as error:
            if fault(error) is not Fault.AGAIN:
                raise
            await asyncio.sleep(delay_s(tries))
            tries += 1
