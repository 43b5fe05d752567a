"""Events out: what the simulated systems tell MTD later, also late, twice or out of order."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import aiohttp
import msgspec

from mtd.simulators.chance import chance
from mtd.simulators.settings import Callback
from mtd.simulators.system import JSON, encoded

TROUBLES = frozenset({"event_late", "event_repeated", "event_swapped"})
"""Shares of events that come `late_s` later, come again, or change places with the next."""
DELIVERIES_MAX = 20
BACKOFF_S = 0.2
BACKOFF_MAX_S = 10.0
CONNECTIONS_MAX = 32
TIMEOUT_S = 15.0


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened at a system, to be told to MTD."""

    name: str
    key: str
    """Correlation key (reference processes §6.4)."""
    payload: dict[str, Any]
    after_s: float
    """Seconds after the event before it in its story, already scaled."""
    then: Callable[[], None] | None = None
    """Done when it happens, however late it is told."""


class Post:
    """Delivers events to the callback; one pooled client for the whole town."""

    def __init__(self, callback: Callback | None) -> None:
        self.callback = callback
        self._client = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=CONNECTIONS_MAX, keepalive_timeout=30.0),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=2.0, sock_read=TIMEOUT_S),
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding"),
            auto_decompress=False,
            trust_env=False,
        )

    async def deliver(self, body: bytes) -> bool | None:
        """Post until it is accepted with 2xx; False when given up, None when nobody listens."""
        for nth in range(DELIVERIES_MAX):
            if self.callback is None:
                return None
            if await self._accepted(self.callback, body):
                return True
            await asyncio.sleep(min(BACKOFF_S * 2**nth, BACKOFF_MAX_S))
        return False

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.close()

    async def _accepted(self, callback: Callback, body: bytes) -> bool:
        headers = {"Authorization": f"Bearer {callback.api_key}", "Content-Type": JSON}
        try:
            async with self._client.post(
                f"{callback.url.rstrip('/')}/messages",
                data=body,
                headers=headers,
                allow_redirects=False,
            ) as answer:
                await answer.read()
                return answer.status // 100 == 2
        except (aiohttp.ClientError, TimeoutError, OSError):
            return False


class Announcer:
    """The events of one system: stories, each a sequence in time that may be broken off."""

    def __init__(
        self, *, seed: int, system: str, post: Post, shares: dict[str, float], late_s: float
    ) -> None:
        self.post = post
        self.shares = {name: share for name, share in shares.items() if name in TROUBLES}
        self.counters: dict[str, int] = {}
        self._seed = seed
        self._system = system
        self._late_s = late_s
        self._ordinals: dict[tuple[str, str], int] = {}
        self.silenced: set[str] = set()
        """Stories that nobody hears of, as of a system that forgets to tell."""
        self._stories: dict[str, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False

    def tell(self, story: str, events: Sequence[Event]) -> None:
        """Tell `events` one after the other; a story of the same name is broken off."""
        self.break_off(story)
        if self._closed or story in self.silenced:
            return
        task = self._start(self._tell(list(events)))
        self._stories[story] = task
        task.add_done_callback(lambda done: self._forget(story, done))

    def break_off(self, story: str) -> bool:
        """Whether there was such a story; what it has not told yet is never told."""
        task = self._stories.pop(story, None)
        return task is not None and task.cancel()

    async def close(self) -> None:
        """Tell nothing more."""
        self._closed = True
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _tell(self, events: list[Event]) -> None:
        """In order, except where an event is late or changes places with the next."""
        held: bytes | None = None
        for i, event in enumerate(events):
            fate, body = self._message(event)
            await asyncio.sleep(event.after_s)
            if event.then is not None:
                event.then()
            if self._befalls("event_late", fate):
                self._start(self._deliver_later(self._late_s, body))
                continue
            if held is None and i + 1 < len(events) and self._befalls("event_swapped", fate):
                held = body
                continue
            await self._deliver(body)
            if held is not None:
                await self._deliver(held)
                held = None
            if self._befalls("event_repeated", fate):
                self._start(self._deliver_later(self._late_s, body))
        if held is not None:
            await self._deliver(held)

    def _message(self, event: Event) -> tuple[str, bytes]:
        """What the event's fate is drawn by, and its JSON.

        The message id is the same however often it is delivered; the fate names the order in
        place of ids that differ from run to run.
        """
        place = (event.name, event.key)
        ordinal = self._ordinals[place] = self._ordinals.get(place, 0) + 1
        message_id = f"{self._system}:{event.name}:{event.key}:{ordinal}"
        fate = f"{event.name} {event.payload.get('order_id', event.key)} {ordinal}"
        return fate, encoded(
            {
                "name": event.name,
                "key": event.key,
                "message_id": message_id,
                "payload": event.payload,
            }
        )

    def _befalls(self, trouble: str, fate: str) -> bool:
        share = self.shares.get(trouble, 0.0)
        if share <= 0 or chance(self._seed, trouble, fate) >= share:
            return False
        self._count(trouble)
        return True

    async def _deliver_later(self, delay_s: float, body: bytes) -> None:
        await asyncio.sleep(delay_s)
        await self._deliver(body)

    async def _deliver(self, body: bytes) -> None:
        accepted = await self.post.deliver(body)
        self._count({True: "delivered", False: "given_up", None: "unheard"}[accepted])

    def _count(self, what: str) -> None:
        self.counters[what] = self.counters.get(what, 0) + 1

    def _start(self, telling: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(telling)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _forget(self, story: str, done: asyncio.Task[None]) -> None:
        if self._stories.get(story) is done:
            del self._stories[story]
