"""Receipts and claims: what buyers recorded of invoices, each thing once."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec.structs import asdict

from mtd.core.tax.document import DocumentKey, Numbered
from mtd.store.sessions import Asker, Connection, structs
from mtd.store.statements import statements

PAGE_MAX = 50
"""Documents asked about in one round."""

_SQL = statements("tax/buyers")


class Claimable(Numbered, frozen=True, kw_only=True):
    """An invoice that its buyer may still claim."""

    order: str
    """Key of its order; empty of a document that somebody asked for directly."""


class BuyerEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One receipt, claim or note that the register has of an invoice."""

    code: str
    """ACD accepts the content, ERM received the goods; RCD, RFP, RFT claim; NCA, ENC are notes."""
    recorded_at: str
    """As the register writes it: local time."""
    by_tax_id: str
    """Masked: the buyer is who the document names."""
    description: str
    seen_at: datetime
    """When MTD read it."""


async def claimable(
    asker: Asker, issuers: Sequence[str], days: int, every_s: float
) -> list[Claimable]:
    """Invoices that the register is to be asked about now, a page of them."""
    given = {"issuers": issuers, "days": days, "every_s": every_s, "page": PAGE_MAX}
    return structs(Claimable, await asker.fetch(*_SQL["claimable"](**given)))


async def heard(
    connection: Connection, worker: str, key: DocumentKey, events: Sequence[tuple[str, ...]]
) -> list[BuyerEvent]:
    """Keep events (code, moment, RUT, description) of a document; those that are news."""
    codes, moments, ruts, texts = ([one[n] for one in events] for n in range(4))
    await connection.execute(*_SQL["asked"](**asdict(key)))
    rows = await connection.fetch(
        *_SQL["heard"](
            worker=worker,
            tenant=key.tenant,
            issuer=key.issuer,
            type_code=key.type_code,
            folio=key.folio,
            codes=codes,
            recorded_ats=moments,
            by_tax_ids=ruts,
            descriptions=texts,
        )
    )
    return structs(BuyerEvent, rows)


async def of(asker: Asker, key: DocumentKey) -> list[BuyerEvent]:
    """What was recorded of a document, oldest first."""
    given = {name: value for name, value in asdict(key).items() if name != "series"}
    return structs(BuyerEvent, await asker.fetch(*_SQL["of"](**given)))


async def is_heard(connection: Connection, tenant: int, name: str, key: str) -> bool:
    """Whether anybody awaits a message of this name and key."""
    rows = await connection.fetch(*_SQL["is_heard"](tenant=tenant, name=name, key=key))
    return bool(rows[0]["heard"])
