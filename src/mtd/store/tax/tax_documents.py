"""Tax documents as they are stored: whose they are, where they stand, and their signed bytes."""

from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal

import msgspec
from msgspec.structs import replace

from mtd.core.tax.document import DocumentKey, DocumentState, Numbered, TaxDocument
from mtd.store.sessions import Asker, Row, structs
from mtd.store.statements import statements

_SQL = statements("tax/tax_documents")


class SealedBytes(Numbered, frozen=True, kw_only=True):
    """A document's signed bytes as they are kept, and what opens them."""

    instance: str
    person: bytes
    key_id: str
    wrapped_key: bytes | None
    """None: the person was erased."""
    ciphertext: bytes
    media_type: str
    hash: bytes


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """What the authority said of one document."""

    key: DocumentKey
    state: DocumentState
    codes: str = ""
    reason: str = ""


class Changed(Numbered, frozen=True, kw_only=True):
    """A document that is in another state than it was."""

    instance: str
    state: DocumentState
    codes: str


class Annulled(Numbered, frozen=True, kw_only=True):
    """A credit note that a debit note annulled."""

    total: Decimal
    order: str
    """The key of its order; empty where it has none."""


class Booked(msgspec.Struct, frozen=True, kw_only=True):
    """A document beside its order, as an auditor lists them."""

    issuer: str
    type_code: str
    series: str
    folio: int
    total: Decimal
    state: str
    codes: str
    reason: str
    is_sale: bool
    instance: str
    amount: Decimal | None
    """The order's; None of a document without one."""


def kept_name(key: DocumentKey) -> str:
    """The name under which a document's signed bytes are kept with its order."""
    return f"dte-{key.number}.xml"


async def of_instances(asker: Asker, instances: Sequence[tuple[int, str]]) -> list[TaxDocument]:
    """The documents of instances, by tenant and id; each one's oldest first."""
    given = {"tenants": [t for t, _ in instances], "instances": [i for _, i in instances]}
    return _documents(await asker.fetch(*_SQL["of"](**given)))


async def by_folio(asker: Asker, key: DocumentKey) -> TaxDocument | None:
    """One document."""
    rows = await asker.fetch(*_SQL["by_folio"](**msgspec.structs.asdict(key)))
    return next(iter(_documents(rows)), None)


async def signed_bytes(asker: Asker, keys: Sequence[DocumentKey]) -> list[SealedBytes]:
    """The latest signed bytes of these documents, in no order; none of one that was not signed."""
    given = _columns(keys) | {"names": [kept_name(key) for key in keys]}
    return structs(SealedBytes, await asker.fetch(*_SQL["bytes"](**given)))


async def settle(asker: Asker, settled: Sequence[Settled]) -> list[Changed]:
    """Note what the authority said; those of which it was news.

    In one transaction with what tells others of it, and with `cancel`.
    """
    rows = await asker.fetch(
        *_SQL["settled"](
            **_columns([one.key for one in settled]),
            states=[one.state for one in settled],
            codes=[one.codes for one in settled],
            reasons=[one.reason for one in settled],
        )
    )
    return [replace(one, state=DocumentState(one.state)) for one in structs(Changed, rows)]


async def cancel(
    asker: Asker, notes: Sequence[DocumentKey], debit_notes: Collection[str]
) -> list[Annulled]:
    """Cancel the documents of which accepted `notes` left nothing; the credit notes among them.

    Where that is a credit note, and the note's type one of `debit_notes`, what the credit note
    took back is there again.
    """
    asked = _SQL["cancelled"](**_columns(notes), debit_notes=list(debit_notes))
    return structs(Annulled, await asker.fetch(*asked))


async def every(asker: Asker, tenant: int) -> list[Booked]:
    """Every document of a tenant, by issuer, type and folio."""
    return structs(Booked, await asker.fetch(*_SQL["every"](tenant=tenant)))


def _documents(rows: Iterable[Row]) -> list[TaxDocument]:
    return [replace(one, state=DocumentState(one.state)) for one in structs(TaxDocument, rows)]


def _columns(keys: Sequence[DocumentKey]) -> dict[str, list[object]]:
    return {
        "tenants": [key.tenant for key in keys],
        "issuers": [key.issuer for key in keys],
        "type_codes": [key.type_code for key in keys],
        "series": [key.series for key in keys],
        "folios": [key.folio for key in keys],
    }
