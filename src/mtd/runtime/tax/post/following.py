"""Following: where an envelope stands, and what that means for each document in it.

Processed is not accepted: only a document's own fate, told or left by the counts as the only one
possible, settles it. What the counts leave open is asked after document by document.
"""

from collections.abc import Sequence

import msgspec
import structlog

from mtd.connectors.sii import Channel, Standing, standing
from mtd.connectors.wire import Wire
from mtd.core.process.outcome import Failed
from mtd.core.tax.countries.cl.answers.boletas import boleta_outcomes
from mtd.core.tax.countries.cl.answers.documents import document_outcome
from mtd.core.tax.countries.cl.answers.envelopes import PROCESSED, envelope_outcome
from mtd.core.tax.countries.cl.certificate import Signer
from mtd.core.tax.issuing import FiscalOutcome, OutcomeState
from mtd.runtime.tax.post.asking import Asked, ask_after, keys
from mtd.runtime.tax.post.counter import Counter, channel_of, evidence, grown_s
from mtd.runtime.tax.post.settling import fate, settle
from mtd.store import envelopes
from mtd.store.mail import CLOSED, MADE, SENT, UNKNOWN, Envelope, Open
from mtd.store.tax_documents import Settled

LOG = structlog.get_logger()
NOT_HELD = "the envelope was processed, and the authority holds no such document"
ROUNDS_MAX = 3
"""Sendings of the same bytes that come to nothing before their documents go into others."""


async def resolve(counter: Counter, envelope: Envelope, signer: Signer) -> None:
    """Nobody knows what came of a sending: ask what is held, and send again only what is not.

    Where nothing is held, the same bytes go out again, some times. Where some documents were
    settled, or the same bytes came to nothing, the others wait for another envelope.
    """
    wire = counter.wire()
    members = await counter.book.open_members(envelope)
    asked = await ask_after(counter, wire, envelope, signer, members)
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
        await settle(counter, connection, envelope.tenant, asked.settled)
        if state == CLOSED:
            await envelopes.take_out(connection, envelope, asked.missing)


async def follow(counter: Counter, envelope: Envelope, signer: Signer) -> None:
    """Ask where it stands, and settle what that settles."""
    wire = counter.wire()
    found = await standing(
        wire, counter.tokens, channel_of(envelope), signer, envelope.issuer, envelope.track_id
    )
    pace = counter.pace
    if isinstance(found, Failed):
        delay_s = grown_s(pace.again_s, envelope.attempts, 2.0, pace.ask_max_s)
        await _noted(counter, envelope, SENT, "", Asked(), evidence(wire), delay_s)
        return
    members = await counter.book.open_members(envelope)
    told = envelope_outcome(found.state)
    asked, state = Asked(), SENT
    if found.state == PROCESSED:
        asked = await _judged(counter, wire, envelope, signer, members, found)
        state = CLOSED if len(asked.settled) == len(members) else SENT
    elif told.state is OutcomeState.REJECTED:
        reason = msgspec.structs.replace(told, message=found.message or told.message)
        asked, state = Asked(settled=_each(envelope, members, reason)), CLOSED
    elif told.state is OutcomeState.UNKNOWN:
        state = UNKNOWN
    elif _is_stuck(counter, envelope):
        LOG.warning("an envelope is stuck", envelope=envelope.id, state=found.state)
        asked = await ask_after(counter, wire, envelope, signer, members)
    delay_s = grown_s(pace.ask_again_s, envelope.attempts, 1.5, pace.ask_max_s)
    await _noted(counter, envelope, state, found.state, asked, evidence(wire), delay_s)


async def _judged(
    counter: Counter,
    wire: Wire,
    envelope: Envelope,
    signer: Signer,
    members: Sequence[Open],
    found: Standing,
) -> Asked:
    """Each document's fate: told, left by the counts, or asked after."""
    settled: list[Settled] = []
    doubtful: dict[Open, FiscalOutcome] = {}
    for member, key in zip(members, keys(envelope, members), strict=True):
        outcome = _outcome(envelope, member, found)
        told = fate(key, outcome)
        # Of invoices the counts may say that all were rejected, and never why.
        if told is None or (
            outcome.state is OutcomeState.REJECTED
            and not outcome.fixable
            and outcome.codes == (PROCESSED,)
        ):
            doubtful[member] = outcome
        else:
            settled.append(told)
    if not doubtful:
        return Asked(settled=settled)
    asked = await ask_after(counter, wire, envelope, signer, tuple(doubtful))
    reasons = await _reasons(counter, envelope)
    for member in asked.missing:
        told_codes = tuple(code for code in doubtful[member].codes if code != PROCESSED)
        codes = reasons.get((member.type_code, member.folio)) or told_codes or (NOT_RECEIVED,)
        held = document_outcome(REJECTED, [code for code in codes if code != REJECTED])
        (key,) = keys(envelope, [member])
        # One that is said to have been there before, and is not, is in another envelope yet.
        told = fate(key, msgspec.structs.replace(held, message=NOT_HELD))
        settled += [] if told is None else [told]
    return Asked(settled=settled + asked.settled)


NOT_RECEIVED, REJECTED = "FAU", "RCH"


def _outcome(envelope: Envelope, member: Open, found: Standing) -> FiscalOutcome:
    if channel_of(envelope) is Channel.BOLETAS:
        key = (member.type_code, str(member.folio))
        return boleta_outcomes(found.content, [key])[key]
    return envelope_outcome(found.state, found.counts.get(member.type_code))


async def _reasons(counter: Counter, envelope: Envelope) -> dict[tuple[str, int], tuple[str, ...]]:
    """What the authority's notices say of documents: of invoices the only place of reasons."""
    reasons: dict[tuple[str, int], tuple[str, ...]] = {}
    for answer in await counter.book.answers(envelope):
        if answer.operation != NOTICE:
            continue
        try:
            notice = msgspec.json.decode(answer.content, type=_Notice)
        except msgspec.DecodeError:
            continue
        for told in notice.documents:
            reasons[told.type, told.folio] = told.codes
    return reasons


NOTICE = "notice"


class _Told(msgspec.Struct, frozen=True):
    """What a notice says of one document."""

    type: str
    folio: int
    codes: tuple[str, ...] = ()


class _Notice(msgspec.Struct, frozen=True):
    """The authority's mail on a processed envelope, as the mail gateway passes it on."""

    documents: tuple[_Told, ...] = ()


def _each(envelope: Envelope, members: Sequence[Open], outcome: FiscalOutcome) -> list[Settled]:
    fates = (fate(key, outcome) for key in keys(envelope, members))
    return [one for one in fates if one is not None]


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
