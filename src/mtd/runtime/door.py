"""The door, held open for many at once: arrivals gather while the ones before are committed."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

from mtd.store.arriving.arrival import Arrival, Receipt
from mtd.store.sessions import Unavailable

TOGETHER_MAX = 200
"""Arrivals in one transaction."""
QUEUE_MAX = 2_000
"""Arrivals that may wait their turn; beyond that the sender is told to come back."""

Deliver = Callable[[Sequence[Arrival]], Awaitable[list[Receipt]]]


class Door:
    """Gathers concurrent deliveries into one transaction each round."""

    def __init__(self, deliver: Deliver) -> None:
        self._deliver = deliver
        self._queue: deque[tuple[Arrival, asyncio.Future[Receipt]]] = deque()
        self._porter: asyncio.Task[None] | None = None

    async def deliver(self, arrival: Arrival) -> Receipt:
        """Take `arrival` in; durable when this returns.

        Raises Unavailable when the database is away, or too many wait already.
        """
        if len(self._queue) >= QUEUE_MAX:
            raise Unavailable("too many wait at the door")
        outcome: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()
        self._queue.append((arrival, outcome))
        if self._porter is None or self._porter.done():
            self._porter = asyncio.create_task(self._carry())
        return await outcome

    async def _carry(self) -> None:
        while self._queue:
            together = [self._queue.popleft() for _ in range(min(len(self._queue), TOGETHER_MAX))]
            try:
                receipts = await self._deliver([arrival for arrival, _ in together])
            except Exception as error:  # noqa: BLE001 each sender hears of it
                for _, outcome in together:
                    if not outcome.done():
                        outcome.set_exception(error)
                continue
            for (_, outcome), receipt in zip(together, receipts, strict=True):
                if not outcome.done():
                    outcome.set_result(receipt)
