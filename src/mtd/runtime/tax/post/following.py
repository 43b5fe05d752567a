"""Following: where an envelope stands, and what that means for each document in it.

Processed is not accepted: only a document's own fate, told or left by the counts as the only one
possible, settles it. What the counts leave open is asked after document by document.
"""

import structlog

from mtd.connectors.courier import Parcel, Standing
from mtd.connectors.wire import Wire
from mtd.core.process.outcome import Failed
from mtd.core.tax.certificate import Signing
from mtd.core.tax.document import DocumentKey
from mtd.core.tax.issuing import FiscalOutcome, OutcomeState
from mtd.runtime.tax.post.asking import Asked, ask_after
from mtd.runtime.tax.post.counter import Counter, evidence, grown_s
from mtd.runtime.tax.post.keeping import keep
from mtd.runtime.tax.post.settling import fate, settle
from mtd.store.tax import envelopes
from mtd.store.tax.mail import CLOSED, MADE, SENT, UNKNOWN, Envelope
from mtd.store.tax.tax_documents import Settled

LOG = structlog.get_logger()
ROUNDS_MAX = 3
"""Sendings of the same bytes that come to nothing before their documents go into others."""
NOTICE = "notice"
"""What a message told of an envelope, among its answers."""


async def resolve(counter: Counter, envelope: Envelope, signing: Signing) -> None:
    """Nobody knows what came of a sending: ask what is held, and send again only what is not.

    Where nothing is held, the same bytes go out again, some times. Where some documents were
    settled, or the same bytes came to nothing, the others wait for another envelope.
    """
    wire = counter.wire()
    parcel = counter.parcel(envelope, await counter.book.open_members(envelope))
    asked = await ask_after(counter, wire, signing, parcel, parcel.documents)
    whole = len(asked.missing) == envelope.documents and envelope.attempts < ROUNDS_MAX
    state = UNKNOWN if asked.unanswered else MADE if whole else CLOSED
    pace = counter.pace
    doubt_s = grown_s(pace.again_s, envelope.attempts, 2.0, pace.ask_max_s)
    async with counter.book.writing() as connection:
        moved = await counter.book.move(
            connection,
            envelope,
            state,
            before=UNKNOWN,
            delay_s=doubt_s if state == UNKNOWN else 0.0,
        )
        if not moved:
            return
        await envelopes.answered(connection, envelope, "find", evidence(wire))
        await keep(counter, connection, parcel.documents, wire.kept)
        await settle(counter, connection, envelope.tenant, asked.settled)
        if state == CLOSED:
            await envelopes.take_out(connection, envelope, asked.missing)


async def follow(counter: Counter, envelope: Envelope, signing: Signing) -> None:
    """Ask where it stands, and settle what that settles."""
    wire, pace = counter.wire(), counter.pace
    parcel = counter.parcel(envelope, await counter.book.open_members(envelope))
    found = await counter.courier.standing(wire, signing, parcel)
    if isinstance(found, Failed):
        delay_s = grown_s(pace.again_s, envelope.attempts, 2.0, pace.ask_max_s)
        await _noted(counter, envelope, SENT, "", Asked(), evidence(wire), delay_s)
        return
    asked, state = Asked(), SENT
    if found.fates is not None:
        asked = await _judged(counter, wire, envelope, signing, parcel, found)
        state = CLOSED if len(asked.settled) == len(parcel.documents) else SENT
    elif found.outcome.state is OutcomeState.REJECTED:
        fates = [fate(one, found.outcome) for one in parcel.documents]
        asked, state = Asked(settled=[one for one in fates if one is not None]), CLOSED
    elif found.outcome.state is OutcomeState.UNKNOWN:
        state = UNKNOWN
    elif _is_stuck(counter, envelope):
        LOG.warning("an envelope is stuck", envelope=envelope.id, state=found.code)
        asked = await ask_after(counter, wire, signing, parcel, parcel.documents)
    delay_s = grown_s(pace.ask_again_s, envelope.attempts, 1.5, pace.ask_max_s)
    await _noted(counter, envelope, state, found.code, asked, evidence(wire), delay_s)


async def _judged(
    counter: Counter,
    wire: Wire,
    envelope: Envelope,
    signing: Signing,
    parcel: Parcel,
    found: Standing,
) -> Asked:
    """Each document's fate: told, left by the counts, or asked after."""
    fates = found.fates or {}
    settled: list[Settled] = []
    doubtful: dict[DocumentKey, FiscalOutcome] = {}
    for document in parcel.documents:
        outcome = fates[document]
        told = fate(document, outcome)
        if told is None:
            doubtful[document] = outcome
        else:
            settled.append(told)
    if not doubtful:
        return Asked(settled=settled)
    asked = await ask_after(counter, wire, signing, parcel, tuple(doubtful))
    answers = await counter.book.answers(envelope)
    notices = [answer.content for answer in answers if answer.operation == NOTICE]
    for document in asked.missing:
        held = counter.courier.absent(document, doubtful[document], notices)
        # One that is said to have been there before, and is not, is in another envelope yet.
        told = fate(document, held)
        settled += [] if told is None else [told]
    return Asked(settled=settled + asked.settled)


def _is_stuck(counter: Counter, envelope: Envelope) -> bool:
    since = envelope.sent_at or envelope.made_at
    return (counter.now() - since).total_seconds() >= counter.pace.stuck_s


async def _noted(
    counter: Counter,
    envelope: Envelope,
    state: str,
    code: str,
    asked: Asked,
    answers: list[bytes],
    delay_s: float,
) -> None:
    async with counter.book.writing() as connection:
        moved = await counter.book.move(
            connection,
            envelope,
            state,
            before=SENT,
            delay_s=0.0 if state == UNKNOWN else delay_s,
            codes=code,
            tries=1,
        )
        if moved:
            await envelopes.answered(connection, envelope, "standing", answers)
            await settle(counter, connection, envelope.tenant, asked.settled)
