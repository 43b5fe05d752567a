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
from mtd.store.tax.mail import MADE, UNKNOWN, Envelope, Queue

LOG = structlog.get_logger()
TOGETHER = 8
"""Envelopes handled at once."""
ROUNDS_MAX = 100
"""Envelopes made of one queue before it is looked at anew."""


class Office:
    """The post office of one worker, for one authority.

    Envelopes are made, sent and asked after side by side: a slow answer to one holds up no other.
    """

    def __init__(self, counter: Counter, slots: Callable[[], Collection[int]]) -> None:
        """`slots`: those whose mail may be handled now; none while nothing may be sent."""
        self._counter = counter
        self._slots = slots
        self._turnstile = asyncio.Semaphore(TOGETHER)
        self._in_hand: set[str] = set()
        """Envelopes that are being handled, or wait before the turnstile."""

    async def keep(self) -> None:
        """Look for ever."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._rounds(self._envelope))
            group.create_task(self._rounds(lambda issuers: self._handle(issuers, group)))
            group.create_task(self._rounds(lambda issuers: look(self._counter, issuers)))

    async def close(self) -> None:
        """End the line to the database."""
        await self._counter.book.close()

    async def _rounds(self, part: Callable[[list[str]], Awaitable[None]]) -> None:
        """One part of the work, for ever."""
        while True:
            try:
                if issuers := self._mine():
                    await part(issuers)
            except Exception as error:  # the next round tells
                if isinstance(error, Unavailable) or fault(error) is Fault.AGAIN:
                    LOG.warning("the post office waits", problem=type(error).__name__)
                else:
                    LOG.exception("the post office stumbled")
            await asyncio.sleep(self._counter.pace.look_s)

    def _mine(self) -> list[str]:
        """The issuers whose mail this worker handles now."""
        slots = self._slots()
        return [one for one in self._counter.issuers if slot_of_issuer(one) in slots]

    async def _envelope(self, issuers: Sequence[str]) -> None:
        """Make the envelopes that are ripe; what is wrong with one queue holds up no other."""
        counter = self._counter
        queues = await counter.book.waiting(counter.provider, counter.courier.apart)
        mine = [self._emptied(one) for one in queues if one.issuer in issuers]
        for failed in await asyncio.gather(*mine, return_exceptions=True):
            if failed is not None:
                raise failed

    async def _emptied(self, queue: Queue) -> None:
        left = min(ripe(self._counter, queue), ROUNDS_MAX)
        while left > 0 and await make(self._counter, queue, min(left, TOGETHER)):
            left -= TOGETHER

    async def _handle(self, issuers: Sequence[str], group: asyncio.TaskGroup) -> None:
        """Begin with the envelopes that are due and not in hand."""
        if notice := self._counter.courier.notice:
            await self._counter.book.noticed(notice, issuers)
        for envelope in await self._counter.book.due(issuers, self._in_hand):
            self._in_hand.add(envelope.id)
            group.create_task(self._handled(envelope))

    async def _handled(self, envelope: Envelope) -> None:
        try:
            async with self._turnstile:
                if envelope.issuer in self._mine():  # or it was paused, or went to another, since
                    await self._attended(envelope)
        except Exception:  # this envelope alone; the others go on
            LOG.exception("an envelope could not be handled", envelope=envelope.id)
        finally:
            self._in_hand.discard(envelope.id)

    async def _attended(self, envelope: Envelope) -> None:
        signer = await self._counter.signer(envelope.tenant, envelope.issuer)
        if isinstance(signer, BadCertificate):
            LOG.error("an envelope waits", envelope=envelope.id, problem=signer.reason)
            return
        await _HANDLERS.get(envelope.state, follow)(self._counter, envelope, signer)


_HANDLERS: dict[str, Callable[..., Awaitable[None]]] = {MADE: send, UNKNOWN: resolve}
