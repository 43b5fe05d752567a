"""Enveloping: documents that wait are put into one envelope, signed, and stored with it."""

import asyncio
from collections.abc import Sequence
from hashlib import sha256

import msgspec
import structlog

from mtd.core.tax.certificate import BadCertificate
from mtd.core.tax.document import DocumentKey, DocumentState
from mtd.runtime.tax.post.counter import ENVELOPE, Counter
from mtd.runtime.tax.post.settling import settle
from mtd.runtime.vault import Broken
from mtd.store.tax.mail import MADE, UNKNOWN, Made, Member, Queue, Waiting
from mtd.store.tax.tax_documents import Settled

LOG = structlog.get_logger()
LOST = "its signed bytes cannot be opened: whoever it names was erased before it was sent"


class Opened(msgspec.Struct, frozen=True):
    """A document and its signed bytes."""

    row: Waiting
    content: bytes


def ripe(counter: Counter, queue: Queue) -> int:
    """How many envelopes are to be made: full ones, and a last one if the first is old enough."""
    waited_s = (counter.now() - queue.since).total_seconds()
    full, left = divmod(queue.documents, counter.pace.documents)
    return full + bool(left and waited_s >= counter.pace.age_s)


async def make(counter: Counter, queue: Queue, count: int) -> bool:
    """So many envelopes of those that have waited longest, side by side; False where one, or all,
    could not be made.
    """
    practice = counter.issuers[queue.issuer].practice
    signing = await counter.signer(queue.tenant, queue.issuer)
    if isinstance(signing, BadCertificate):
        LOG.error("nothing can be sent", issuer=queue.issuer, problem=signing.reason)
        return False
    size = min(counter.pace.documents, practice.batch_max)
    rows = await counter.book.next(queue, counter.provider, counter.courier.apart, size * count)
    opened = _opened(counter, rows)
    await _give_up(counter, queue, rows)

    async def one(contained: Sequence[Opened]) -> bool:
        contents = [document.content for document in contained]
        content = await asyncio.to_thread(practice.enveloped, contents, signing, counter.now())
        return await counter.book.make(_made(counter, queue, contained, content))

    parts = [opened[first : first + size] for first in range(0, len(opened), size)]
    made = await asyncio.gather(*map(one, parts))
    return bool(made) and all(made)


def _opened(counter: Counter, rows: Sequence[Waiting]) -> list[Opened]:
    opened: list[Opened] = []
    for row in rows:
        if row.wrapped_key is None:
            continue
        try:
            content = counter.vault.open(
                row.tenant, row.instance, row.key_id, row.wrapped_key, row.ciphertext
            )
        except Broken as error:
            LOG.error("a document does not open", problem=str(error))
            continue
        opened.append(Opened(row, content))
    return opened


async def _give_up(counter: Counter, queue: Queue, rows: Sequence[Waiting]) -> None:
    """What can never be sent, for its person was erased, is accounted for."""
    fates = [
        Settled(
            key=DocumentKey(
                tenant=row.tenant,
                issuer=queue.issuer,
                type_code=row.type_code,
                series=row.series,
                folio=row.folio,
            ),
            state=DocumentState.VOIDED,
            reason=LOST,
        )
        for row in rows
        if row.wrapped_key is None
    ]
    if fates:
        async with counter.book.writing() as connection:
            await settle(counter, connection, queue.tenant, fates)


def _made(counter: Counter, queue: Queue, opened: Sequence[Opened], content: bytes) -> Made:
    id_ = counter.new_id()
    return Made(
        id=id_,
        tenant=queue.tenant,
        issuer=queue.issuer,
        channel=queue.channel,
        state=UNKNOWN if any(one.row.promised for one in opened) else MADE,
        hash=sha256(content).digest(),
        sealed=counter.vault.seal_secret(queue.tenant, ENVELOPE, id_, content),
        members=tuple(
            Member(
                type_code=one.row.type_code,
                series=one.row.series,
                folio=one.row.folio,
                hash=one.row.hash,
            )
            for one in opened
        ),
    )
