"""An issuance: one tax document as a turn leaves it, written in the commit of its order's step."""

from datetime import datetime
from decimal import Decimal

import msgspec

from mtd.core.tax.document import DocumentState


class Signed(msgspec.Struct, frozen=True, kw_only=True):
    """A document's signed bytes, sealed with the key of its order's content."""

    name: str
    media_type: str
    person: bytes
    key_id: str
    hash: bytes
    """SHA-256 of the bytes in clear."""
    ciphertext: bytes


class Issuance(msgspec.Struct, frozen=True, kw_only=True):
    """A tax document's row; its folio belongs to its instance for ever."""

    issuer: str
    """Tax id."""
    type_code: str
    series: str = ""
    folio: int
    effect: str
    """`element:visit` of the step that took the folio."""
    provider: str
    is_sale: bool = False
    """It documents the sale itself, which has one that counts and no more."""
    currency: str
    total: Decimal
    issued_at: datetime
    """The moment that the document bears."""
    state: DocumentState
    befores: tuple[DocumentState, ...] = ()
    """States of which it must be in one; none: the document is new."""
    handed: bool = False
    """It is the post office's from now on."""
    reason: str = ""
    """Why it was voided."""
    hash: bytes | None = None
    signed: Signed | None = None
    """New bytes."""
    refers_type: str | None = None
    refers_series: str = ""
    refers_folio: int | None = None
    """Of a credit note: the document, of the same issuer, that it credits."""
    credit: Decimal = Decimal(0)
    """What this turn takes back of that document; less than zero gives it back."""
