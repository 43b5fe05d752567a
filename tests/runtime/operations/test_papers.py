"""Documents that are asked for directly, and how any document is read and drawn."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from mtd.connectors.tax.native.answering import seal
from mtd.core.money import Currency
from mtd.core.tax.countries.cl.verifying import Schemas, verify
from mtd.core.tax.document import DocumentState
from mtd.core.tax.practice import Format
from mtd.core.tax.request import (
    Buyer,
    Correction,
    FiscalKind,
    FiscalRequest,
    Reference,
    RequestLine,
)
from mtd.runtime.app import App, open_app
from mtd.runtime.operations.operations import NotFound
from mtd.runtime.operations.papers import Papers, keys_of
from mtd.runtime.settings.parts import Route
from mtd.runtime.settings.settings import Settings
from mtd.runtime.tax.asked import Refused, issue, request_of
from mtd.store.tax import folios
from tests.runtime.tax.issuers import BY, RUT, furnished, issuers

LINE = RequestLine(description="Zapatilla", unit_price=Decimal(11_900), price_includes_tax=True)


@pytest.fixture
async def app(database: str, tmp_path: Path) -> AsyncGenerator[App]:
    settings = Settings(
        customer="test", processes=[], routes=[Route(process="any")], stores={},
        issuers=issuers(["paris"]),
    )  # fmt: skip
    opened = await open_app(settings, tmp_path, database)
    await furnished(opened, "39", "61", last=3)
    yield opened
    await opened.close()


def request(kind: FiscalKind = FiscalKind.RECEIPT, **other: object) -> FiscalRequest:
    usual = FiscalRequest(
        country="CL", issuer="paris", order="PO-1", kind=kind,
        occurred_at=datetime.now(UTC).replace(microsecond=0), currency=Currency.CLP, lines=(LINE,),
    )  # fmt: skip
    return msgspec.structs.replace(usual, **other)


async def test_the_same_request_is_one_document_that_verifies(app: App) -> None:
    asked = request()
    first = await issue(app, 1, asked, None)
    again = await issue(app, 1, asked, None)
    assert (first.again, again.again) == (False, True)
    assert first.document == again.document
    assert first.document.state is DocumentState.SIGNED and first.document.handed_at
    papers = Papers(app, 1)
    found = await papers.document("76111111-39-1")
    xml = await papers.drawn(found, Format.XML)
    assert not verify(xml.content, BY.keys, Schemas()).failed
    assert seal(found.hash or b"") != (found.hash or b"").hex()[:32]


async def test_it_is_drawn_in_each_format_and_the_same_each_time(app: App) -> None:
    await issue(app, 1, request(), None)
    papers = Papers(app, 1)
    document = await papers.document("76111111-39-1")
    for form, begins in (
        (Format.LETTER, b"%PDF"),
        (Format.TICKET, b"%PDF"),
        (Format.HTML, b"<!DOCTYPE html>"),
        (Format.XML, b'<?xml version="1.0"'),
    ):
        drawn = await papers.drawn(document, form)
        assert drawn.content.startswith(begins)
        assert await Papers(app, 1).drawn(document, form) == drawn
    with pytest.raises(NotFound):
        await papers.document("76111111-39-2")
    with pytest.raises(NotFound):
        await papers.document("nonsense")


async def test_faults_are_told_with_field_and_line_and_no_folio_is_taken(app: App) -> None:
    bad = msgspec.structs.replace(LINE, quantity=Decimal(-1))
    with pytest.raises(Refused) as refused:
        await issue(app, 1, request(lines=(LINE, bad)), None)
    assert any((f.field, f.line) == ("Detalle/QtyItem", 2) for f in refused.value.faults)
    with pytest.raises(Refused, match="no native issuer 'x'"):
        await issue(app, 1, request(issuer="x"), None)
    with pytest.raises(Refused, match="kind"):
        request_of(b'{"kind": "x"}')
    async with app.store.door(1) as connection:
        ranges = await folios.ranges(connection, 1)
    assert {one.next for one in ranges} == {1}


async def test_without_a_folio_it_says_so(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mtd.runtime.tax.asked.TRIES_MAX", 1)
    for n in range(3):
        await issue(app, 1, request(), str(n))
    with pytest.raises(Refused, match="NO_FOLIO"):
        await issue(app, 1, request(), "4")
    async with app.store.door(1) as connection:
        assert await folios.unexplained(connection, 1) == []


async def test_notes_never_take_back_more_than_the_document(app: App) -> None:
    await issue(app, 1, request(), None)
    original = Reference(
        type_code="39", number="1", issued_on=datetime.now(UTC).date(),
        correction=Correction.CORRECTS_AMOUNTS, reason="x",
    )  # fmt: skip
    buyer = Buyer(tax_id="12345678-5", name="María Pérez")
    note = request(FiscalKind.CREDIT_NOTE, references=(original,), buyer=buyer)
    await issue(app, 1, note, "first")
    with pytest.raises(Refused, match="more than is left"):
        await issue(app, 1, note, "second")
    found = await Papers(app, 1).document("76111111-39-1")
    assert found.credited == found.total


def test_names_are_of_one_document() -> None:
    key, *_ = keys_of(1, "76111111-39-1234")
    assert (key.issuer, key.type_code, key.folio) == (RUT, "39", 1234)
    assert key.tracking_id == "76111111-39-1234"
    (ruc,) = keys_of(1, "20123456789-01-F001-17")
    assert (ruc.issuer, ruc.type_code, ruc.series, ruc.folio) == ("20123456789", "01", "F001", 17)
