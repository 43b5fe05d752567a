"""Peru through the seam: numbered by its own series, sent one by one, settled once."""

import os
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from lxml import etree
from msgspec.structs import replace

from mtd.connectors.sunat import submit
from mtd.connectors.wire import Wires
from mtd.core.tax.countries.pe.answers import HOLDS_OTHER
from mtd.core.tax.countries.pe.building import AUTHORITY, build
from mtd.core.tax.document import DocumentKey
from mtd.core.tax.issuing import FiscalNumber, SignedArtifact, SubmissionState
from mtd.core.tax.practice import Format
from mtd.runtime.operations.papers import Papers
from mtd.runtime.tax.authorising import standings
from mtd.runtime.tax.declaring import Declaration, declare
from mtd.runtime.tax.post import office
from mtd.store.orders.kept import of_order
from mtd.store.tax import folios
from tests.core.orders.examples import plain_order
from tests.core.tax.countries.pe.asking import planned, receipt, the_signer
from tests.runtime.conftest import Founded
from tests.runtime.tax.peru import RUC, SERIES, an_order, declared, lima
from tests.runtime.tax.steps import PAUSE, go, steps


async def test_every_sale_has_one_document_that_the_authority_accepts(found: Founded) -> None:
    async with lima(found) as shop:
        orders = [an_order(n, invoice=n % 2 == 0) for n in range(1, 11)]
        elsewhere = [an_order(n, branch="miraflores") for n in range(11, 14)]
        await shop.place([*orders, *elsewhere])
        async with shop.plant.worker():
            await shop.until_settled(13)
        await shop.check(13)
        rows = await shop.plant.rows(
            "SELECT type_code, series, count(*) AS n, min(folio) AS first, max(folio) AS last,"
            " bool_and(total = 118 AND currency = 'PEN' AND provider = 'pe.native') AS exact"
            " FROM tax_document GROUP BY 1, 2 ORDER BY 1, 2"
        )
        assert [tuple(row) for row in rows] == [
            ("01", "F001", 5, 1, 5, True),
            ("03", "B001", 5, 1, 5, True),
            ("03", "B002", 3, 1, 3, True),
        ]
        async with shop.plant.app.store.door(1) as connection:
            assert not await folios.unexplained(connection, 1)


async def test_the_receipt_is_kept_with_the_order_and_the_document_drawn(found: Founded) -> None:
    async with lima(found, steps("sale", "tax.issue", "tax.status", "tax.fetch")) as shop:
        (order,) = await shop.place([an_order()])
        async with shop.plant.worker():
            await shop.until_settled(1)
        app = shop.plant.app
        async with app.store.door(1) as connection:
            kept = {one.name: one for one in await of_order(connection, 1, order)}
        receipt = kept[f"R-{RUC}-03-B001-1.xml"]
        assert receipt.wrapped_key is not None
        content = app.vault.open(1, order, receipt.key_id, receipt.wrapped_key, receipt.ciphertext)
        assert sha256(content).digest() == receipt.hash
        assert etree.QName(etree.fromstring(content)).localname == "ApplicationResponse"
        papers = Papers(app, 1)
        document = await papers.document(f"{RUC}-03-B001-1")
        assert (await papers.drawn(document, Format.XML)).content.startswith(b"<?xml")
        assert (await papers.drawn(document, Format.LETTER)).content.startswith(b"%PDF")
        assert b"B001-1" in (await papers.drawn(document, Format.HTML)).content


@pytest.mark.parametrize(
    "faults",
    [
        ("timeout_after",),
        ("lost_reply", "reset"),
        ("error_after",),
        ("half_body",),
        ("unavailable", "no_login"),
        ("unavailable_after",),
        ("busy",),
        ("crossed",),
        ("error", "error", "error", "error"),
    ],
)
async def test_whatever_befalls_a_sending_it_is_registered_once(
    found: Founded, faults: tuple[str, ...]
) -> None:
    async with lima(found, timeout_s=0.5) as shop:
        await shop.befall(*faults)
        await shop.place([an_order(n) for n in range(1, 5)])
        async with shop.plant.worker():
            await shop.until_settled(4)
        await shop.check(4)
        assert await shop.plant.value("SELECT count(*) FROM tax_document") == 4


async def test_what_nobody_can_be_asked_about_is_not_sent_again(found: Founded) -> None:
    async with lima(found, timeout_s=0.5) as shop:
        await shop.befall("lost_reply")
        await shop.befall("error", "error", "error", operation="getStatusCdr")
        await shop.place([an_order()])
        async with shop.plant.worker():
            await shop.until_settled(1)
        await shop.check(1)
        described = await shop.client.page("sunat", "")
        assert sum(described["operations"]["sendBill"].values()) == 1


async def test_an_observed_document_counts(found: Founded) -> None:
    async with lima(found) as shop:
        await shop.befall("observed")
        await shop.place([an_order()])
        async with shop.plant.worker():
            await shop.until_settled(1, "ACCEPTED_WITH_OBJECTIONS")
        assert await shop.plant.value("SELECT codes FROM tax_document") == "4252"


async def test_a_rejected_number_is_spent_and_the_sale_takes_another(found: Founded) -> None:
    definition = steps("sale", "tax.issue", PAUSE, "tax.error_control", "tax.issue")
    async with lima(found, definition) as shop:
        await shop.befall("rejected")
        (order,) = await shop.place([an_order()])
        async with shop.plant.worker():
            await shop.until_settled(1, "VOIDED")
            await go(shop.plant, 1)
            await shop.until_settled(1)
        rows = await shop.plant.rows("SELECT folio, state, codes FROM tax_document ORDER BY folio")
        assert [tuple(row) for row in rows] == [(1, "VOIDED", "3205"), (2, "ACCEPTED", "0000")]
        journal = await shop.plant.rows("SELECT payload FROM journal WHERE instance_id = $1", order)
        assert any(b'"cause":"REJECTED"' in row["payload"] for row in journal), "not to be repeated"


async def test_a_number_that_another_document_has_is_given_up(found: Founded) -> None:
    """As after a restore: the database does not know that the number was given out before."""
    definition = steps("sale", "tax.issue", PAUSE, "tax.error_control", "tax.issue")
    async with lima(found, definition) as shop:
        plan = planned(replace(receipt(), occurred_at=datetime.now(UTC)))
        before = FiscalNumber(AUTHORITY, "B001", 1)
        lost = build(plan, before, the_signer(), datetime.now(UTC))
        assert isinstance(lost, SignedArtifact)
        wires = Wires(
            shop.plant.app.settings.legacy, environment=os.environ, now=shop.plant.app.clock.now
        )
        said = await submit(wires.wire("sunat"), RUC, "03", before, lost.content)
        assert said.submission.state is SubmissionState.ACCEPTED
        await wires.close()
        await shop.place([an_order()])
        async with shop.plant.worker():
            await shop.until_settled(1, "VOIDED")
            await go(shop.plant, 1)
            await shop.until_settled(1)
        rows = await shop.plant.rows("SELECT folio, state, reason FROM tax_document ORDER BY folio")
        assert [tuple(row) for row in rows] == [
            (1, "VOIDED", HOLDS_OTHER),
            (2, "ACCEPTED", rows[1]["reason"]),
        ]


async def test_without_a_series_it_waits_and_goes_on_when_one_is_declared(found: Founded) -> None:
    async with lima(found, series=()) as shop:
        await shop.place([an_order(n) for n in range(1, 4)])
        async with shop.plant.worker():
            await shop.plant.until("SELECT count(*) = 3 FROM incident WHERE code = 'NO_FOLIO'")
            assert "03-B001" in await shop.plant.value("SELECT message FROM incident")
            await declared(shop.plant.app, *SERIES)
            await shop.until_settled(3)
        await shop.check(3)


async def test_notes_take_back_what_was_sold_and_no_more(found: Founded) -> None:
    whole = ("tax.credit_note", {"folio": "{folio}"})
    part = ("tax.credit_note", {"folio": "{folio}", "reason": "3", "amount": 18})
    definition = steps("sale", "tax.issue", PAUSE, part, "tax.find", PAUSE, whole)
    async with lima(found, definition) as shop:
        await shop.place([an_order(1), an_order(2, invoice=True)])
        async with shop.plant.worker():
            await shop.until_settled(2)
            await go(shop.plant, 2)
            await shop.until_settled(4)
            await go(shop.plant, 2)
            await shop.plant.until(
                "SELECT count(*) = 2 FROM incident WHERE code = 'CREDIT_EXCEEDED'"
            )
        rows = await shop.plant.rows(
            "SELECT type_code, series, folio, refers_series, refers_folio, total"
            " FROM tax_document WHERE type_code = '07' ORDER BY series"
        )
        assert [tuple(row) for row in rows] == [
            ("07", "BC01", 1, "B001", 1, 18),
            ("07", "FC01", 1, "F001", 1, 18),
        ]


@pytest.mark.parametrize(
    "moment",
    [
        "SELECT count(*) > 0 FROM envelope",
        "SELECT count(*) > 0 FROM envelope WHERE state = 'UNKNOWN'",
        "SELECT count(*) > 5 FROM tax_document WHERE state = 'ACCEPTED'",
    ],
)
async def test_a_killed_worker_sends_nothing_twice(
    found: Founded, quick_hearts: None, moment: str
) -> None:
    async with lima(found) as shop:
        await shop.client.control("sunat", median_ms=30, p99_ms=60, latency_scale=1)
        await shop.place([an_order(n) for n in range(1, 31)])
        async with shop.plant.worker() as one, shop.plant.worker() as two:
            await shop.plant.until(moment)
            await shop.plant.take_over(one)
            async with shop.plant.worker():
                await shop.plant.take_over(two)
                await shop.until_settled(30)
        await shop.check(30)
        assert await shop.plant.value("SELECT count(*) FROM tax_document") == 30


async def test_two_that_believe_to_be_in_charge_send_each_document_once(
    found: Founded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office.Office, "_mine", _all)
    async with lima(found) as shop:
        await shop.place([an_order(n) for n in range(1, 21)])
        async with shop.plant.worker(), shop.plant.worker():
            await shop.until_settled(20)
        await shop.check(20)
        described = await shop.client.page("sunat", "")
        assert sum(described["operations"]["sendBill"].values()) == 20


async def test_series_are_declared_once_and_only_where_a_country_has_them(found: Founded) -> None:
    async with lima(found) as shop:
        app = shop.plant.app
        for code, series, words in (
            ("03", "B001", "is known already"),
            ("03", "F009", "is not B"),
            ("01", "F1", "is not F"),
            ("52", "T001", "is not issued in Peru"),
        ):
            of = Declaration(issuer="lima", type_code=code, series=series)
            assert words in str(await declare(app, 1, of, "me"))
        nobody = Declaration(issuer="paris", type_code="01", series="F001")
        assert "no native issuer" in str(await declare(app, 1, nobody, "me"))
        backwards = Declaration(issuer="lima", type_code="01", series="F009", first=9, last=8)
        assert "no range" in str(await declare(app, 1, backwards, "me"))
        found_ = {(one.range.type_code, one.range.series) for one in await standings(app, 1)}
        assert {("01", "F001"), ("07", "BC02")} <= found_
        key = DocumentKey(tenant=1, issuer=RUC, type_code="01", series="F001", folio=7)
        assert (key.told, key.tracking_id) == ("F001-7", f"{RUC}-01-F001-7")


async def test_the_stages_make_what_the_one_step_makes(found: Founded) -> None:
    stages = ("tax.plan", "tax.number", "tax.build", "tax.send", "tax.status", "tax.find")
    async with lima(found, steps("sale", *stages)) as shop:
        await shop.place([an_order(1), an_order(2, invoice=True)])
        async with shop.plant.worker():
            await shop.plant.until_ended(2)
            await shop.until_settled(2)
        await shop.check(2)


async def test_an_order_of_another_country_is_none_of_this_issuer_s(found: Founded) -> None:
    async with lima(found) as shop:
        chilean = plain_order(store="lima", external_id="CL-1")
        nobody = an_order(2, invoice=True, buyer_document=replace(COMPANY_OF, tax_id="10"))
        await shop.place([chilean, nobody])
        async with shop.plant.worker():
            await shop.plant.until("SELECT count(*) = 2 FROM incident")
        rows = await shop.plant.rows("SELECT code, message FROM incident ORDER BY code")
        assert [row["code"] for row in rows] == ["BUYER_DATA", "SCHEMA"]
        assert "is no RUC" in rows[0]["message"]
        assert "Peru in PEN is meant" in rows[1]["message"]
        assert await shop.plant.value("SELECT count(*) FROM tax_document") == 0, "nothing is taken"


COMPANY_OF = an_order(invoice=True).buyer_document


def _all(_: office.Office) -> list[str]:
    return [RUC]
