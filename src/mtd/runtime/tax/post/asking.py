"""Asking: what the authority holds of each document, the only legal step after an unknown end."""

import asyncio
from collections.abc import Sequence

import msgspec

from mtd.connectors.courier import Parcel
from mtd.connectors.wire import Wire
from mtd.core.process.outcome import Failed
from mtd.core.tax.certificate import Signing
from mtd.core.tax.document import DocumentKey
from mtd.core.tax.issuing import Finding, Known
from mtd.runtime.tax.post.counter import Counter
from mtd.runtime.tax.post.settling import fate
from mtd.store.tax.tax_documents import Settled

TOGETHER = 8
"""Questions under way at once."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What asking after an envelope's documents came to."""

    settled: list[Settled] = []
    missing: list[DocumentKey] = []
    """The authority holds nothing of them."""
    unanswered: int = 0


async def ask_after(
    counter: Counter,
    wire: Wire,
    signing: Signing,
    parcel: Parcel,
    documents: Sequence[DocumentKey],
) -> Asked:
    """Ask after these documents of an envelope."""
    turnstile = asyncio.Semaphore(TOGETHER)

    async def one(document: DocumentKey) -> Finding | Failed:
        async with turnstile:
            return await counter.courier.find(wire, signing, parcel, document)

    found = await asyncio.gather(*map(one, documents))
    settled: list[Settled] = []
    missing: list[DocumentKey] = []
    for document, finding in zip(documents, found, strict=True):
        if isinstance(finding, Failed):
            continue
        if finding.known is Known.NOT_FOUND:
            missing.append(document)
        elif finding.outcome is not None:
            outcome = fate(document, finding.outcome)
            settled += [] if outcome is None else [outcome]
    unanswered = len(documents) - len(settled) - len(missing)
    return Asked(settled=settled, missing=missing, unanswered=unanswered)
