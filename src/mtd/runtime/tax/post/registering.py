"""Registering: what buyers say of invoices is read, kept, and told to the order once.

A buyer has eight days to claim or to give receipt (Law 19.983, register manual v1.2, p. 4).
"""

from collections.abc import Sequence

import msgspec
import structlog

from mtd.connectors.wire.masking import masked
from mtd.core.process.outcome import Failed
from mtd.core.tax.certificate import BadCertificate
from mtd.core.tax.document import DocumentKey
from mtd.runtime.tax.post.counter import Counter
from mtd.store.tax import buyers, envelopes
from mtd.store.tax.buyers import Awaited, BuyerEvent
from mtd.store.tax.mail import Message

LOG = structlog.get_logger()
DAYS = 10
"""Eight by law, and what the register takes to show them."""
SAID = "BuyerSaid"
"""The message to the order, keyed as `DteStatusChanged` is."""
CLAIMED = "BuyerClaimed"
"""The same of a claim alone, keyed by the order: what its process may begin by at any time."""
TTL_S = 86_400.0
CLAIMS = frozenset({"RCD", "RFP", "RFT"})


async def look(counter: Counter, issuers: Sequence[str]) -> None:
    """Ask the register about a page of invoices whose time has come."""
    pace = counter.pace
    if not counter.courier.hears_buyers:
        return
    for one in await buyers.claimable(counter.book.sessions, issuers, DAYS, pace.register_s):
        await _read(counter, one.key, one.order)


async def _read(counter: Counter, key: DocumentKey, order: str) -> None:
    signing = await counter.signer(key.tenant, key.issuer)
    if isinstance(signing, BadCertificate):
        return
    said = await counter.courier.said(counter.wire(), signing, key)
    if isinstance(said, Failed):
        LOG.warning("the register was not read", document=key.tracking_id, problem=said.message)
        said = ()
    # Who it was is in the document, under its person's key; here it would outlive an erasure.
    rows = [(one.code, one.at, masked(one.by, ()), masked(one.description, ())) for one in said]
    async with counter.book.writing() as connection:
        awaited = Awaited(name=CLAIMED, order=order, codes=CLAIMS)
        news = await buyers.heard(connection, counter.book.worker, key, rows, awaited)
        messages = [_message(counter, key, one, key.tracking_id) for one in news]
        await envelopes.publish(connection, key.tenant, SAID, messages, TTL_S)
        claims = [
            _message(counter, key, one, order) for one in news if order and one.code in CLAIMS
        ]
        await envelopes.publish(connection, key.tenant, CLAIMED, claims, TTL_S)
    if any(one.unheard for one in news):
        LOG.warning("a claim that no process hears", document=key.tracking_id, order=order)


def _message(counter: Counter, key: DocumentKey, said: BuyerEvent, heard_by: str) -> Message:
    payload = {
        "track_id": key.tracking_id,
        "document_type": int(key.type_code),
        "folio": key.told,
        "code": said.code,
        "is_claim": said.code in CLAIMS,
        "recorded_at": said.recorded_at,
        "description": said.description,
    }
    return Message(id=counter.new_id(), key=heard_by, payload=msgspec.json.encode(payload))
