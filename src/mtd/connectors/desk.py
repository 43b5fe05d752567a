"""The desk: what a transactional connector works with instead of a wire to another system.

It numbers, stamps and writes tax documents. What a connector puts down here is written in the
commit of its answer, or, where that is not committed, never was.
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from msgspec import Struct

from mtd.core.tax.certificate import BadCertificate, Signing
from mtd.core.tax.document import DocumentKey, DocumentState, TaxDocument
from mtd.core.tax.issuing import SignedArtifact
from mtd.core.tax.practice import Practice, Stamp


class NotYet(Exception):
    """Nothing can be done at this moment, and nothing was: the same attempt is made again."""

    def __init__(self, message: str, delay_s: float) -> None:
        super().__init__(message)
        self.delay_s = delay_s


class NoneLeft(Struct, frozen=True):
    """No number of this kind can be had before somebody authorises more."""

    message: str


class Paper(Struct, frozen=True, kw_only=True):
    """A tax document as this step leaves it."""

    type_code: str
    series: str = ""
    folio: int
    is_sale: bool = False
    """It documents the sale itself, which has one that counts and no more."""
    total: Decimal
    currency: str
    issued_at: datetime
    """The moment that it bears."""
    state: DocumentState
    befores: tuple[DocumentState, ...] = ()
    """States of which it must be in one; none: its number was taken in this very step."""
    handed: bool = False
    """It is to be sent by the post office."""
    reason: str = ""
    artifact: SignedArtifact | None = None
    """New signed bytes."""
    refers_to: DocumentKey | None = None
    """Of a note: the document that it corrects."""
    credit: Decimal = Decimal(0)
    """What this step takes back of that document; less than zero gives it back."""


class Promised(Struct, frozen=True, kw_only=True):
    """A number that this order had before the database was lost, and perhaps a document with it."""

    series: str
    folio: int
    issued_at: datetime
    """The moment that it bore: made anew at this one, the document is the same bytes."""
    total: Decimal


class Desk(Protocol):
    """What the runtime lays out for one attempt of one step."""

    @property
    def tenant(self) -> int:
        """Whose documents they are."""
        ...

    @property
    def effect(self) -> str:
        """`element:visit` of this step, the same for every attempt."""
        ...

    def now(self) -> datetime:
        """Database time."""
        ...

    async def documents(self) -> Sequence[TaxDocument]:
        """Every document of this instance, oldest first."""
        ...

    async def promised(
        self, issuer: str, type_code: str, total: Decimal, folio: int | None
    ) -> Promised | None:
        """The number that this order had before a loss: `folio`, or one for that amount, or any."""
        ...

    async def number(
        self, issuer: str, type_code: str, series: str, *, environment: str, day: date
    ) -> int | NoneLeft:
        """A folio that nobody had before, this step's if it is written down. Raises NotYet.

        `series`: empty in countries without; `day`: on which it is to be usable.
        """
        ...

    async def stamp(self, practice: Practice, type_code: str, folio: int) -> Stamp | NoneLeft:
        """What stamps this folio."""
        ...

    async def signer(self, practice: Practice) -> Signing | BadCertificate:
        """Who signs for this taxpayer now."""
        ...

    def write(self, provider: str, issuer: str, paper: Paper) -> str | None:
        """Put a document down; why it cannot be, where it cannot."""
        ...
