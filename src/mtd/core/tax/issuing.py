"""What becomes of a request: plan → number → signed artifact → submission → outcome.

One issuer behind one interface does these operations, each under the workflow's idempotency key and
fit to be repeated after a crash: `plan` (pure), `reserve` (same key, same number,
for ever), `build` (deterministic bytes), `submit`, `poll`, `find` (the only legal step after
`UNKNOWN`), `render`, and `credit`, which is a new request. This module holds their nouns.
"""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from mtd.core.money import Currency
from mtd.core.tax.request import FiscalKind

FAULTS_MAX = 200
"""So many faults of one document are told."""


class FiscalFault(Struct, frozen=True):
    """One thing wrong with a document: the field, in the country's own words, and its line."""

    field: str
    """Such as `Detalle/NmbItem`; empty for the document as a whole."""
    message: str
    line: int | None = None
    """The detail, allowance or reference line from 1; None outside of lines."""

    def __str__(self) -> str:
        """`Detalle/NmbItem, line 3: is missing`."""
        where = f"{self.field}, line {self.line}" if self.line is not None else self.field
        return f"{where}: {self.message}" if where else self.message


class Invalid(Struct, frozen=True):
    """A request that makes no lawful document; every fault at once, and no number was taken."""

    faults: tuple[FiscalFault, ...]


class FiscalTotals(Struct, frozen=True, kw_only=True):
    """Exact amounts of the document's currency: net + exempt + tax = total."""

    net: Decimal = Decimal(0)
    exempt: Decimal = Decimal(0)
    tax: Decimal = Decimal(0)
    total: Decimal = Decimal(0)
    tax_rate: Decimal = Decimal(0)
    """Percent."""


class Rounding(Struct, frozen=True):
    """One rounding that was done: of which field, from what, to what."""

    field: str
    exact: Decimal
    rounded: Decimal


class Part(Struct, frozen=True, array_like=True):
    """A named value or a named sequence of parts: a local document as a tree, before its bytes."""

    name: str
    text: str = ""
    parts: tuple["Part", ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()
    """Names and values, by name; only in countries whose documents have any."""


class FiscalPlan(Struct, frozen=True, kw_only=True):
    """The document as it will be, short of its number, its moment and its signature."""

    country: str
    kind: FiscalKind
    type_code: str
    """The country's own: 39 in Chile, 03 in Peru."""
    currency: Currency
    totals: FiscalTotals
    content: tuple[Part, ...]
    """The local document's parts in order."""
    rounding: tuple[Rounding, ...] = ()
    warnings: tuple[FiscalFault, ...] = ()
    rule_version: str


class FiscalNumber(Struct, frozen=True):
    """A document's number for ever: who authorised it, its series and the number in it."""

    authority: str
    series: str
    number: int


class SignedArtifact(Struct, frozen=True):
    """Bytes that never change again."""

    content: bytes
    media_type: str
    sha256: str
    """Of `content`, in hexadecimal."""
    verification: str = ""
    """What the printed document shows to be checked by: the stamp, the hash or the code."""


class SubmissionState(StrEnum):
    """What is known after sending."""

    ACCEPTED = "accepted"
    PENDING = "pending"
    REJECTED = "rejected"
    NOT_SENT = "not_sent"
    """Nothing arrived: it may be sent again."""
    UNKNOWN = "unknown"
    """Nobody can tell whether it arrived: only `find` may follow."""


class Submission(Struct, frozen=True, kw_only=True):
    """One sending and what the other side said at once."""

    state: SubmissionState
    reference: str = ""
    """The other side's own, such as a track id."""
    codes: tuple[str, ...] = ()
    message: str = ""


class OutcomeState(StrEnum):
    """Where a document stands with the authority."""

    ACCEPTED = "accepted"
    ACCEPTED_WITH_OBJECTIONS = "accepted_with_objections"
    REJECTED = "rejected"
    PENDING = "pending"
    UNKNOWN = "unknown"
    EXPIRED = "expired"


class FiscalOutcome(Struct, frozen=True, kw_only=True):
    """The authority's answer for one document, or that there is none yet."""

    state: OutcomeState
    codes: tuple[str, ...] = ()
    """The authority's own codes, most telling first."""
    fixable: bool = False
    """Of a rejection: the authority has not stored it, so it is corrected under its number."""
    message: str = ""
    at: datetime | None = None


class Known(StrEnum):
    """What `find` can say of a document."""

    FOUND = "found"
    NOT_FOUND = "not_found"
    CANNOT_TELL = "cannot_tell"


class Finding(Struct, frozen=True):
    """The answer to `find`: with `FOUND` comes how the document stands."""

    known: Known
    outcome: FiscalOutcome | None = None
