"""A practice: how one taxpayer's documents are made in its country, in no country's words.

Whatever issues natively works with this alone; what a country's law says of it stands in the
country's own package, which makes a practice out of the taxpayer's settings.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.x509 import Certificate
from msgspec import Struct

from mtd.core.tax.certificate import BadCertificate, Signing
from mtd.core.tax.issuing import FiscalNumber, FiscalPlan, Invalid, SignedArtifact
from mtd.core.tax.markup import Unreadable
from mtd.core.tax.request import Buyer, FiscalKind, FiscalRequest, Payment
from mtd.core.tax.vouchers import Coverage


class Format(StrEnum):
    """How a document is shown."""

    LETTER = "letter"
    TICKET = "ticket"
    HTML = "html"
    XML = "xml"


class Stamp(Struct, frozen=True):
    """What stamps the documents of a range of numbers, opened; its country knows what is in it."""

    first: int
    last: int
    opened: object

    def __repr__(self) -> str:
        """Without the key."""
        return f"Stamp({self.first}-{self.last})"


class BadStamp(Struct, frozen=True):
    """Why nothing can be stamped with what is kept of a range."""

    reason: str


Build = Callable[
    [FiscalPlan, FiscalNumber, Stamp | None, Signing, datetime], SignedArtifact | Invalid
]


class Practice(Struct, frozen=True, kw_only=True):
    """What native issuing must know of a country, as one taxpayer's functions."""

    country: str
    """ISO 3166-1 alpha-2."""
    authority: str
    tax_id: str
    party: Buyer
    """The taxpayer, as a document that is made out to itself names it."""
    zone: ZoneInfo
    """Fiscal days are this zone's days."""
    types: Mapping[FiscalKind, tuple[str, ...]]
    """The country's own codes of each kind that is issued; a kind that is not here is not."""
    batch_max: int
    """Documents in one sending."""
    buyer_field: str
    """What the names of all fields about the buyer have in them."""
    total_field: str
    localised: Callable[[FiscalRequest], FiscalRequest]
    """An order's request in the country's ways: schemes of codes, how nobody in particular is
    named, what is said of whom."""
    plan: Callable[[FiscalRequest], FiscalPlan | Invalid]
    series: Callable[[FiscalPlan, str], str]
    """The series that a document of a branch is numbered in; empty where there are none."""
    series_fault: Callable[[str, str], str | None] | None
    """Why a type of document has no such series; None as a whole: numbers are authorised, and no
    taxpayer declares series of its own."""
    own_series: tuple[tuple[str, str], ...]
    """Types and series that the settings number in; none where numbers are authorised."""
    number_max: int
    coverage: Callable[[Sequence[Payment]], Coverage]
    """What card vouchers document already, as the taxpayer declared."""
    build: Build
    signer: Callable[[RSAPrivateKey, Certificate], Signing | BadCertificate]
    stamp: Callable[[str, bytes], Stamp | BadStamp] | None
    """Of what the authority wrote and its private key (PEM); None: numbers are not stamped."""
    enveloped: Callable[[Sequence[bytes], Signing, datetime], bytes]
    """Signed documents as they are sent together."""
    exchanged: Callable[[bytes, Signing, datetime], bytes] | None
    """A signed document that is no receipt in the form in which taxpayers exchange such, made out
    to its buyer; None as a whole: as it was signed."""
    blames_content: Callable[[Sequence[str]], bool]
    """Whether a rejection with these codes, which spent its number, is about what the document
    says: the next one, under another number, would be rejected as well."""
    drawn: Callable[[bytes, Format], bytes | Unreadable]
    """A signed document's bytes as somebody looks at them."""

    @property
    def sales(self) -> frozenset[str]:
        """Codes of documents of a sale itself, of which an order has one that counts."""
        codes = (self.types.get(kind, ()) for kind in (FiscalKind.RECEIPT, FiscalKind.INVOICE))
        return frozenset(code for of_kind in codes for code in of_kind)
