"""Sending: a stored envelope goes out once; what nobody knows afterwards is asked first."""

import asyncio
from collections.abc import Sequence

import structlog

from mtd.connectors.courier import Told
from mtd.connectors.wire import Wire
from mtd.core.tax.certificate import Signing
from mtd.core.tax.document import DocumentKey
from mtd.core.tax.issuing import SubmissionState
from mtd.runtime.tax.post.counter import Counter, evidence, grown_s
from mtd.runtime.tax.post.keeping import keep
from mtd.runtime.tax.post.settling import fate, settle
from mtd.store.tax import envelopes
from mtd.store.tax.mail import CLOSED, MADE, SENT, UNKNOWN, Envelope, Open
from mtd.store.tax.promises import Sent

LOG = structlog.get_logger()


async def send(counter: Counter, envelope: Envelope, signing: Signing) -> None:
    """Send it, if nobody did; from the claim on the outcome is unknown until something is heard."""
    if not await counter.book.begin(envelope, counter.pace.lease_s):
        return
    members = await counter.book.open_members(envelope)
    parcel = counter.parcel(envelope, members)
    await _written_down(counter, envelope, members)
    wire = counter.wire()
    told = await counter.courier.submit(wire, signing, parcel)
    await _note(counter, envelope, parcel.documents, told, wire)


async def _written_down(counter: Counter, envelope: Envelope, members: Sequence[Open]) -> None:
    """On disk beside the database, before the first byte leaves; what cannot be is asked after."""
    if counter.ledger is None:
        return
    sent = [
        Sent(
            tenant=envelope.tenant,
            issuer=envelope.issuer,
            type_code=one.type_code,
            series=one.series,
            folio=one.folio,
            bearer=one.bearer,
            issued_at=one.issued_at,
            total=one.total,
        )
        for one in members
    ]
    await asyncio.to_thread(counter.ledger.sent, sent)


async def _note(
    counter: Counter,
    envelope: Envelope,
    documents: Sequence[DocumentKey],
    told: Told,
    wire: Wire,
) -> None:
    said, pace = told.submission, counter.pace
    codes = " ".join(said.codes)
    state, delay_s = UNKNOWN, pace.doubt_s
    if told.outcome is not None:
        state = CLOSED
    elif said.state is SubmissionState.PENDING:
        state, delay_s = SENT, pace.ask_s
    elif said.state is SubmissionState.NOT_SENT:
        state, delay_s = MADE, grown_s(pace.again_s, envelope.attempts, 2.0, pace.ask_max_s)
        LOG.warning(
            "an envelope was not sent", envelope=envelope.id, codes=codes, problem=said.message
        )
    async with counter.book.writing() as connection:
        moved = await counter.book.move(
            connection,
            envelope,
            state,
            before=UNKNOWN,
            delay_s=delay_s,
            codes=codes,
            track_id=said.reference,
        )
        if not moved:
            return
        await envelopes.answered(connection, envelope, "upload", evidence(wire))
        await keep(counter, connection, documents, wire.kept)
        if state == SENT:
            await envelopes.under_way(connection, envelope)
        if told.outcome is not None:
            fates = [fate(key, told.outcome) for key in documents]
            settled = [one for one in fates if one is not None]
            await settle(counter, connection, envelope.tenant, settled)
