"""Sending: a stored envelope goes out once; what nobody knows afterwards is asked first."""

import structlog

from mtd.connectors.sii import Parcel, submit
from mtd.core.tax.countries.cl.certificate import Signer
from mtd.core.tax.issuing import FiscalOutcome, OutcomeState, Submission, SubmissionState
from mtd.runtime.tax.post.asking import identities, keys
from mtd.runtime.tax.post.counter import Counter, channel_of, evidence, grown_s
from mtd.runtime.tax.post.settling import fate, settle
from mtd.store import envelopes
from mtd.store.mail import CLOSED, MADE, SENT, UNKNOWN, Envelope

LOG = structlog.get_logger()
OUR_FAULT = frozenset({"1", "2", "6"})
"""STATUS that no document is at fault for: permission, size, company; an operator's to mend."""


async def send(counter: Counter, envelope: Envelope, signer: Signer) -> None:
    """Send it, if nobody did; from the claim on the outcome is unknown until something is heard."""
    if not await counter.book.begin(envelope, counter.pace.lease_s):
        return
    content = counter.content(envelope)
    parcel = Parcel(
        issuer=envelope.issuer,
        name=f"{envelope.id}.xml",
        content=content,
        documents=identities(envelope.issuer, content),
    )
    wire = counter.wire()
    said = await submit(wire, counter.tokens, channel_of(envelope), signer, parcel)
    await _note(counter, envelope, said, evidence(wire))


async def _note(
    counter: Counter, envelope: Envelope, said: Submission, answers: list[bytes]
) -> None:
    pace, codes = counter.pace, " ".join(said.codes)
    state, delay_s = UNKNOWN, pace.doubt_s
    refused = said.state is SubmissionState.REJECTED and not OUR_FAULT & set(said.codes)
    if said.state is SubmissionState.PENDING:
        state, delay_s = SENT, pace.ask_s
    elif refused:
        state = CLOSED
    elif said.state in (SubmissionState.NOT_SENT, SubmissionState.REJECTED):
        state, delay_s = MADE, grown_s(pace.again_s, envelope.attempts, 2.0, pace.ask_max_s)
        LOG.warning(
            "an envelope was not sent", envelope=envelope.id, codes=codes, problem=said.message
        )
    members = await counter.book.open_members(envelope)
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
        await envelopes.answered(connection, envelope, "upload", answers)
        if state == SENT:
            await envelopes.under_way(connection, envelope)
        if state == CLOSED:
            outcome = FiscalOutcome(
                state=OutcomeState.REJECTED, codes=said.codes, fixable=True, message=said.message
            )
            told = [fate(key, outcome) for key in keys(envelope, members)]
            fates = [one for one in told if one is not None]
            await settle(counter, connection, envelope.tenant, fates)
