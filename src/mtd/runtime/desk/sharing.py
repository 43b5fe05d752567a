"""Sharing: what many would ask the database at once is asked for once, and shown for a moment."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, TypeVar, cast

from structlog import get_logger

from mtd.runtime.clock import elapsed_s

LOG = get_logger()
FRESH_S = 2.0
KNOWN_MAX = 500

T = TypeVar("T")


class Shared:
    """Answers by their questions; whoever asks the same meanwhile waits for the same answer."""

    def __init__(self) -> None:
        self._known: dict[Hashable, tuple[float, Any]] = {}
        self._asking: dict[Hashable, asyncio.Lock] = {}
        self._behind: dict[Hashable, asyncio.Task[None]] = {}

    async def get(
        self,
        question: Hashable,
        ask: Callable[[], Awaitable[T]],
        fresh_s: float = FRESH_S,
        stale_s: float = 0.0,
    ) -> T:
        """The answer, at most `fresh_s` old. Raises what asking does; nothing is kept of that.

        One that is older, and at most `stale_s` old, is shown once more while it is asked for anew
        behind it: nobody waits for a question that is asked all the time (RFC 5861, section 3).
        """
        taken_s, known = self._known.get(question, (float("-inf"), None))
        if fresh_s < elapsed_s() - taken_s <= stale_s:
            if question not in self._behind:
                self._behind[question] = asyncio.create_task(self._renew(question, ask, fresh_s))
            return cast("T", known)
        return await self._answer(question, ask, fresh_s)

    async def _answer(
        self, question: Hashable, ask: Callable[[], Awaitable[T]], fresh_s: float
    ) -> T:
        async with self._asking.setdefault(question, asyncio.Lock()):
            taken_s, known = self._known.get(question, (float("-inf"), None))
            if elapsed_s() - taken_s <= fresh_s:
                return cast("T", known)
            answer = await ask()
            if len(self._known) >= KNOWN_MAX:
                self._known.clear()
                self._asking.clear()
            self._known[question] = (elapsed_s(), answer)
            return answer

    async def _renew(
        self, question: Hashable, ask: Callable[[], Awaitable[Any]], fresh_s: float
    ) -> None:
        """Ask behind the one who was answered; a failure is told to who asks once it is too old."""
        try:
            await self._answer(question, ask, fresh_s)
        except Exception as error:  # noqa: BLE001 nobody waits for it
            LOG.warning("an answer is not renewed", problem=type(error).__name__)
        finally:
            del self._behind[question]
