"""A tax document once it has its number: whose it is, where it stands, what it is found by."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct


class DocumentState(StrEnum):
    """Where a document stands (reference processes §5.1 c)."""

    DRAFT = "DRAFT"
    FOLIO_ASSIGNED = "FOLIO_ASSIGNED"
    SIGNED = "SIGNED"
    SENT = "SENT"
    ACCEPTED = "ACCEPTED"
    ACCEPTED_WITH_OBJECTIONS = "ACCEPTED_WITH_OBJECTIONS"
    REJECTED = "REJECTED"
    VOIDED = "VOIDED"
    CANCELLED_BY_CREDIT_NOTE = "CANCELLED_BY_CREDIT_NOTE"
    CANCELLED_BY_DEBIT_NOTE = "CANCELLED_BY_DEBIT_NOTE"
    """Of a credit note."""


STANDS = frozenset({DocumentState.ACCEPTED, DocumentState.ACCEPTED_WITH_OBJECTIONS})
"""The authority has it, and it counts."""

DEAD = frozenset(
    {
        DocumentState.REJECTED,
        DocumentState.VOIDED,
        DocumentState.CANCELLED_BY_CREDIT_NOTE,
        DocumentState.CANCELLED_BY_DEBIT_NOTE,
    }
)
"""It does not count, for the authority or any more."""

HELD = frozenset(
    {
        *STANDS,
        DocumentState.CANCELLED_BY_CREDIT_NOTE,
        DocumentState.CANCELLED_BY_DEBIT_NOTE,
    }
)
"""The authority has it, whatever notes took back of it."""


class DocumentKey(Struct, frozen=True, kw_only=True):
    """What one document is found by."""

    tenant: int
    issuer: str
    """Tax id."""
    type_code: str
    series: str = ""
    folio: int

    @property
    def told(self) -> int | str:
        """The number as people know it beside its type: `1234`, or with its series `F001-17`."""
        return f"{self.series}-{self.folio}" if self.series else self.folio

    @property
    def number(self) -> str:
        """Type and folio, `39-1234`, or with its series `01-F001-17`."""
        return "-".join(filter(None, (self.type_code, self.series, str(self.folio))))

    @property
    def tracking_id(self) -> str:
        """What its order's process follows it by, `76111111-39-1234`; `DteStatusChanged` has it.

        An authority's own track id is of an envelope, and shared by all documents in it.
        """
        return f"{self.issuer.partition('-')[0]}-{self.number}"


class Numbered(Struct, frozen=True, kw_only=True):
    """What has a document's number."""

    tenant: int
    issuer: str
    """Tax id."""
    type_code: str
    series: str = ""
    folio: int

    @property
    def key(self) -> DocumentKey:
        """What it is found by."""
        return DocumentKey(
            tenant=self.tenant,
            issuer=self.issuer,
            type_code=self.type_code,
            series=self.series,
            folio=self.folio,
        )


class TaxDocument(Numbered, frozen=True, kw_only=True):
    """A document as it is stored."""

    instance: str
    """Whose it is for ever; of an order, its id."""
    effect: str
    """`element:visit` of the step that took the folio."""
    provider: str
    currency: str
    total: Decimal
    credited: Decimal = Decimal(0)
    """What notes that were not voided took back of it; of a credit note, what one annulled."""
    issued_at: datetime
    """The moment that it bears."""
    changed_at: datetime
    handed_at: datetime | None = None
    """When it was given to the post office."""
    state: DocumentState
    codes: str = ""
    """What the authority answered, most telling first, separated by blanks."""
    reason: str = ""
    refers_type: str | None = None
    refers_series: str = ""
    refers_folio: int | None = None
    """Of a note that credits or annuls: the document, of the same issuer, that it is about."""
    hash: bytes | None = None
    """SHA-256 of its signed bytes."""
    envelope: str | None = None
    """The one that it was last put into."""
    track_id: str | None = None
    """The authority's, of that envelope."""

    @property
    def left(self) -> Decimal:
        """What notes may still take back of it."""
        return self.total - self.credited
