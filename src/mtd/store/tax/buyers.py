"""Receipts and claims: what buyers recorded of invoices, each thing once."""

from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec
from msgspec.structs import asdict

from mtd.core.tax.document import DocumentKey, Numbered
from mtd.store.sessions import Asker, Connection, structs
from mtd.store.statements import statements

PAGE_MAX = 50
"""Documents asked about in one round."""
UNHEARD_MAX = 1_000
"""Claims that are told of at once."""

_SQL = statements("tax/buyers")


class Claimable(Numbered, frozen=True, kw_only=True):
    """An invoice that its buyer may still claim."""

    order: str
    """Key of its order; empty of a document that somebody asked for directly."""


class Awaited(msgspec.Struct, frozen=True, kw_only=True):
    """The message by which a document's order hears of a claim."""

    name: str
    order: str
    """The key of the order; empty: there is none, and nobody hears."""
    codes: frozenset[str]
    """Those that are claims."""


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
    unheard: bool
    """A claim that no process awaited then: it is a person's to see to."""


class Unheard(msgspec.Struct, frozen=True, kw_only=True):
    """A claim that no process heard."""

    document: str
    """Type and folio, such as `33-1234`."""
    code: str
    seen_at: datetime
    order: str | None
    """Its id; None of a document that somebody asked for directly."""
    store: str
    external_id: str
    answered_at: datetime | None
    """When the first credit note of the document since then was issued; None: there is none."""


async def claimable(
    asker: Asker, issuers: Sequence[str], days: int, every_s: float
) -> list[Claimable]:
    """Invoices that the register is to be asked about now, a page of them."""
    given = {"issuers": issuers, "days": days, "every_s": every_s, "page": PAGE_MAX}
    return structs(Claimable, await asker.fetch(*_SQL["claimable"](**given)))


async def heard(
    connection: Connection,
    worker: str,
    key: DocumentKey,
    events: Sequence[tuple[str, ...]],
    awaited: Awaited,
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
            claims=list(awaited.codes),
            claimed=awaited.name,
            order=awaited.order,
        )
    )
    return structs(BuyerEvent, rows)


async def of(asker: Asker, key: DocumentKey) -> list[BuyerEvent]:
    """What was recorded of a document, oldest first."""
    given = {name: value for name, value in asdict(key).items() if name != "series"}
    return structs(BuyerEvent, await asker.fetch(*_SQL["of"](**given)))


async def unheard(
    asker: Asker, tenant: int, notes: Collection[str], since: datetime, until: datetime
) -> list[Unheard]:
    """Claims that no process heard, the first that were read between two moments.

    `notes`: types of document that answer one.
    """
    given = {"tenant": tenant, "notes": list(notes), "page": UNHEARD_MAX}
    given |= {"since": since, "until": until}
    return structs(Unheard, await asker.fetch(*_SQL["unheard"](**given)))
