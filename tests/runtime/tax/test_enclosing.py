"""Letters with tax documents: PDF and XML over real SMTP, once for each document, kept track of."""

import threading
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from email import message_from_string, policy
from email.message import EmailMessage
from typing import Any, cast

import msgspec
import pytest
import zxingcpp

from mtd.connectors import connectors, mail
from mtd.connectors.contract import Attempt
from mtd.connectors.settings import LegacySettings
from mtd.connectors.wire import Artifact, Wire
from mtd.core.process.definition import Definition
from mtd.core.process.outcome import Answer, Done
from mtd.core.tax.countries.cl.verifying import Schemas, verify
from mtd.core.tax.document import DocumentKey
from mtd.runtime.operations.papers import Papers
from mtd.runtime.settings.settings import issuers as who_issues
from mtd.runtime.tax import drawings
from tests.connectors.conversation import OPTIONS
from tests.core.tax.paper import pages
from tests.runtime.conftest import Founded
from tests.runtime.plant import Plant
from tests.runtime.tax.issuers import BY, furnished, issuers
from tests.runtime.tax.steps import PAUSE, go, steps
from tests.simulators.client import Client, town

TYPES = ("33", "34", "39", "41")
LETTER = ("mail.send", {"kind": "tax_document", "folio": "{folio}", "enclose": "{document}"})
SALE = ("tax.issue", "tax.fetch", LETTER)


class Shop:
    """A plant that issues natively and writes letters, and the provider that takes them."""

    def __init__(self, plant: Plant, client: Client) -> None:
        self.plant = plant
        self.client = client

    async def ledger(self) -> list[dict[str, Any]]:
        """What the provider saw of letters."""
        found = await self.client.page("mail", "/ledger")
        return [one for one in found["entries"] if one["operation"] == "send"]

    async def letter(self, mail_id: str) -> EmailMessage:
        """A letter as it arrived."""
        page = await self.client.page("mail", f"/letter?id={mail_id}")
        return message_from_string(page["content"], policy=policy.default)

    async def recent(self) -> list[dict[str, Any]]:
        """The letters that the provider took last."""
        return (await self.client.page("mail", ""))["state"]["recent"]

    async def documents(self) -> list[DocumentKey]:
        rows = await self.plant.rows("SELECT issuer, type_code, folio FROM tax_document")
        return [DocumentKey(tenant=1, **row) for row in rows]

    async def mailed(self, key: DocumentKey) -> list[tuple[str, int, str, bool, str]]:
        """What is kept of a document's letters."""
        papers = Papers(self.plant.app, 1)
        document = await papers.document(key.tracking_id)
        return [
            (one.kind, one.enclosures, one.refusal, one.bounced_at is not None, one.bounce_reason)
            for one in await papers.letters(document)
        ]


@asynccontextmanager
async def shop(found: Founded, *definitions: Definition, **other: Any) -> AsyncGenerator[Shop]:
    async with town(time_scale=1) as client:
        legacy = {
            "mail": LegacySettings(
                base_url=client.town.urls["mail"], timeout_s=5.0, options=OPTIONS["mail"]
            )
        }
        plant: Plant = await found(*definitions, issuers=issuers(), legacy=legacy, **other)
        await furnished(plant.app, *TYPES)
        plant.connectors.update(connectors(who_issues(plant.app.settings)))
        yield Shop(plant, client)


def enclosures(letter: EmailMessage) -> dict[str, bytes]:
    return {
        str(part.get_filename()): cast("bytes", part.get_content())
        if part.get_content_type() == "application/pdf"
        else cast("bytes", part.get_payload(decode=True))
        for part in letter.iter_attachments()
    }


async def test_each_letter_has_the_document_as_pdf_and_as_xml_that_verifies(
    found: Founded,
) -> None:
    """A boleta's own XML; a document between taxpayers in an envelope made out to its buyer."""
    async with shop(found, steps("sale", *SALE)) as at:
        orders = await at.plant.orders("sale", 24)
        async with at.plant.worker():
            await at.plant.until_ended(len(orders))
        letters = await at.recent()
        assert len(letters) == len(orders)
        seen: Counter[str] = Counter()
        for one in letters:
            files = enclosures(await at.letter(one["mail_id"]))
            (pdf,) = (name for name in files if name.endswith(".pdf"))
            (xml,) = (name for name in files if name.endswith(".xml"))
            _, code, folio = pdf.removesuffix(".pdf").split("-")
            seen[code] += 1
            assert xml == pdf.replace(".pdf", ".xml")
            report = verify(files[xml], BY.keys, Schemas())
            assert not report.failed, report.checks
            assert f"<Folio>{folio}</Folio>".encode() in files[xml]
            if code in ("33", "34"):
                assert b"<EnvioDTE " in files[xml]
                assert b"<RutReceptor>60803000-K</RutReceptor>" not in files[xml]
            else:
                assert files[xml].split(b"?>")[1].lstrip().startswith(b"<DTE ")
            stamps = [
                symbol.bytes
                for page in pages(files[pdf])
                for symbol in zxingcpp.read_barcodes(page)
            ]
            assert stamps and all(stamp in files[xml] for stamp in stamps)
        assert set(seen) >= {"33", "39"}
        for key in await at.documents():
            assert await at.mailed(key) == [("tax_document", 2, "", False, "")]


async def test_however_often_it_is_sent_it_is_one_letter_of_the_same_bytes(
    found: Founded,
) -> None:
    """The provider takes it and does not say so: the same letter comes again, and is one."""
    async with shop(found, steps("sale", *SALE)) as at:
        script = [{"fault": "lost_reply", "operation": "send", "times": 2}]
        await at.client.control("mail", script=script)
        orders = await at.plant.orders("sale", 4)
        async with at.plant.worker():
            await at.plant.until_ended(len(orders))
        entries = await at.ledger()
        assert len(entries) > len(orders)
        assert Counter(one["outcome"] for one in entries)["applied"] == len(orders)
        assert len({one["key"] for one in entries}) == len(orders)
        assert len({(one["key"], one["digest"]) for one in entries}) == len(orders)


async def test_it_survives_the_death_of_who_sent_it(found: Founded, quick_hearts: None) -> None:
    async with shop(found, steps("sale", *SALE)) as at:
        await at.client.control("mail", median_ms=300, p99_ms=600, latency_scale=1)
        orders = await at.plant.orders("sale", 20)
        async with at.plant.worker() as one, at.plant.worker():
            await at.plant.until("SELECT count(*) > 3 FROM document_letter")
            await at.plant.take_over(one)
            await at.plant.until_ended(len(orders))
        entries = await at.ledger()
        assert Counter(one["outcome"] for one in entries)["applied"] == len(orders)
        assert len({(one["key"], one["digest"]) for one in entries}) == len(orders)
        for key in await at.documents():
            assert await at.mailed(key) == [("tax_document", 2, "", False, "")]


async def test_a_letter_that_came_back_is_told_at_its_document_and_may_be_sent_again(
    found: Founded,
) -> None:
    """Another step of the same kind sends nothing new, but after a bounce it does."""
    async with shop(found, steps("sale", *SALE, PAUSE, LETTER)) as at:
        orders = await at.plant.orders("sale", 2)
        async with at.plant.worker():
            await at.plant.until(
                "SELECT count(*) = $1 FROM subscription WHERE name = 'Go'", len(orders)
            )
            first, _ = await at.recent()
            said = {"mail_id": first["mail_id"], "reason": "550 <ana@correo.example> is unknown"}
            await at.plant.publish("MailBounced", "any", payload=msgspec.json.encode(said))
            await at.plant.publish("MailBounced", "any", payload=b'{"reason": "of no letter"}')
            await go(at.plant, len(orders))
            await at.plant.until_ended(len(orders))
        outcomes = Counter(one["outcome"] for one in await at.ledger())
        assert outcomes == {"applied": len(orders) + 1, "repeated": len(orders) - 1}
        told = [await at.mailed(key) for key in await at.documents()]
        assert sorted(told, key=len) == [
            [("tax_document", 2, "", False, "")],
            [
                ("tax_document", 2, "", True, "550 <…> is unknown"),
                ("tax_document", 2, "", False, ""),
            ],
        ]


async def test_a_document_too_large_is_only_where_the_letter_says(
    found: Founded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "ENCLOSED_MAX_BYTES", 1_000)
    async with shop(found, steps("sale", *SALE)) as at:
        await at.plant.orders("sale", 1)
        async with at.plant.worker():
            await at.plant.until_ended(1)
        ((letter,), (key,)) = await at.recent(), await at.documents()
        assert enclosures(await at.letter(letter["mail_id"])) == {}
        assert await at.mailed(key) == [("tax_document", 0, "", False, "")]


async def test_what_the_provider_never_takes_is_told_at_its_document(found: Founded) -> None:
    async with shop(found, steps("sale", *SALE)) as at:
        await at.plant.orders("sale", 1)
        await at.client.control("mail", script=[{"fault": "refused", "operation": "send"}])
        async with at.plant.worker():
            await at.plant.until("SELECT count(*) = 1 FROM document_letter")
        (key,) = await at.documents()
        ((_, _, refusal, _, _),) = await at.mailed(key)
        assert refusal == "550 5.1.1 <…> no such mailbox"


async def test_a_document_that_a_provider_sent_is_enclosed_as_it_came(found: Founded) -> None:
    async def fetch(_: Attempt, wire: Wire) -> Answer:
        wire.kept.append(Artifact("39-7.pdf", "application/pdf", b"%PDF of the provider"))
        wire.kept.append(Artifact("39-7.xml", "application/xml", b"<DTE/>"))
        return Done({"document": "39-7"})

    letter = ("mail.send", {"kind": "tax_document", "folio": 7, "enclose": "39-7"})
    async with shop(found, steps("sale", "mail.fetch", letter)) as at:
        at.plant.connect("mail.fetch", fetch)
        await at.plant.orders("sale", 1)
        async with at.plant.worker():
            await at.plant.until_ended(1)
        (one,) = await at.recent()
        assert enclosures(await at.letter(one["mail_id"])) == {
            "39-7.pdf": b"%PDF of the provider",
            "39-7.xml": b"<DTE/>",
        }


async def test_a_document_is_drawn_once_and_beside_the_loop(
    found: Founded, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    draw = drawings._draw  # pyright: ignore[reportPrivateUsage] what is counted

    def counted(*given: Any) -> Any:
        drawn.append(threading.current_thread().name)
        return draw(*given)

    monkeypatch.setattr(drawings, "_draw", counted)
    async with shop(found, steps("sale", *SALE, LETTER)) as at:
        await at.plant.orders("sale", 3)
        async with at.plant.worker():
            await at.plant.until_ended(3)
    assert len(drawn) == 3
    assert threading.main_thread().name not in drawn
