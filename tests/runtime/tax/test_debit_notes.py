"""Debit notes: what a sale comes to more is documented, once, and takes nothing back."""

import pytest

from mtd.core.orders.validation import flaws_of
from mtd.core.tax.countries.cl.verifying import Schemas, verify
from mtd.core.tax.request import Buyer, Correction, FiscalKind, Reference
from mtd.runtime.rehearsal.orders.generator import Mix, generate
from mtd.runtime.tax.asked import issue
from tests.core.orders.examples import plain_order
from tests.runtime.conftest import Founded
from tests.runtime.operations.test_papers import request
from tests.runtime.tax.issuers import BY, RUTS, TODAY
from tests.runtime.tax.post.mail import TYPES, mail
from tests.runtime.tax.steps import PAUSE, go, steps
from tests.runtime.tax.test_issuing import SALES, opened, signed, unexplained

DEBIT = ("tax.debit_note", {"folio": "{folio}", "amount": 1190, "ask_first": True})


async def test_a_sale_comes_to_more_by_one_note(found: Founded) -> None:
    sale = steps("sale", "tax.issue", PAUSE, DEBIT, DEBIT)
    plant = await opened(found, sale, types=(*SALES, "56"))
    orders = await plant.orders("sale", 6)
    async with plant.worker():
        await plant.until("SELECT count(*) = 6 FROM subscription WHERE name = 'Go'")
        await plant.rows("UPDATE tax_document SET state = 'ACCEPTED'")
        await go(plant, len(orders))
        await plant.until_ended(len(orders))
    rows = await plant.rows("SELECT total, credited, is_sale, type_code FROM tax_document")
    notes = [row for row in rows if row["type_code"] == "56"]
    assert [(row["total"], row["is_sale"]) for row in notes] == [(1190, False)] * len(orders)
    assert {row["credited"] for row in rows} == {0}
    for name, content in (await signed(plant)).items():
        assert not verify(content, BY.keys, Schemas()).failed, name
        assert (b"<CodRef>3</CodRef>" in content) == (" 56-" in name)
    assert await unexplained(plant) == []


@pytest.mark.parametrize(("state", "count"), [("ACCEPTED", 1), ("REJECTED", 0)])
async def test_it_needs_an_amount_and_a_document_that_counts(
    found: Founded, state: str, count: int
) -> None:
    """Without one the step is refused; for one that does not count there is nothing to do."""
    sale = steps("sale", "tax.issue", PAUSE, ("tax.debit_note", {"folio": "{folio}"}))
    plant = await opened(found, sale, types=(*SALES, "56"))
    await plant.orders("sale", 1)
    async with plant.worker():
        await plant.until("SELECT count(*) = 1 FROM subscription WHERE name = 'Go'")
        await plant.rows("UPDATE tax_document SET state = $1", state)
        await go(plant, 1)
        await plant.until(
            "SELECT count(*) = $1 FROM incident WHERE code = 'SCHEMA'"
            " AND message LIKE '%amount%' HAVING count(*) = 1 OR EXISTS ("
            " SELECT FROM instance WHERE state = 'COMPLETED')",
            count,
        )
    assert await plant.value("SELECT count(*) FROM tax_document") == 1


async def test_one_that_is_voided_gives_nothing_back(found: Founded) -> None:
    """Only a credit note took something: what a voided debit note refers to stays as it is."""
    async with mail(found, types=(*TYPES, "56")) as post:
        plant = post.plant
        await plant.orders("sale", 1)
        async with plant.worker():
            await post.until_settled(1)
            await plant.rows("UPDATE tax_document SET credited = 5")
            (original,) = await plant.rows("SELECT issuer, type_code, folio FROM tax_document")
            name = next(name for name, rut in RUTS.items() if rut == original["issuer"])
            refers = Reference(
                type_code=original["type_code"], number=str(original["folio"]), reason="x",
                issued_on=TODAY, correction=Correction.CORRECTS_AMOUNTS,
            )  # fmt: skip
            buyer = Buyer(tax_id="12345678-5", name="María Pérez")
            asked = request(FiscalKind.DEBIT_NOTE, issuer=name, references=(refers,), buyer=buyer)
            await post.script("other_data")
            await issue(plant.app, 1, asked, None)
            await plant.until("SELECT count(*) = 1 FROM tax_document WHERE state = 'VOIDED'")
        assert await plant.value("SELECT credited FROM tax_document WHERE type_code <> '56'") == 5


def test_orders_of_which_nothing_is_taxed_are_valid() -> None:
    orders = list(generate(3, 60, plain_order().placed_at, Mix(exempt=0.5)))
    exempt = [one for one in orders if not one.totals.tax]
    assert 10 < len(exempt) < 50
    assert all(flaws_of(one) == () for one in orders)
    assert all(one.totals.exempt == one.totals.grand_total for one in exempt)
