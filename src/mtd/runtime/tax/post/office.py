"""The office: looks for what waits and what is due, of the issuers whose mail it is."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence

import structlog

from mtd.core.tax.certificate import BadCertificate
from mtd.runtime.tax.post.counter import Counter, slot_of_issuer
from mtd.runtime.tax.post.enveloping import make, ripe
from mtd.runtime.tax.post.following import follow, resolve
from mtd.runtime.tax.post.registering import look
from mtd.runtime.tax.post.sending import send
from mtd.store.sessions import Fault, Unavailable, fault
from mtd.store.tax.envelopes import PAGE_MAX
from mtd.store.tax.mail import MADE, UNKNOWN, Envelope

LOG = structlog.get_logger()
TOGETHER = 8
"""Envelopes handled at once."""
ROUNDS_MAX = 100
"""Envelopes made of one queue before the others have their turn."""


class Office:
    """The post office of one worker, for one authority."""

    def __init__(self, counter: Counter, slots: Callable[[], Collection[int]]) -> None:
        """`slots`: those whose mail may be handled now; none while nothing may be sent."""
        self._counter = counter
        self._slots = slots

    async def keep(self) -> None:
        """Look for ever."""
        while True:
            try:
                await self._round()
            except Exception as error:  # the next round tells
                if isinstance(error, Unavailable) or fault(error) is Fault.AGAIN:
                    LOG.warning("the post office waits", problem=type(error).__name__)
                else:
                    LOG.exception("the post office stumbled")
            await asyncio.sleep(self._counter.pace.look_s)

    async def close(self) -> None:
        """End the line to the database."""
        await self._counter.book.close()

    async def _round(self) -> None:
        issuers = self._mine()
        if not issuers:
            return
        await self._envelope(issuers)
        if notice := self._counter.courier.notice:
            await self._counter.book.noticed(notice, issuers)
        due = await self._counter.book.due(issuers)
        turnstile = asyncio.Semaphore(TOGETHER)
        await asyncio.gather(*(self._handled(turnstile, one) for one in due[:PAGE_MAX]))
        await look(self._counter, issuers)

    def _mine(self) -> list[str]:
        """The issuers whose mail this worker handles now."""
        slots = self._slots()
        return [one for one in self._counter.issuers if slot_of_issuer(one) in slots]

    async def _envelope(self, issuers: Sequence[str]) -> None:
        counter = self._counter
        for queue in await counter.book.waiting(counter.provider, counter.courier.apart):
            if queue.issuer not in issuers:
                continue
            for _ in range(min(ripe(counter, queue), ROUNDS_MAX)):
                if not await make(counter, queue):
                    break

    async def _handled(self, turnstile: asyncio.Semaphore, envelope: Envelope) -> None:
        async with turnstile:
            signer = await self._counter.signer(envelope.tenant, envelope.issuer)
            if isinstance(signer, BadCertificate):
                LOG.error("an envelope waits", envelope=envelope.id, problem=signer.reason)
                return
            handle = _HANDLERS.get(envelope.state, follow)
            try:
                await handle(self._counter, envelope, signer)
            except Exception:  # this envelope alone; the others go on
                LOG.exception("an envelope could not be handled", envelope=envelope.id)


_HANDLERS: dict[str, Callable[..., Awaitable[None]]] = {MADE: send, UNKNOWN: resolve}
