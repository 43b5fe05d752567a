"""What comes in by the one door, and what the door answers: a definite outcome for each.

Ids are UUIDv7 as text, made by the caller (`ids.uuid7`); an arrival's id is that of the row
it becomes. `source` and `message_id` say who sent it and what the sender calls it: the pair
is remembered after the row is consumed, so a repetition is a `Duplicate` for ever.
"""

from datetime import datetime
from decimal import Decimal

import msgspec


class Sealed(msgspec.Struct, frozen=True, kw_only=True):
    """One version of an order's content, encrypted with a key of the person it is about."""

    person: bytes
    """Blind id of the person, at most 32 bytes; one person has many orders."""
    key_id: str
    """UUID of the person's key that opens `ciphertext`."""
    wrapped_key: bytes
    """That key, itself encrypted; kept once, gone when the person is erased."""
    ciphertext: bytes
    hash: bytes
    """SHA-256 of the canonical bytes before encryption: what tells a duplicate from a change."""


class NewOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order and the instance that will carry it."""

    tenant: int
    id: str
    """Id of the order and of its instance."""
    country: str
    store: str
    channel: str
    external_id: str
    """With the three above it, the order's key: one order has it, for ever."""
    branch: str = ""
    currency: str
    amount: Decimal
    placed_at: datetime
    promised_at: datetime | None = None
    buyer_document: str
    """What the buyer asked for: `RECEIPT` or `INVOICE`; never a person's number."""
    content: Sealed
    keys: tuple[bytes, ...] = ()
    """Blind index of what people search by: keyed hashes, at most 32 bytes each."""
    definition: str
    """`name@version` of the process to start."""
    trigger: bytes
    """A `trigger.Start` as JSON."""
    source: str
    message_id: str | None = None
    """The sender's name for this delivery, where it has one beside the order's key."""

    @property
    def key(self) -> str:
        """The order key, as people and messages cite it: `CL/paris/ecommerce/PW-1`."""
        return f"{self.country}/{self.store}/{self.channel}/{self.external_id}"


class NewInstance(msgspec.Struct, frozen=True, kw_only=True):
    """The start of an instance that carries no order."""

    tenant: int
    id: str
    """Id of the instance."""
    definition: str
    key: str = ""
    """Its business key; not unique."""
    trigger: bytes
    """A `trigger.Start` as JSON."""
    source: str
    message_id: str


class ForInstance(msgspec.Struct, frozen=True, kw_only=True):
    """A trigger for one instance: a person's answer, an operator's repair."""

    tenant: int
    id: str
    instance: str
    trigger: bytes
    """A `trigger.Submitted`, `Retried`, `Stopped` or `Changed` as JSON."""
    source: str
    message_id: str


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """A message for whoever awaits its key, or a signal for all who listen now."""

    tenant: int
    id: str
    name: str
    key: str | None
    """Correlation key; None makes it a signal."""
    payload: bytes = b"{}"
    """JSON object."""
    ttl_s: float = 0.0
    """How long an early message waits to be awaited; 0: refused unless awaited now."""
    broadcast: bool = False
    """All who await it now take it; else the one who has waited longest."""
    source: str
    message_id: str


Arrival = NewOrder | NewInstance | ForInstance | Published


class Accepted(msgspec.Struct, frozen=True, tag="accepted"):
    """It is durable, and will be acted upon; `id` is the instance's, or the message's."""

    id: str


class Duplicate(msgspec.Struct, frozen=True, tag="duplicate"):
    """It came before with the same content; `id` is what it became then."""

    id: str


class Changed(msgspec.Struct, frozen=True, tag="changed"):
    """This key came before with other content: kept as a conflict, not acted upon."""

    id: str
    """The order that has the key."""
    hash_before: bytes


class UnknownInstance(msgspec.Struct, frozen=True, tag="unknown_instance"):
    """There is no such instance; nothing was written."""

    id: str


class Unheard(msgspec.Struct, frozen=True, tag="unheard"):
    """Nobody awaits the message and it may not wait: kept as undelivered, with the reason."""

    id: str


class KeyErased(msgspec.Struct, frozen=True, tag="key_erased"):
    """The person was erased: nothing was written; seal the order with a new key."""

    person: bytes


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """PostgreSQL cannot store it: a NUL in a text, a number out of range."""

    reason: str


Receipt = Accepted | Duplicate | Changed | UnknownInstance | Unheard | KeyErased | Refused
