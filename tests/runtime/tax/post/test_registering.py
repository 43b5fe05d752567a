"""What buyers say of invoices is read, kept, shown and told once."""

from tests.runtime.conftest import Founded
from tests.runtime.tax.post.mail import mail

TOLD = "SELECT count(*) FROM message WHERE name = 'BuyerSaid'"
INVOICE = "SELECT * FROM tax_document WHERE type_code = '33' AND state = 'ACCEPTED'"


async def test_receipts_and_claims_are_kept_and_told_once(found: Founded) -> None:
    async with mail(found, pace={"register_s": 0.2}) as post:
        await post.plant.orders("sale", 30)
        async with post.plant.worker():
            await post.until_settled(30)
            invoice = (await post.plant.rows(INVOICE))[0]
            saying = {"issuer": invoice["issuer"], "code": "33", "folio": invoice["folio"]}
            await post.client.control("sii_registry", system={**saying, "event": "RFP"})
            await post.plant.until(f"{TOLD} HAVING count(*) = 1")
            await post.client.control("sii_registry", system={**saying, "event": "RCD"})
            await post.plant.until(f"{TOLD} HAVING count(*) = 2")
            looks = "SELECT max(register_asked_at) FROM tax_document"
            before = await post.plant.value(looks)
            await post.plant.until(f"SELECT ({looks}) > $1", before)
        assert await post.plant.value(TOLD) == 2
        rows = await post.plant.rows("SELECT code, by_tax_id, folio FROM buyer_event")
        assert {row["code"] for row in rows} == {"RFP", "RCD"}
        assert {row["folio"] for row in rows} == {invoice["folio"]}
        asked = "SELECT DISTINCT type_code FROM tax_document WHERE register_asked_at IS NOT NULL"
        assert [row["type_code"] for row in await post.plant.rows(asked)] == ["33"]
