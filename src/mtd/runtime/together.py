"""Together: what many ask for at the same time is gathered into rounds, one on its way at a time.

While one round is with the database the next one fills, so that the busier it is, the more a
round carries: group commit, for whoever is not part of a turn.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from mtd.store.sessions import Fault, Unavailable, fault

ROUND_MAX = 200

Asked = TypeVar("Asked")
Answered = TypeVar("Answered")


class Together(Generic[Asked, Answered]):
    """Many who ask, and one who carries what they ask for."""

    def __init__(
        self,
        carry: Callable[[Sequence[Asked]], Awaitable[Sequence[Answered]]],
        *,
        round_max: int = ROUND_MAX,
        queue_max: int | None = None,
    ) -> None:
        """`carry`: answers all of a round, in its order.

        `queue_max`: so many may wait for their round; None: whoever asks is bounded elsewhere.
        """
        self._carry = carry
        self._round_max = round_max
        self._queue_max = queue_max
        self._queue: deque[tuple[Asked, asyncio.Future[Answered]]] = deque()
        self._carrier: asyncio.Task[None] | None = None

    async def ask(self, asked: Asked) -> Answered:
        """The answer to `asked`.

        Raises Unavailable when too many wait already, and what `carry` raises; but what the
        database cannot store is refused alone, and no reason for its neighbours to fail.
        """
        if self._queue_max is not None and len(self._queue) >= self._queue_max:
            raise Unavailable("too many wait for the database")
        answer: asyncio.Future[Answered] = asyncio.get_running_loop().create_future()
        self._queue.append((asked, answer))
        if self._carrier is None or self._carrier.done():
            self._carrier = asyncio.create_task(self._rounds())
        return await answer

    async def _rounds(self) -> None:
        while self._queue:
            size = min(len(self._queue), self._round_max)
            await self._round([self._queue.popleft() for _ in range(size)])

    async def _round(self, together: Sequence[tuple[Asked, asyncio.Future[Answered]]]) -> None:
        try:
            answers = await self._carry([asked for asked, _ in together])
        except Exception as error:  # noqa: BLE001 each one who asked hears of it
            if len(together) > 1 and fault(error) is Fault.CONTENT:
                await self._round(together[: len(together) // 2])
                await self._round(together[len(together) // 2 :])
                return
            for _, answer in together:
                if not answer.done():
                    answer.set_exception(error)
            return
        for (_, answer), one in zip(together, answers, strict=True):
            if not answer.done():
                answer.set_result(one)
