"""Papers of the store's tests: ranges of folios and documents that are numbered from them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from mtd.core.tax.document import DocumentState
from mtd.store.arriving import letters
from mtd.store.engine.issuance import Issuance, Signed
from mtd.store.engine.loading import Content
from mtd.store.engine.worker import Worker
from mtd.store.orders.kept import SealedDocument
from mtd.store.store import Store
from mtd.store.tax.folios import NewRange
from tests.store.making import new_id

ISSUER = "76111111-6"
DAY = date(2026, 11, 27)
NOON = datetime(2026, 11, 27, 15, tzinfo=UTC)


def a_range(first: int, last: int, **other: Any) -> NewRange:
    """Folios of boletas, usable for half a year."""
    usual = NewRange(
        id=new_id(),
        issuer=ISSUER,
        type_code="39",
        first=first,
        last=last,
        environment="simulated",
        authorised_on=date(2026, 11, 1),
        expires_on=date(2027, 5, 1),
        authorisation="<CAF/>",
        sealed_key=b"sealed",
    )
    return replace(usual, **other)


def a_document(folio: int, **other: Any) -> Issuance:
    """A boleta that has its folio and nothing more."""
    usual = Issuance(
        issuer=ISSUER,
        type_code="39",
        folio=folio,
        effect="task:1",
        provider="cl.native",
        currency="CLP",
        total=Decimal(1190),
        issued_at=NOON,
        state=DocumentState.FOLIO_ASSIGNED,
    )
    return replace(usual, **other)


def kept_with(content: Content) -> SealedDocument:
    """What came back with a call of an order."""
    return SealedDocument(
        tenant=content.tenant,
        order=content.order,
        person=content.person,
        key_id=content.key_id,
        name="39-1.pdf",
        media_type="application/pdf",
        hash=bytes(32),
        ciphertext=b"sealed",
    )


async def fill_papers(store: Store, worker: Worker, tenant: int) -> None:
    """A letter that came back, and what a restored database is told of folios."""
    letter = letters.Letter(
        tenant=tenant, instance=new_id(), document="33-1", kind="x", reference="", recipient=b"x"
    )
    said = letters.Taken(letter=letter, mail_id="a@b.example", enclosures=2)
    await letters.taken(worker.asking, [said])
    async with store.door(tenant) as connection:
        await letters.bounced(connection, tenant, [("", b'{"mail_id": "a@b.example"}')])
    await worker.asking.fetch("INSERT INTO folio_mark VALUES ($1, 9, 'x', '39', '')", tenant)
    await worker.asking.fetch(
        "INSERT INTO folio_promise VALUES ($1, 9, now(), 1, 'x', '39', '', 'CL/a/b/c')", tenant
    )


def signed(folio: int, content: bytes = b"sealed bytes", **other: Any) -> Signed:
    """Signed bytes of it."""
    usual = Signed(
        name=f"dte-39-{folio}.xml",
        media_type="application/xml",
        person=b"person",
        key_id=new_id(),
        hash=content.ljust(32, b"."),
        ciphertext=content,
    )
    return replace(usual, **other)
