"""The mailroom: what a letter may enclose of its order's tax documents, and what became of it."""

from datetime import datetime
from typing import Protocol

import msgspec

from mtd.connectors.wire.exchange import Artifact
from mtd.core.process.outcome import Failed


class Addressed(msgspec.Struct, frozen=True, kw_only=True):
    """A letter with a document, as it is told from every other one."""

    document: str
    """Type and folio, such as `39-1234`."""
    kind: str
    reference: str = ""
    """Tells two wanted letters of one kind apart."""
    recipient: str


class Enclosed(msgspec.Struct, frozen=True, kw_only=True):
    """A document as a letter encloses it: the same each time."""

    artifacts: tuple[Artifact, ...]
    """PDF and XML."""
    dated: datetime
    """What the letter bears: the document's own moment."""
    exchanged: bool
    """It is a document between taxpayers, and its XML an envelope to the buyer."""
    bounced: int
    """How often this letter came back: another one is wanted then."""


class Mailroom(Protocol):
    """What the runtime lays out for one attempt at a letter."""

    async def enclosed(self, letter: Addressed) -> Enclosed | Failed | None:
        """The letter's document; None: the order has no such document that can be read."""
        ...

    async def taken(
        self, letter: Addressed, mail_id: str, enclosures: int, refusal: str = ""
    ) -> None:
        """Note with the document that the provider took the letter, or why it never will."""
        ...
