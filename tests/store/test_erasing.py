"""Erasing a person: all is noise at once, but what opens a tax document that is to be kept."""

from datetime import timedelta

import pytest

from mtd.store.orders import orders
from mtd.store.sessions import Session
from mtd.store.store import Store
from tests.store.making import an_order, count


@pytest.mark.parametrize(("years", "erased"), [(5, 0), (7, 1)])
async def test_a_tax_document_of_six_years_goes_before(
    store: Store, admin: Session, years: int, erased: int
) -> None:
    await store.deliver([an_order("A-1")])
    (row,) = await admin.fetch("SELECT order_id, person, key_id FROM order_payload")
    await admin.fetch(
        "INSERT INTO kept_document (tenant_id, order_id, key_id, person, name, media_type, hash,"
        " ciphertext) VALUES (1, $1, $2, $3, 'dte-39-1.xml', 'application/xml', $4, '')",
        *(row["order_id"], row["key_id"], row["person"], b"h" * 32),
    )
    await admin.fetch(
        "INSERT INTO tax_document (tenant_id, folio, issued_at, changed_at, instance_id, total,"
        " issuer, type_code, series, effect, provider, currency, state, hash)"
        " VALUES (1, 1, now() - $3::interval, now(), $1, 1, 'x', '39', '', 't:1', 'cl.native',"
        " 'CLP', 'ACCEPTED', $2)",
        *(row["order_id"], b"h" * 32, timedelta(days=365 * years + 3)),
    )
    async with store.door(1) as connection:
        assert await orders.erase(connection, 1, row["person"]) == erased
    assert await count(admin, "person_key", "wrapped IS NULL") == erased
