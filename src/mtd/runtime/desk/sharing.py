"""Sharing: what many would ask the database at once is asked for once, and shown for a moment."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, TypeVar, cast

from mtd.runtime.clock import elapsed_s

FRESH_S = 2.0
KNOWN_MAX = 500

T = TypeVar("T")


class Shared:
    """Answers by their questions; whoever asks the same meanwhile waits for the same answer."""

    def __init__(self) -> None:
        self._known: dict[Hashable, tuple[float, Any]] = {}
        self._asking: dict[Hashable, asyncio.Lock] = {}

    async def get(
        self, question: Hashable, ask: Callable[[], Awaitable[T]], fresh_s: float = FRESH_S
    ) -> T:
        """The answer, at most `fresh_s` old. Raises what asking does; nothing is kept of that."""
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
