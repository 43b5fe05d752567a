"""Loading: instances folded from their snapshot and journal, and the content of their orders."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from itertools import groupby

import msgspec

from mtd.core.process import journal
from mtd.core.process.instance import Instance
from mtd.core.process.journal import Entry
from mtd.store.engine.collecting import Suspicion, suspicion
from mtd.store.engine.turned import NEVER, Status
from mtd.store.engine.worker import Worker
from mtd.store.sessions import Row, structs
from mtd.store.statements import statements

VERSION = f"{journal.VERSION}.1"
"""Of snapshots: one of another version is not read; the instance is folded anew."""

_SQL = statements("engine/collect")
_ENCODER = msgspec.json.Encoder(decimal_format="number")
_DECODER = msgspec.json.Decoder(Instance, float_hook=Decimal)


class Loaded(msgspec.Struct, frozen=True, kw_only=True):
    """An instance as its journal tells it, and what its rows say beside."""

    tenant: int
    instance: Instance
    wake_at: datetime | None
    """LIVE, NEVER or when it is due, as stored."""
    status: Status | None
    """Where its order stands; None: it carries no order."""
    content_version: int | None
    """The latest version of its order's content."""
    snapshot_seq: int
    """The journal row of its snapshot; 0: it has none."""
    held_by: str | None
    """The pause for whose end it waits."""
    suspicion: Suspicion | None


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """One version of an order's content, sealed."""

    tenant: int
    order: str
    version: int
    person: bytes
    key_id: str
    wrapped_key: bytes | None
    """None: the person was erased, and nobody can open this any more."""
    ciphertext: bytes
    hash: bytes


async def load(worker: Worker, ids: Sequence[tuple[int, str]]) -> list[Loaded]:
    """The instances `(tenant, id)` that exist, in no particular order.

    Raises ValueError for a journal with a gap, or written by a newer version of this program.
    """
    if not ids:
        return []
    tenants, instances = zip(*ids, strict=True)
    named = {"tenants": tenants, "ids": instances, "version": VERSION}
    rows = await worker.reading.insist(*_SQL["instances"](**named))
    entries = await worker.reading.insist(*_SQL["entries"](**named))
    steps = {
        key: [Entry(*row[2:]) for row in group]
        for key, group in groupby(entries, lambda row: (row[0], row[1]))
    }
    return [_loaded(row, steps.get((row["tenant_id"], row["id"]), [])) for row in rows]


async def contents(worker: Worker, wanted: Sequence[tuple[int, str, int]]) -> list[Content]:
    """The content of orders `(tenant, id, version)`; version 0 is the latest."""
    if not wanted:
        return []
    tenants, ids, versions = zip(*wanted, strict=True)
    asked = _SQL["contents"](tenants=tenants, ids=ids, versions=versions)
    return structs(Content, await worker.reading.insist(*asked))


def encode(instance: Instance) -> bytes:
    """`instance` as a snapshot of this VERSION."""
    return _ENCODER.encode(instance)


def decode(state: bytes) -> Instance:
    """The instance in a snapshot of this VERSION."""
    return _DECODER.decode(state)


def _loaded(row: Row, entries: list[Entry]) -> Loaded:
    blank = Instance(id=str(row["id"]), definition=row["definition"], key=row["key"])
    kept = decode(row["snapshot"]) if row["snapshot"] is not None else blank
    wake_at: datetime | None = row["wake_at"]
    return Loaded(
        tenant=row["tenant_id"],
        instance=journal.fold(kept, entries),
        wake_at=NEVER if wake_at is not None and wake_at.tzinfo is None else wake_at,
        status=_status(row),
        content_version=row["content_version"],
        snapshot_seq=kept.seq,
        held_by=row["held_by"],
        suspicion=suspicion(row["adopted"], row["deaths"]),
    )


def _status(row: Row) -> Status | None:
    if row["state"] is None:
        return None
    reached = tuple(reversed(row["reached"].split()))
    return Status(state=row["state"], reached=reached, resume=row["resume"])
