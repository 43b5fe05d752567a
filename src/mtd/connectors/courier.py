"""The courier: how one authority takes documents and tells of them, in no authority's words.

The post office works with this alone. A sending has one of four ends: settled, under way, certainly
not taken, or unknown; after unknown only `find` is legal.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Protocol

from msgspec import Meta, Struct

from mtd.connectors.settings import LegacySettings
from mtd.connectors.wire import Wire
from mtd.core.process.outcome import Failed
from mtd.core.tax.certificate import Signing
from mtd.core.tax.document import DocumentKey
from mtd.core.tax.issuing import Finding, FiscalOutcome, Submission

Seconds = Annotated[float, Meta(ge=0, le=86_400)]


class Pace(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How documents are gathered, and when the authority is asked."""

    documents: Annotated[int, Meta(ge=1, le=1)] = 1
    """In one envelope."""
    age_s: Annotated[float, Meta(ge=0, le=3_000)] = 0.0
    """A document waits so long for others."""
    look_s: Annotated[float, Meta(gt=0, le=60)] = 1.0
    """How often the post office looks."""
    ask_s: Seconds = 60.0
    """From sending to the first question."""
    ask_again_s: Seconds = 300.0
    """Between questions; it grows by half each time, to `ask_max_s`."""
    ask_max_s: Seconds = 3_600.0
    doubt_s: Seconds = 60.0
    """After an unknown outcome: what was sent late may have arrived by then."""
    again_s: Seconds = 30.0
    """After a sending that certainly failed, or a question that nobody answered; doubled each
    time, to `ask_max_s`."""
    stuck_s: Annotated[float, Meta(ge=0)] = 7_200.0
    """An envelope that is under way for so long is asked after document by document."""
    register_s: Annotated[float, Meta(ge=0)] = 21_600.0
    """How often buyers' words on an invoice are asked for, where an authority keeps them."""
    lease_s: Seconds = 60.0
    """A sending that nobody heard of again is taken for unknown after so long."""


class Parcel(Struct, frozen=True, kw_only=True):
    """A signed envelope, as it goes out and is asked after."""

    id: str
    issuer: str
    """Tax id."""
    channel: str
    track_id: str = ""
    """The authority's, once it has given one."""
    content: bytes
    documents: tuple[DocumentKey, ...]
    """Those of it of which nothing is settled."""


class Told(Struct, frozen=True, kw_only=True):
    """What the authority said at once."""

    submission: Submission
    outcome: FiscalOutcome | None = None
    """Of every document of the envelope, where the answer is the last word; else None."""


class Standing(Struct, frozen=True, kw_only=True):
    """Where an envelope stands."""

    code: str
    """In the authority's own words."""
    outcome: FiscalOutcome
    """Of the envelope as a whole."""
    fates: Mapping[DocumentKey, FiscalOutcome] | None = None
    """Each document's, once the envelope is worked through; one that is unknown is asked after."""


class Said(Struct, frozen=True):
    """Something that a buyer had the authority record of an invoice."""

    code: str
    at: str
    by: str
    """Tax id."""
    description: str


class Post(Struct, frozen=True, kw_only=True):
    """Who carries a provider's documents."""

    legacy: str
    """Key of the authority's settings."""
    fault: Callable[[LegacySettings, str], str | None]
    """Why an issuer of an environment may not be served by these settings; None when it may."""
    open: "Callable[[Callable[[], float]], Courier]"
    """A courier; given is what tells seconds that went by."""


class Courier(Protocol):
    """One authority, as the post office of one worker sees it."""

    legacy: str
    """Key of its settings."""
    apart: tuple[str, ...]
    """Types of document that go by a channel of their own, and never with others."""
    notice: str
    """The message that tells of an envelope, keyed by its track id; empty: there is none."""
    hears_buyers: bool
    """Whether `said` may be asked."""

    def pace(self, wire: Wire, /) -> Pace:
        """As its settings say."""
        ...

    async def submit(self, wire: Wire, signing: Signing, parcel: Parcel, /) -> Told:
        """Send it, once. Documents that come back are kept on the wire."""
        ...

    async def find(
        self, wire: Wire, signing: Signing, parcel: Parcel, document: DocumentKey, /
    ) -> Finding | Failed:
        """What is held of one document: the only legal step after an unknown outcome."""
        ...

    async def standing(self, wire: Wire, signing: Signing, parcel: Parcel, /) -> Standing | Failed:
        """Where it stands, and its documents with it."""
        ...

    def absent(
        self, document: DocumentKey, told: FiscalOutcome, notices: Sequence[bytes], /
    ) -> FiscalOutcome:
        """The fate of a document of a processed envelope that the authority does not hold.

        `told`: what the envelope said of it; `notices`: what messages told of the envelope.
        """
        ...

    async def said(
        self, wire: Wire, signing: Signing, document: DocumentKey, /
    ) -> Sequence[Said] | Failed:
        """What the buyer recorded of an invoice, also nothing yet."""
        ...
