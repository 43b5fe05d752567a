"""A debit note annuls a credit note: all of it, once, and the sale's document counts again."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from mtd.core.process.definition import Definition, Event, Service
from mtd.core.tax.countries.cl.verifying import Schemas, verify
from mtd.core.tax.request import Buyer, Correction, FiscalKind, Reference
from mtd.runtime.tax.asked import Refused, issue
from tests.core.process.sketch import Sketch, variable
from tests.runtime.conftest import Founded
from tests.runtime.operations.test_papers import LINE, request
from tests.runtime.plant import Plant, named
from tests.runtime.tax.issuers import BY, RUTS, TODAY
from tests.runtime.tax.post.mail import TYPES, Mail, mail
from tests.runtime.tax.steps import PAUSE, RETRY, fixed, go, steps
from tests.runtime.tax.test_issuing import SALES, opened, signed, unexplained

SEVEN = (*TYPES, "56")
CREDIT = ("tax.credit_note", {"folio": "{folio}"})
ANNUL = {"document_kind": "CREDIT_NOTE", "folio": "{folio}", "reason": "1"}
DEBIT = ("tax.debit_note", ANNUL)
BUYER = Buyer(tax_id="12345678-5", name="María Pérez")
OF_TYPE = "SELECT count(*) = $1 FROM tax_document WHERE type_code = $2 AND state = $3"
TAKEN_BACK = "SELECT count(*) = 1 FROM tax_document WHERE state = 'CANCELLED_BY_CREDIT_NOTE'"
NOTES = (
    "SELECT folio, total, country || '/' || store || '/' || channel || '/' || external_id AS key"
    " FROM tax_document d JOIN purchase_order o ON o.id = d.instance_id WHERE type_code = '61'"
)
STATES = (
    "SELECT o.state AS sale, o.credited AS credited, n.state AS note, n.credited = n.total AS gone,"
    " n.total = o.total AS same FROM tax_document n JOIN tax_document o ON o.issuer = n.issuer"
    " AND o.type_code = n.refers_type AND o.folio = n.refers_folio WHERE n.type_code = '61'"
)


async def credited(post: Mail, count: int) -> None:
    """So many sales are documented, and each taken back by a credit note that was accepted."""
    await post.until_settled(count)
    await go(post.plant, count)
    await post.plant.until(OF_TYPE, count, "61", "ACCEPTED")
    assert {row["sale"] for row in await post.plant.rows(STATES)} == {"CANCELLED_BY_CREDIT_NOTE"}


async def test_what_the_credit_note_took_back_is_there_again(found: Founded) -> None:
    """The authority verifies schema, signatures and stamp of each; then all of it goes back."""
    sale = steps("sale", "tax.issue", PAUSE, CREDIT, PAUSE, DEBIT, PAUSE, "tax.find", CREDIT)
    async with mail(found, sale, types=SEVEN) as post:
        plant = post.plant
        orders = await plant.orders("sale", 4)
        async with plant.worker():
            await credited(post, 4)
            await go(plant, 4)
            await plant.until(OF_TYPE, 4, "61", "CANCELLED_BY_DEBIT_NOTE")
            rows = await plant.rows(STATES)
            assert {(row["sale"], row["credited"]) for row in rows} == {("ACCEPTED", Decimal(0))}
            assert all(row["gone"] and row["same"] for row in rows)
            notes = await plant.rows(NOTES)
            told = await plant.rows("SELECT * FROM message WHERE name = 'CreditNoteAnnulled'")
            said = {one["key"]: msgspec.json.decode(one["payload"]) for one in told}
            assert {key: (one["folio"], one["annulled"]) for key, one in said.items()} == {
                one["key"]: (one["folio"], one["total"]) for one in notes
            }
            debits = await plant.rows("SELECT * FROM tax_document WHERE type_code = '56'")
            held = await post.held()
            for one in debits:
                assert one["refers_type"] == "61"
                assert held[one["issuer"], "56", one["folio"]]["total"] == one["total"]
            await go(plant, 4)
            await plant.until(OF_TYPE, 4, "61", "ACCEPTED")
            await plant.until_ended(len(orders))
        for name, content in (await signed(plant)).items():
            assert not verify(content, BY.keys, Schemas()).failed, name
            if " 56-" in name:
                assert b"<CodRef>1</CodRef>" in content and b"<TpoDocRef>61</TpoDocRef>" in content
        assert await unexplained(plant) == []


def twice() -> Definition:
    """A sale whose credit note two debit notes would annul at once."""
    sketch = Sketch()
    sketch.add("startEvent", "start")
    sketch.add("serviceTask", "issue", work=Service(connector="tax.issue", retry=RETRY))
    folio = {"folio": variable("folio")}
    credit = Service(connector="tax.credit_note", inputs=folio, retry=RETRY)
    sketch.add("intermediateCatchEvent", "w0", events=(Event(kind="message", name="Go"),))
    sketch.add("serviceTask", "credit", work=credit)
    sketch.add("intermediateCatchEvent", "w1", events=(Event(kind="message", name="Go"),))
    sketch.add("parallelGateway", "split")
    sketch.chain("start", "issue", "w0", "credit", "w1", "split")
    annul = {name: fixed(value) for name, value in ANNUL.items()} | folio
    for id_ in ("a", "b"):
        work = Service(connector="tax.debit_note", inputs=annul, retry=RETRY)
        sketch.add("serviceTask", id_, work=work)
        sketch.add("endEvent", f"end_{id_}")
        sketch.chain("split", id_, f"end_{id_}")
    return named(sketch, "sale")


async def accepted(plant: Plant) -> None:
    """What is signed was accepted, as far as this test goes."""
    await plant.rows("UPDATE tax_document SET state = 'ACCEPTED' WHERE state = 'SIGNED'")


async def test_two_at_once_annul_it_once(found: Founded) -> None:
    plant = await opened(found, twice(), types=(*SALES, "56", "61"))
    await plant.orders("sale", 4)
    async with plant.worker():
        for _ in range(2):
            await plant.until("SELECT count(*) = 4 FROM subscription WHERE name = 'Go'")
            await accepted(plant)
            await go(plant, 4)
            await plant.until("SELECT count(*) >= 4 FROM tax_document WHERE type_code = '61'")
        await plant.until("SELECT count(*) = 4 FROM incident WHERE code = 'CREDIT_EXCEEDED'")
    assert await plant.value("SELECT count(*) FROM tax_document WHERE type_code = '56'") == 4


async def test_one_that_is_voided_leaves_the_credit_note_as_it_was(found: Founded) -> None:
    sale = steps("sale", "tax.issue", PAUSE, CREDIT, PAUSE, DEBIT)
    async with mail(found, sale, types=SEVEN) as post:
        await post.plant.orders("sale", 1)
        async with post.plant.worker():
            await credited(post, 1)
            await post.script("other_data")
            await go(post.plant, 1)
            await post.plant.until(OF_TYPE, 1, "56", "VOIDED")
        (row,) = await post.plant.rows(STATES)
        assert (row["sale"], row["note"], row["gone"]) == (
            "CANCELLED_BY_CREDIT_NOTE", "ACCEPTED", False,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("state", "more", "code", "words"),
    [
        ("SENT", {}, "SCHEMA", "the credit note is SENT, not accepted"),
        ("ACCEPTED", {"amount": 1}, "SCHEMA", "is to be annulled"),
        ("ACCEPTED", {"document_kind": None}, "SCHEMA", "a debit note annuls a credit note only"),
    ],
)
async def test_what_may_not_be_annulled_is_refused(
    found: Founded, state: str, more: dict[str, Any], code: str, words: str
) -> None:
    between = "tax.find" if "document_kind" in more else "tax.status"
    sale = steps(
        "sale", "tax.issue", PAUSE, CREDIT, PAUSE, between, ("tax.debit_note", ANNUL | more)
    )
    plant = await opened(found, sale, types=(*SALES, "56", "61"))
    await plant.orders("sale", 1)
    async with plant.worker():
        await accepted_then(plant, "39", "ACCEPTED")
        await accepted_then(plant, "61", state)
        await plant.until("SELECT count(*) = 1 FROM incident WHERE code = $1", code)
    assert words in await plant.value("SELECT message FROM incident")
    assert await plant.value("SELECT count(*) FROM tax_document WHERE type_code = '56'") == 0


async def accepted_then(plant: Plant, code: str, state: str) -> None:
    """Whoever waits goes on once its documents stand so."""
    await plant.until("SELECT count(*) = 1 FROM subscription WHERE name = 'Go'")
    now = state if code == "61" else "ACCEPTED"
    await plant.rows("UPDATE tax_document SET state = $1 WHERE state = 'SIGNED'", now)
    await go(plant, 1)
    await plant.until("SELECT count(*) > 0 FROM tax_document WHERE type_code = '61'")


async def test_what_was_accepted_with_objections_comes_back_so(found: Founded) -> None:
    sale = steps("sale", "tax.issue", PAUSE, CREDIT, PAUSE, DEBIT, PAUSE)
    async with mail(found, sale, types=SEVEN) as post:
        plant = post.plant
        await plant.orders("sale", 1)
        await post.script("objected")
        async with plant.worker():
            await post.until_settled(1, "ACCEPTED_WITH_OBJECTIONS")
            await go(plant, 1)
            await plant.until(TAKEN_BACK)
            await go(plant, 1)
            await plant.until(OF_TYPE, 1, "61", "CANCELLED_BY_DEBIT_NOTE")
        assert [row["sale"] for row in await plant.rows(STATES)] == ["ACCEPTED_WITH_OBJECTIONS"]


async def test_a_sale_that_has_another_document_since_does_not_get_the_first_back(
    found: Founded,
) -> None:
    debit = ("tax.debit_note", {**ANNUL, "folio": 1})
    sale = steps("sale", "tax.issue", PAUSE, CREDIT, PAUSE, "tax.issue", debit)
    async with mail(found, sale, types=SEVEN) as post:
        await post.plant.orders("sale", 1)
        async with post.plant.worker():
            await credited(post, 1)
            await go(post.plant, 1)
            await post.plant.until(
                "SELECT count(*) = 1 FROM incident WHERE code = 'CREDIT_EXCEEDED'"
                " AND message LIKE '%cannot be twice%'"
            )


async def test_a_note_that_is_asked_for_is_over_all_of_it_too(found: Founded) -> None:
    sale = steps("sale", "tax.issue", PAUSE, CREDIT)
    async with mail(found, sale, types=SEVEN) as post:
        plant = post.plant
        await plant.orders("sale", 1)
        async with plant.worker():
            await credited(post, 1)
            (note,) = await plant.rows("SELECT * FROM tax_document WHERE type_code = '61'")
            refers = Reference(
                type_code="61", number=str(note["folio"]), reason="x", issued_on=TODAY,
                correction=Correction.ANNULS,
            )  # fmt: skip
            name = next(name for name, rut in RUTS.items() if rut == note["issuer"])
            asked = request(
                FiscalKind.DEBIT_NOTE, issuer=name, references=(refers,), buyer=BUYER,
                lines=(msgspec.structs.replace(LINE, unit_price=note["total"] - 1),),
            )  # fmt: skip
            with pytest.raises(Refused, match="is to be annulled"):
                await issue(plant.app, 1, asked, None)
            whole = (msgspec.structs.replace(LINE, unit_price=note["total"]),)
            await issue(plant.app, 1, msgspec.structs.replace(asked, lines=whole), None)
            await plant.until(OF_TYPE, 1, "61", "CANCELLED_BY_DEBIT_NOTE")
            with pytest.raises(Refused, match="cannot be annulled"):
                await issue(plant.app, 1, msgspec.structs.replace(asked, order="PO-2"), None)
        (row,) = await plant.rows(STATES)
        assert (row["sale"], row["credited"]) == ("ACCEPTED", 0)
