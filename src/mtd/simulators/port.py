"""A listening TCP port that can be away for a while and come back under the same number."""

import asyncio
from collections.abc import Callable

BACKLOG = 1_024


class Port:
    """Where a simulated system listens; while it is away, connections are refused."""

    def __init__(self, factory: Callable[[], asyncio.Protocol], cut: Callable[[], None]) -> None:
        self._factory = factory
        self._cut = cut
        self._server: asyncio.Server | None = None
        self._returning: asyncio.TimerHandle | None = None
        self._reopening: asyncio.Task[None] | None = None
        self._host = ""
        self.number = 0

    async def open(self, host: str, number: int) -> None:
        """Listen on `number`, or on any free port if it is 0."""
        self._host = host
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._factory, host, number, backlog=BACKLOG)
        self.number = self._server.sockets[0].getsockname()[1]

    @property
    def listening(self) -> bool:
        """Whether anybody answers on the port."""
        return self._server is not None

    async def refuse(self, seconds: float) -> None:
        """Cut every connection and refuse new ones for so long; 0 comes back at once."""
        if self._returning is not None:
            self._returning.cancel()
        await self._away()
        if seconds > 0:
            self._returning = asyncio.get_running_loop().call_later(seconds, self._reopen)
        else:
            await self._back()

    async def close(self) -> None:
        """Stop listening for good."""
        if self._returning is not None:
            self._returning.cancel()
        await self._away()

    async def _away(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        self._cut()
        await asyncio.sleep(0)

    def _reopen(self) -> None:
        self._reopening = asyncio.get_running_loop().create_task(self._back())

    async def _back(self) -> None:
        if self._server is None:
            await self.open(self._host, self.number)
