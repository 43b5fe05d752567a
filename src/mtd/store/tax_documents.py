"""Tax documents as they are stored: whose they are, where they stand, and their signed bytes."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import msgspec

from mtd.core.tax.tracking import document_number, tracking_id
from mtd.store.sessions import Asker, structs
from mtd.store.statements import statements

_SQL = statements("tax_documents")


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """What one document is found by."""

    tenant: int
    issuer: str
    """Tax id."""
    type_code: str
    series: str = ""
    folio: int

    @property
    def number(self) -> str:
        """Type and folio, `39-1234`, or with its series `01-F001-17`."""
        return document_number(self.type_code, self.series, self.folio)

    @property
    def tracking_id(self) -> str:
        """What its order's process follows it by, and `DteStatusChanged` is keyed with."""
        return tracking_id(self.issuer, self.type_code, self.series, self.folio)


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """A document's row."""

    tenant: int
    instance: str
    """Whose it is for ever; of an order, its id."""
    effect: str
    """`element:visit` of the step that took the folio."""
    issuer: str
    type_code: str
    series: str
    folio: int
    provider: str
    currency: str
    total: Decimal
    credited: Decimal
    """What notes that were not voided took back of it."""
    issued_at: datetime
    changed_at: datetime
    handed_at: datetime | None
    """When it was given to the post office."""
    state: str
    """Of TaxDocumentState (reference processes §5.1 c)."""
    codes: str
    """What the authority answered, most telling first, separated by blanks."""
    reason: str
    refers_type: str | None
    refers_series: str
    refers_folio: int | None
    hash: bytes | None
    """SHA-256 of its signed bytes."""
    envelope: str | None
    """The one that it was last put into."""
    track_id: str | None
    """The authority's, of that envelope."""

    @property
    def key(self) -> Key:
        """What it is found by."""
        return Key(
            tenant=self.tenant,
            issuer=self.issuer,
            type_code=self.type_code,
            series=self.series,
            folio=self.folio,
        )


class SealedBytes(msgspec.Struct, frozen=True, kw_only=True):
    """A document's signed bytes as they are kept, and what opens them."""

    tenant: int
    instance: str
    issuer: str
    type_code: str
    series: str
    folio: int
    key_id: str
    wrapped_key: bytes | None
    """None: the person was erased."""
    ciphertext: bytes
    media_type: str
    hash: bytes

    @property
    def key(self) -> Key:
        """What the document is found by."""
        return Key(
            tenant=self.tenant,
            issuer=self.issuer,
            type_code=self.type_code,
            series=self.series,
            folio=self.folio,
        )


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """What the authority said of one document."""

    key: Key
    state: str
    codes: str = ""
    reason: str = ""


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """A document that is in another state than it was."""

    tenant: int
    instance: str
    issuer: str
    type_code: str
    series: str
    folio: int
    state: str
    codes: str


def kept_name(key: Key) -> str:
    """The name under which a document's signed bytes are kept with its order."""
    return f"dte-{key.number}.xml"


async def of_instances(asker: Asker, instances: Sequence[tuple[int, str]]) -> list[Stored]:
    """The documents of instances, by tenant and id; each one's oldest first."""
    given = {"tenants": [t for t, _ in instances], "instances": [i for _, i in instances]}
    return structs(Stored, await asker.fetch(*_SQL["of"](**given)))


async def by_folio(asker: Asker, key: Key) -> Stored | None:
    """One document."""
    rows = await asker.fetch(*_SQL["by_folio"](**msgspec.structs.asdict(key)))
    return next(iter(structs(Stored, rows)), None)


async def signed_bytes(asker: Asker, keys: Sequence[Key]) -> list[SealedBytes]:
    """The latest signed bytes of these documents, in no order; none of one that was not signed."""
    given = _columns(keys) | {"names": [kept_name(key) for key in keys]}
    return structs(SealedBytes, await asker.fetch(*_SQL["bytes"](**given)))


async def settle(asker: Asker, settled: Sequence[Settled]) -> list[Changed]:
    """Note what the authority said; those of which it was news.

    In one transaction with what tells others of it. A note that is accepted cancels the document
    of which nothing is left.
    """
    keys = [one.key for one in settled]
    rows = await asker.fetch(
        *_SQL["settled"](
            **_columns(keys),
            states=[one.state for one in settled],
            codes=[one.codes for one in settled],
            reasons=[one.reason for one in settled],
        )
    )
    await asker.fetch(*_SQL["cancelled"](**_columns(keys)))
    return structs(Changed, rows)


def _columns(keys: Sequence[Key]) -> dict[str, list[object]]:
    return {
        "tenants": [key.tenant for key in keys],
        "issuers": [key.issuer for key in keys],
        "type_codes": [key.type_code for key in keys],
        "series": [key.series for key in keys],
        "folios": [key.folio for key in keys],
    }
