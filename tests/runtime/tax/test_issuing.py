"""Issuing natively: one document for each sale, its folio taken in the commit of its step."""

from collections import Counter
from typing import Any

from mtd.connectors import connectors
from mtd.core.process.definition import Definition, Person, Service
from mtd.core.tax.countries.cl.verifying import Schemas, Verdict, verify
from mtd.core.tax.document import DocumentKey
from mtd.runtime.settings.settings import issuers as who_issues
from mtd.store.sessions import Session
from mtd.store.tax import folios, tax_documents
from tests.core.process.sketch import Sketch
from tests.runtime.conftest import Founded
from tests.runtime.plant import Plant, chain, named
from tests.runtime.tax.issuers import BY, authorised, furnished, issuers
from tests.runtime.tax.steps import PAUSE, fixed, go, side_by_side, steps

SALES = ("33", "34", "39", "41")


async def opened(found: Founded, *definitions: Definition, types: tuple[str, ...] = SALES) -> Plant:
    """A plant that issues natively, with folios of these types."""
    plant: Plant = await found(*definitions, issuers=issuers())
    await furnished(plant.app, *types)
    plant.connectors.update(connectors(who_issues(plant.app.settings)))
    return plant


async def unexplained(plant: Plant) -> list[Any]:
    async with plant.app.store.door(1) as connection:
        return list(await folios.unexplained(connection, 1))


async def signed(plant: Plant) -> dict[str, bytes]:
    """The signed bytes of every document, by its number."""
    rows = await plant.rows("SELECT issuer, type_code, folio FROM tax_document")
    keys = [DocumentKey(tenant=1, **row) for row in rows]
    session = Session(plant.admin.dsn, {})
    kept = await tax_documents.signed_bytes(session, keys)
    await session.close()
    vault = plant.app.vault
    return {
        f"{one.issuer} {one.key.number}": vault.open(
            1, one.instance, one.key_id, one.wrapped_key or b"", one.ciphertext
        )
        for one in kept
    }


async def test_every_sale_has_one_document_that_verifies(found: Founded) -> None:
    plant = await opened(found, chain("sale", ["tax.issue"]))
    orders = await plant.orders("sale", 60)
    async with plant.worker():
        await plant.until_ended(len(orders))
    rows = await plant.rows(
        "SELECT instance_id::text, type_code, d.state, total = amount AS exact, handed_at"
        " FROM tax_document d JOIN purchase_order o ON o.id = instance_id"
    )
    assert Counter(row["instance_id"] for row in rows) == dict.fromkeys(orders, 1)
    assert {row["type_code"] for row in rows} >= {"33", "39"}
    assert all(row["exact"] and row["state"] == "SIGNED" and row["handed_at"] for row in rows)
    for name, content in (await signed(plant)).items():
        report = verify(content, BY.keys, Schemas())
        failed = [check for check in report.checks if check.verdict is Verdict.FAILED]
        assert not failed, (name, failed)
    assert await unexplained(plant) == []


async def test_the_steps_make_what_the_one_makes(found: Founded) -> None:
    steps = ["tax.plan", "tax.number", "tax.build", "tax.send", "tax.status", "tax.find"]
    plant = await opened(found, chain("sale", steps))
    orders = await plant.orders("sale", 10)
    async with plant.worker():
        await plant.until_ended(len(orders))
    rows = await plant.rows("SELECT state, handed_at, hash FROM tax_document")
    assert len(rows) == len(orders)
    assert all(row["state"] == "SIGNED" and row["handed_at"] and row["hash"] for row in rows)
    assert len(await signed(plant)) == len(orders)


async def test_without_folios_it_is_a_clear_incident_and_goes_on_when_there_are_some(
    found: Founded,
) -> None:
    plant = await opened(found, chain("sale", ["tax.issue"]), types=())
    orders = await plant.orders("sale", 5)
    async with plant.worker():
        await plant.until("SELECT count(*) = 5 FROM incident WHERE code = 'NO_FOLIO'")
        told = await plant.value("SELECT message FROM incident")
        assert "no folio of type" in told
        await authorised(plant.app, *SALES)
        await plant.until_ended(len(orders))
    assert await plant.value("SELECT count(*) FROM tax_document") == 5


async def test_a_worker_that_is_killed_uses_no_folio_twice_and_loses_none(
    found: Founded, quick_hearts: None
) -> None:
    plant = await opened(found, chain("sale", ["tax.issue", "tax.status"]))
    orders = await plant.orders("sale", 120)
    async with plant.worker() as one, plant.worker():
        await plant.until("SELECT count(*) > 20 FROM tax_document")
        await plant.take_over(one)
        await plant.until_ended(len(orders))
    assert await plant.value("SELECT count(DISTINCT instance_id) FROM tax_document") == len(orders)
    assert await plant.value("SELECT count(*) FROM tax_document") == len(orders)
    assert await plant.value("SELECT count(*) FROM folio_block WHERE worker IS NOT NULL") == 0
    assert await unexplained(plant) == []


async def test_the_last_folios_are_shared_though_one_worker_holds_them(
    found: Founded, quick_hearts: None
) -> None:
    plant: Plant = await found(chain("sale", ["tax.issue"]), issuers=issuers())
    await furnished(plant.app, *SALES, last=40)
    plant.connectors.update(connectors(who_issues(plant.app.settings)))
    orders = await plant.orders("sale", 60)
    async with plant.worker(), plant.worker():
        await plant.until_ended(len(orders))
    assert await unexplained(plant) == []


async def test_a_rejected_document_is_corrected_under_its_folio(found: Founded) -> None:
    again = ("tax.issue", {"ask_first": True})
    plant = await opened(found, steps("sale", "tax.issue", PAUSE, again, PAUSE, "tax.issue"))
    orders = await plant.orders("sale", 6)
    async with plant.worker():
        for _ in range(2):
            await plant.until(
                "SELECT count(*) = 6 FROM subscription WHERE name = 'Go'",
            )
            await plant.rows("UPDATE tax_document SET state = 'REJECTED', codes = 'RCH'")
            await go(plant, len(orders))
            await plant.until("SELECT count(*) = 6 FROM tax_document WHERE state = 'SIGNED'")
        await plant.until_ended(len(orders))
    rows = await plant.rows("SELECT instance_id, codes, handed_at FROM tax_document")
    assert len(rows) == len(orders)
    assert all(row["codes"] == "" and row["handed_at"] for row in rows)
    assert await unexplained(plant) == []


async def test_a_document_that_is_there_is_not_issued_again(found: Founded) -> None:
    plant = await opened(found, steps("sale", "tax.issue", "tax.issue", "tax.find", "tax.fetch"))
    orders = await plant.orders("sale", 6)
    async with plant.worker():
        await plant.until_ended(len(orders))
    assert await plant.value("SELECT count(*) FROM tax_document") == len(orders)


async def test_two_steps_at_once_issue_one_document(found: Founded) -> None:
    plant = await opened(found, side_by_side("sale", "tax.find", "tax.issue", {}))
    orders = await plant.orders("sale", 6)
    async with plant.worker():
        await go(plant, len(orders))
        await plant.until_ended(len(orders))
    assert await plant.value("SELECT count(*) FROM tax_document") == len(orders)
    assert await unexplained(plant) == []


async def test_a_note_takes_back_the_whole_and_no_second_one_is_issued(found: Founded) -> None:
    credit = ("tax.credit_note", {"folio": "{folio}"})
    sale = steps("sale", "tax.issue", PAUSE, credit, "tax.find", credit)
    plant = await opened(found, sale, types=(*SALES, "61"))
    orders = await plant.orders("sale", 6)
    async with plant.worker():
        await plant.until("SELECT count(*) = 6 FROM subscription WHERE name = 'Go'")
        await plant.rows("UPDATE tax_document SET state = 'ACCEPTED'")
        await go(plant, len(orders))
        await plant.until("SELECT count(*) = 6 FROM incident WHERE code = 'CREDIT_EXCEEDED'")
        assert "only 0 is left" in await plant.value("SELECT message FROM incident")
    rows = await plant.rows(
        "SELECT o.credited = o.total AS whole, n.total = o.total AS same FROM tax_document n"
        " JOIN tax_document o ON o.issuer = n.issuer AND o.type_code = n.refers_type"
        " AND o.folio = n.refers_folio WHERE n.type_code = '61'"
    )
    assert len(rows) == len(orders)
    assert all(row["whole"] and row["same"] for row in rows)
    for name, content in (await signed(plant)).items():
        assert not verify(content, BY.keys, Schemas()).failed, name


async def test_notes_at_once_never_take_back_more_than_there_is(found: Founded) -> None:
    half = {"folio": "{folio}", "reason": "3", "amount": 2000}
    sale = side_by_side("sale", "tax.issue", "tax.credit_note", half)
    plant = await opened(found, sale, types=(*SALES, "61"))
    orders = await plant.orders("sale", 6)
    async with plant.worker():
        await plant.until("SELECT count(*) = 6 FROM subscription WHERE name = 'Go'")
        await plant.rows("UPDATE tax_document SET state = 'ACCEPTED', credited = total - 3000")
        await go(plant, len(orders))
        await plant.until("SELECT count(*) = 6 FROM incident WHERE code = 'CREDIT_EXCEEDED'")
    notes = "SELECT count(*) FROM tax_document WHERE type_code = '61'"
    assert await plant.value(notes) == len(orders)
    over = "SELECT count(*) FROM tax_document WHERE credited <> total - 1000 AND type_code <> '61'"
    assert await plant.value(over) == 0
    assert await unexplained(plant) == []


async def test_a_rejected_document_has_no_note(found: Founded) -> None:
    credit = ("tax.credit_note", {"folio": "{folio}"})
    sale = steps("sale", "tax.issue", PAUSE, credit)
    plant = await opened(found, sale, types=(*SALES, "61"))
    orders = await plant.orders("sale", 4)
    async with plant.worker():
        await plant.until("SELECT count(*) = 4 FROM subscription WHERE name = 'Go'")
        await plant.rows("UPDATE tax_document SET state = 'REJECTED'")
        await go(plant, len(orders))
        await plant.until_ended(len(orders))
    assert await plant.value("SELECT count(*) FROM tax_document") == len(orders)


async def test_a_guide_goes_with_the_goods(found: Founded) -> None:
    plant = await opened(found, steps("sale", "tax.dispatch_guide"), types=("52",))
    orders = await plant.orders("sale", 12)
    async with plant.worker():
        await plant.until_ended(len(orders))
    contents = await signed(plant)
    assert len(contents) == len(orders)
    for name, content in contents.items():
        report = verify(content, BY.keys, Schemas())
        assert not report.failed, (name, [c for c in report.checks if c.verdict == "failed"])


async def test_a_guide_without_its_transport_is_refused_with_each_field(found: Founded) -> None:
    bare = {"vehicle_plate": "", "driver_tax_id": "", "driver_name": ""}
    plant: Plant = await found(steps("sale", "tax.dispatch_guide"), issuers=issuers(transport=bare))
    await furnished(plant.app, "52")
    plant.connectors.update(connectors(who_issues(plant.app.settings)))
    await plant.orders("sale", 1)
    async with plant.worker():
        await plant.until("SELECT count(*) FROM incident WHERE code = 'SCHEMA'")
        told = await plant.value("SELECT message FROM incident")
    assert "Patente" in told and "Chofer" in told
    assert await plant.value("SELECT count(*) FROM tax_document") == 0


async def test_where_the_voucher_is_the_boleta_only_the_rest_is_documented(
    found: Founded,
) -> None:
    policy = issuers(voucher_policy="voucher_is_receipt")
    status = ("tax.status", {"track_id": "{track_id}", "folio": "{folio}"})
    plant: Plant = await found(steps("sale", "tax.issue", status), issuers=policy)
    await furnished(plant.app, *SALES)
    plant.connectors.update(connectors(who_issues(plant.app.settings)))
    orders = await plant.orders("sale", 60)
    async with plant.worker():
        await plant.until_ended(len(orders))
    rows = await plant.rows("SELECT type_code, total FROM tax_document")
    receipts = [row for row in rows if row["type_code"] in ("39", "41")]
    assert 0 < len(rows) < len(orders)
    assert receipts and all(row["total"] > 0 for row in receipts)
    for name, content in (await signed(plant)).items():
        assert not verify(content, BY.keys, Schemas()).failed, name


async def test_without_a_certificate_nothing_is_signed_and_no_folio_lost(found: Founded) -> None:
    plant: Plant = await found(steps("sale", "tax.issue"), issuers=issuers())
    await authorised(plant.app, *SALES)
    plant.connectors.update(connectors(who_issues(plant.app.settings)))
    await plant.orders("sale", 3)
    async with plant.worker():
        await plant.until("SELECT count(*) = 3 FROM incident WHERE code = 'SIGNATURE'")
        assert "was never taken in" in await plant.value("SELECT message FROM incident")
    assert await plant.value("SELECT count(*) FROM tax_document") == 0
    assert await unexplained(plant) == []


async def test_a_task_for_folios_is_done_when_they_are_there(found: Founded) -> None:
    sketch = Sketch()
    sketch.add("startEvent", "start")
    asked = {"document_kind": fixed("RECEIPT")}
    work = Person(role="tax_clerk", form="load_folios", inputs=asked)
    sketch.add("userTask", "load", work=work)
    sketch.add("serviceTask", "issue", work=Service(connector="tax.issue", inputs=asked))
    sketch.add("endEvent", "end")
    sketch.chain("start", "load", "issue", "end")
    plant = await opened(found, named(sketch, "sale"), types=())
    await plant.orders("sale", 3)
    tasks = "SELECT count(*) = 3 FROM user_task WHERE closed_at IS NULL"
    async with plant.worker():
        await plant.until(tasks)
        await authorised(plant.app, "33")
        assert await plant.value(tasks), "those were not what they wait for"
        await authorised(plant.app, "39", "41")
        await plant.until_ended(3)
