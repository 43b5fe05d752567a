"""What buyers say of invoices is read, kept, shown and told once."""

import asyncio

from structlog.testing import capture_logs

from mtd.core.process.definition import Definition, Event, Person, Service
from mtd.store.engine.housekeeping import expire_messages
from tests.core.process.sketch import Sketch
from tests.runtime.conftest import Founded
from tests.runtime.plant import LOOK_S, PATIENCE_S, named
from tests.runtime.tax.post.mail import Mail, mail
from tests.runtime.tax.steps import RETRY
from tests.store.making import a_worker

UNHEARD = "a claim that no process hears"
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


def claimable() -> Definition:
    """A sale whose process hears a claim, and lets a person see to it."""
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.add("serviceTask", "issue", work=Service(connector="tax.issue", retry=RETRY))
    hears = (Event(kind="message", name="BuyerClaimed"),)
    sketch.add("intermediateCatchEvent", "claim", events=hears)
    sketch.add("userTask", "see", work=Person(role="agent"))
    sketch.add("endEvent", "end")
    sketch.chain("start", "issue", "claim", "see", "end")
    return named(sketch, "sale")


async def test_a_claim_reaches_the_orders_process_and_a_receipt_does_not(found: Founded) -> None:
    with capture_logs() as logs:
        async with mail(found, claimable(), pace={"register_s": 0.2}) as post:
            await _heard(post)
    assert UNHEARD not in [one["event"] for one in logs]


async def _heard(post: Mail) -> None:
    plant = post.plant
    await plant.orders("sale", 30)
    async with plant.worker():
        await post.until_settled(30)
        one, other = (await plant.rows(INVOICE))[:2]
        for invoice, event in ((one, "ERM"), (other, "RFT")):
            saying = {"issuer": invoice["issuer"], "code": "33", "folio": invoice["folio"]}
            await post.client.control("sii_registry", system={**saying, "event": event})
        await plant.until(f"{TOLD} HAVING count(*) = 2")
        await plant.until("SELECT count(*) = 1 FROM user_task")
    assert await plant.rows("SELECT 1 FROM buyer_event WHERE unheard") == []
    tasks = await plant.rows("SELECT instance_id FROM user_task")
    assert [row["instance_id"] for row in tasks] == [other["instance_id"]]


async def test_a_claim_after_the_orders_end_is_told_of_at_once_and_kept(found: Founded) -> None:
    async with mail(found, pace={"register_s": 0.2}) as post:
        plant = post.plant
        await plant.orders("sale", 30)
        with capture_logs() as logs:
            async with plant.worker():
                await post.until_settled(30)
                await plant.until_ended(30)
                invoice = (await plant.rows(INVOICE))[0]
                saying = {"issuer": invoice["issuer"], "code": "33", "folio": invoice["folio"]}
                await post.client.control("sii_registry", system={**saying, "event": "RCD"})
                await plant.until("SELECT count(*) = 1 FROM message WHERE name = 'BuyerClaimed'")
                for _ in range(round(PATIENCE_S / LOOK_S)):
                    if UNHEARD in [one["event"] for one in logs]:
                        break
                    await asyncio.sleep(LOOK_S)
        key = await plant.value(
            "SELECT country || '/' || store || '/' || channel || '/' || external_id"
            " FROM purchase_order WHERE id = $1",
            invoice["instance_id"],
        )
        [warned] = [one for one in logs if one["event"] == UNHEARD]
        assert warned["order"] == key and str(invoice["folio"]) in warned["document"]
        (event,) = await plant.rows("SELECT code, folio FROM buyer_event WHERE unheard")
        assert (event["code"], event["folio"]) == ("RCD", invoice["folio"])
        await plant.rows("UPDATE message SET expires_at = now() WHERE name = 'BuyerClaimed'")
        async with a_worker(plant.app.store) as worker:
            assert await expire_messages(worker) == 1
        (kept,) = await plant.rows("SELECT reason, key FROM undelivered")
        assert (kept["reason"], kept["key"]) == ("EXPIRED", key)
