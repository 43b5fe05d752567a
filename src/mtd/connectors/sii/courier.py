"""The SII as the post office sees it: envelopes that are taken at once and judged much later."""

from collections.abc import Callable, Sequence

import msgspec

from mtd.connectors import courier as post
from mtd.connectors import sii
from mtd.connectors.settings import LegacySettings
from mtd.connectors.sii.form import Identity, Parcel, identities
from mtd.connectors.sii.invoices import Standing
from mtd.connectors.sii.settings import (
    BadHosts,
    Options,
    Pace,
    environment_fault,
    hosts_of,
)
from mtd.connectors.sii.tokens import Channel, Tokens
from mtd.connectors.wire import Wire
from mtd.core.process.outcome import Failed
from mtd.core.tax.certificate import Signing
from mtd.core.tax.countries.cl.answers.boletas import boleta_outcomes
from mtd.core.tax.countries.cl.answers.documents import document_outcome
from mtd.core.tax.countries.cl.answers.envelopes import PROCESSED, envelope_outcome
from mtd.core.tax.countries.cl.certificate import Signer
from mtd.core.tax.document import DocumentKey
from mtd.core.tax.issuing import (
    Finding,
    FiscalOutcome,
    OutcomeState,
    Submission,
    SubmissionState,
)

BOLETAS = ("39", "41")
OUR_FAULT = frozenset({"1", "2", "6"})
"""STATUS that no document is at fault for: permission, size, company; an operator's to mend."""
HELD_BEFORE = "the authority had it already"
HOLDS_OTHER = "the authority holds other data under this folio"
NOT_HELD = "the envelope was processed, and the authority holds no such document"
NOT_RECEIVED, REJECTED = "FAU", "RCH"


class SiiCourier:
    """The tax authority of Chile; its tokens are this worker's."""

    legacy = "sii"
    apart: tuple[str, ...] = BOLETAS
    notice = "SiiEnvelopeProcessed"
    """The authority's mail on an envelope, passed on by whatever gateway reads the mailbox."""
    hears_buyers = True

    def __init__(self, elapsed_s: Callable[[], float]) -> None:
        self._tokens = Tokens(elapsed_s)

    def pace(self, wire: Wire) -> Pace:
        """As `[legacy.sii.options.pace]` says."""
        return wire.legacy.options(Options).pace

    async def submit(self, wire: Wire, signing: Signing, parcel: post.Parcel) -> post.Told:
        """Upload an envelope; only a refusal of it as a whole is the last word."""
        sent = Parcel(
            issuer=parcel.issuer,
            name=f"{parcel.id}.xml",
            content=parcel.content,
            documents=identities(parcel.issuer, parcel.content),
        )
        channel = Channel(parcel.channel)
        said = await sii.submit(wire, self._tokens, channel, _opened(signing), sent)
        if said.state is not SubmissionState.REJECTED:
            return post.Told(submission=said)
        if OUR_FAULT & set(said.codes):
            not_sent = SubmissionState.NOT_SENT
            told = Submission(state=not_sent, codes=said.codes, message=said.message)
            return post.Told(submission=told)
        outcome = FiscalOutcome(
            state=OutcomeState.REJECTED, codes=said.codes, fixable=True, message=said.message
        )
        return post.Told(submission=said, outcome=outcome)

    async def find(
        self, wire: Wire, signing: Signing, parcel: post.Parcel, document: DocumentKey
    ) -> Finding | Failed:
        """What the authority holds of one document, asked for by what the envelope says of it."""
        known = _identity(parcel, document)
        channel = Channel(parcel.channel)
        found = await sii.find(wire, self._tokens, channel, _opened(signing), known)
        if isinstance(found, Failed) or found.outcome is None:
            return found
        return Finding(found.known, _in_our_words(found.outcome))

    async def standing(
        self, wire: Wire, signing: Signing, parcel: post.Parcel
    ) -> post.Standing | Failed:
        """Where the envelope stands; processed is not accepted."""
        channel = Channel(parcel.channel)
        found = await sii.standing(
            wire, self._tokens, channel, _opened(signing), parcel.issuer, parcel.track_id
        )
        if isinstance(found, Failed):
            return found
        told = envelope_outcome(found.state)
        if found.message:
            told = msgspec.structs.replace(told, message=found.message)
        fates = None
        if found.state == PROCESSED:
            fates = {one: _fate(channel, one, found) for one in parcel.documents}
        return post.Standing(code=found.state, outcome=told, fates=fates)

    def absent(
        self, document: DocumentKey, told: FiscalOutcome, notices: Sequence[bytes]
    ) -> FiscalOutcome:
        """Rejected, for the reasons that a mail or the envelope gave; of invoices only mails do."""
        said = tuple(code for code in told.codes if code != PROCESSED)
        codes = _noticed(document, notices) or said or (NOT_RECEIVED,)
        held = document_outcome(REJECTED, [code for code in codes if code != REJECTED])
        return msgspec.structs.replace(held, message=NOT_HELD)

    async def said(
        self, wire: Wire, signing: Signing, document: DocumentKey
    ) -> Sequence[post.Said] | Failed:
        """The register of receipts and claims."""
        register = await sii.events(
            wire,
            self._tokens,
            _opened(signing),
            document.issuer,
            document.type_code,
            document.folio,
        )
        if isinstance(register, Failed):
            return register
        return [
            post.Said(one.code, one.at, one.by, one.description)
            for one in register.events
            if one.code
        ]


def fault(settings: LegacySettings, environment: str) -> str | None:
    """Why an issuer of that environment may not be served; hosts that do not belong together."""
    options = msgspec.convert(settings.options, Options, strict=False)
    try:
        hosts_of(settings.base_url, options)
    except BadHosts as error:
        return str(error)
    return environment_fault(settings.base_url, options, environment)


POST = post.Post(legacy=SiiCourier.legacy, fault=fault, open=SiiCourier)


def _opened(signing: Signing) -> Signer:
    assert isinstance(signing, Signer), "Chile's practice opened it"
    return signing


def _identity(parcel: post.Parcel, document: DocumentKey) -> Identity:
    known = identities(parcel.issuer, parcel.content)
    wanted = (document.type_code, document.folio)
    return next(one for one in known if (one.type_code, one.folio) == wanted)


def _in_our_words(outcome: FiscalOutcome) -> FiscalOutcome:
    """In words of the one who asked: what is held was held before, or is something else."""
    rejected = outcome.state is OutcomeState.REJECTED
    message = HOLDS_OTHER if rejected and "DNK" in outcome.codes else outcome.message
    return msgspec.structs.replace(outcome, message=message or HELD_BEFORE)


def _fate(channel: Channel, document: DocumentKey, found: Standing) -> FiscalOutcome:
    """One document's: told, or left by the counts as the only one possible.

    Of invoices the counts may say that all were rejected, and never why: each is asked after.
    """
    if channel is Channel.BOLETAS:
        key = (document.type_code, str(document.folio))
        outcome = boleta_outcomes(found.content, [key])[key]
    else:
        outcome = envelope_outcome(found.state, found.counts.get(document.type_code))
    bare = outcome.state is OutcomeState.REJECTED and not outcome.fixable
    if bare and outcome.codes == (PROCESSED,):
        return msgspec.structs.replace(outcome, state=OutcomeState.UNKNOWN)
    return outcome


class _Noticed(msgspec.Struct, frozen=True):
    """What a notice says of one document."""

    type: str
    folio: int
    codes: tuple[str, ...] = ()


class _Notice(msgspec.Struct, frozen=True):
    """The authority's mail on a processed envelope, as the mail gateway passes it on."""

    documents: tuple[_Noticed, ...] = ()


def _noticed(document: DocumentKey, notices: Sequence[bytes]) -> tuple[str, ...]:
    """The codes that the latest mail gave for a document."""
    codes: tuple[str, ...] = ()
    for content in notices:
        try:
            notice = msgspec.json.decode(content, type=_Notice)
        except msgspec.DecodeError:
            continue
        for told in notice.documents:
            if (told.type, told.folio) == (document.type_code, document.folio):
                codes = told.codes
    return codes
