"""Asking: what the authority holds of each document, the only legal step after an unknown end."""

import asyncio
import re
from collections.abc import Iterable, Sequence

import msgspec

from mtd.connectors.sii import Identity, find
from mtd.connectors.wire import Wire
from mtd.core.process.outcome import Failed
from mtd.core.tax.countries.cl.certificate import Signer
from mtd.core.tax.countries.cl.xml import ENCODING
from mtd.core.tax.document import DocumentKey
from mtd.core.tax.issuing import Finding, FiscalOutcome, Known, OutcomeState
from mtd.runtime.tax.post.counter import Counter, channel_of
from mtd.runtime.tax.post.settling import fate
from mtd.store.mail import Envelope, Open
from mtd.store.tax_documents import Settled

TOGETHER = 8
"""Questions under way at once."""
HELD_BEFORE = "the authority had it already"
HOLDS_OTHER = "the authority holds other data under this folio"


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What asking after an envelope's documents came to."""

    settled: list[Settled] = []
    missing: list[Open] = []
    """The authority holds nothing of them."""
    unanswered: int = 0


async def ask_after(
    counter: Counter, wire: Wire, envelope: Envelope, signer: Signer, members: Sequence[Open]
) -> Asked:
    """Ask after these documents."""
    known = {
        (one.type_code, one.folio): one
        for one in identities(envelope.issuer, counter.content(envelope))
    }
    turnstile = asyncio.Semaphore(TOGETHER)

    async def one(member: Open) -> Finding | Failed:
        async with turnstile:
            identity = known[member.type_code, member.folio]
            return await find(wire, counter.tokens, channel_of(envelope), signer, identity)

    found = await asyncio.gather(*map(one, members))
    settled: list[Settled] = []
    missing: list[Open] = []
    for member, finding in zip(members, found, strict=True):
        if isinstance(finding, Failed):
            continue
        if finding.known is Known.NOT_FOUND:
            missing.append(member)
        elif finding.outcome is not None:
            (key,) = keys(envelope, [member])
            outcome = fate(key, _told(finding.outcome))
            settled += [] if outcome is None else [outcome]
    unanswered = len(members) - len(settled) - len(missing)
    return Asked(settled=settled, missing=missing, unanswered=unanswered)


def keys(envelope: Envelope, members: Iterable[Open]) -> list[DocumentKey]:
    """What these documents of an envelope are found by."""
    return [
        DocumentKey(
            tenant=envelope.tenant,
            issuer=envelope.issuer,
            type_code=member.type_code,
            series=member.series,
            folio=member.folio,
        )
        for member in members
    ]


def identities(issuer: str, content: bytes) -> tuple[Identity, ...]:
    """The documents in an envelope of ours, by what they are asked after with."""
    text = content.decode(ENCODING)
    return tuple(
        Identity(
            issuer=issuer,
            type_code=found["code"],
            folio=int(found["folio"]),
            buyer=found["buyer"],
            day=found["day"],
            total=int(found["total"]),
        )
        for found in _DOCUMENT.finditer(text)
    )


_DOCUMENT = re.compile(
    r"<TipoDTE>(?P<code>[0-9]+)</TipoDTE>\s*<Folio>(?P<folio>[0-9]+)</Folio>\s*"
    r"<FchEmis>(?P<day>[0-9-]+)</FchEmis>.*?<RUTRecep>(?P<buyer>[^<]*)</RUTRecep>"
    r".*?<MntTotal>(?P<total>[0-9]+)</MntTotal>",
    re.DOTALL,
)
"""The header of each document, as the canonical writer writes it."""


def _told(outcome: FiscalOutcome) -> FiscalOutcome:
    """In words of the one who asked: what is held was held before, or is something else."""
    rejected = outcome.state is OutcomeState.REJECTED
    message = HOLDS_OTHER if rejected and "DNK" in outcome.codes else outcome.message
    return msgspec.structs.replace(outcome, message=message or HELD_BEFORE)
