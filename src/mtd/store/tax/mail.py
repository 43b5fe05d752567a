"""Rows of the post office: documents that wait, envelopes, and what the authority said of them."""

from datetime import datetime
from decimal import Decimal

import msgspec

MADE, UNKNOWN, SENT, CLOSED = "MADE", "UNKNOWN", "SENT", "CLOSED"


class Queue(msgspec.Struct, frozen=True, kw_only=True):
    """Documents that wait for an envelope."""

    tenant: int
    issuer: str
    channel: str
    documents: int
    since: datetime
    """When the first of them was handed over."""


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """One document that waits, with its sealed bytes."""

    tenant: int
    instance: str
    type_code: str
    series: str
    folio: int
    hash: bytes
    key_id: str
    wrapped_key: bytes | None
    """None: the person was erased."""
    ciphertext: bytes
    promised: bool
    """It may have been sent before the database was lost."""


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """One document in an envelope."""

    type_code: str
    series: str
    folio: int
    hash: bytes


class Open(msgspec.Struct, frozen=True, kw_only=True):
    """A document of which nothing is settled yet."""

    type_code: str
    series: str
    folio: int
    issued_at: datetime
    total: Decimal
    bearer: str
    """The key of its order; of a document without one, its instance."""


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A new envelope."""

    id: str
    tenant: int
    issuer: str
    channel: str
    state: str = MADE
    """Or UNKNOWN: a document in it may have been sent before, and is asked after first."""
    hash: bytes
    sealed: bytes
    members: tuple[Member, ...]


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """An envelope that is to be looked at."""

    tenant: int
    id: str
    issuer: str
    channel: str
    state: str
    track_id: str
    attempts: int
    """Sendings, and questions while it is under way."""
    documents: int
    made_at: datetime
    sent_at: datetime | None
    sealed: bytes


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that the authority said of an envelope."""

    n: int
    at: datetime
    operation: str
    content: bytes


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """What is told to an instance."""

    id: str
    key: str
    payload: bytes
