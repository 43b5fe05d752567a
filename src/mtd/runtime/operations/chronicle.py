"""The chronicle of an order: each row of its journal by its label, in words, and with evidence."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from mtd.core.process.definition import Definition
from mtd.core.process.journal import Entry, Record, decode
from mtd.core.process.telling import label, told
from mtd.runtime.engine.setting_aside import HELD
from mtd.store.engine.turned import Attempted
from mtd.store.orders.trace import Traced


class Try(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt at a legacy system; secrets and personal data were masked when it was kept."""

    service: str
    attempt: int
    wait: int
    visit: str
    """With the element, the part of the idempotency key that its instance gives."""
    at: datetime
    took_ms: float
    outcome: str
    request: msgspec.Raw
    response: msgspec.Raw


class Chapter(msgspec.Struct, frozen=True, kw_only=True):
    """One row of an order's journal."""

    seq: int
    at: datetime
    kind: str
    """The trigger: start, answered, fired, received, submitted, …"""
    element: str
    """Id of the element that it was for; empty for the process."""
    label: str
    """What the drawing calls that element."""
    told: list[str]
    """What followed, a line each."""
    what: msgspec.Raw
    """What came in, and the facts that followed."""
    attempts: list[Try]


def chronicle(definition: Definition, traced: Iterable[Traced]) -> list[Chapter]:
    """The rows `traced`, of an instance of `definition`, as people and clients read them."""
    return [_chapter(definition, one) for one in traced]


def _chapter(definition: Definition, traced: Traced) -> Chapter:
    entry, record = traced.entry, decode(traced.entry.payload)
    return Chapter(
        seq=entry.seq,
        at=entry.at,
        kind=entry.kind,
        element=entry.element,
        label=label(definition, entry.element) if entry.element else "",
        told=told(definition, record.facts) + _held(entry, record),
        what=msgspec.Raw(entry.payload),
        attempts=[_try(one) for one in traced.attempts],
    )


def _held(entry: Entry, record: Record) -> list[str]:
    return [f"waits for the end of pause {record.cause[1]}"] if entry.kind == HELD else []


def _try(attempted: Attempted) -> Try:
    return Try(
        service=attempted.service,
        attempt=attempted.attempt,
        wait=attempted.wait,
        visit=attempted.visit,
        at=attempted.at,
        took_ms=attempted.took_ms,
        outcome=attempted.outcome,
        request=msgspec.Raw(attempted.request or b"null"),
        response=msgspec.Raw(attempted.response or b"null"),
    )
