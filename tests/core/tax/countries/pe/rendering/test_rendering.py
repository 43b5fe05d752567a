"""Printed documents: what people and scanners read from the real files."""

from collections.abc import Callable
from decimal import Decimal

import pytest
import zxingcpp
from lxml import html
from PIL import Image

from mtd.core.tax.countries.pe.rendering import Printed, letter, page, printed, ticket
from mtd.core.tax.countries.pe.rendering.paper import qr
from mtd.core.tax.countries.pe.rendering.printed import money
from mtd.core.tax.markup import Unreadable
from tests.core.tax.countries.pe.asking import EVERY_SHAPE, line, receipt, sealed
from tests.core.tax.paper import pages, words

Draw = Callable[[Printed], bytes]


def said(shape: str) -> Printed:
    found = printed(sealed(EVERY_SHAPE[shape]).content)
    assert isinstance(found, Printed)
    return found


def scanned(image: Image.Image) -> list[str]:
    """The texts of QR codes; a dense one may look like a bar code of four figures, too."""
    found = zxingcpp.read_barcodes(image)
    return [each.text for each in found if each.format == zxingcpp.QRCode]


@pytest.mark.parametrize("shape", EVERY_SHAPE)
def test_the_code_is_what_was_signed(shape: str) -> None:
    assert said(shape).code == sealed(EVERY_SHAPE[shape]).verification


@pytest.mark.parametrize("shape", EVERY_SHAPE)
def test_a_scanner_reads_the_symbol(shape: str) -> None:
    code = said(shape).code
    symbol = qr(code)
    wide = b"".join(bytes([module]) * 8 for module in symbol.modules)
    row = symbol.width * 8
    drawn = b"".join(wide[at : at + row] * 8 for at in range(0, len(wide), row))
    sheet = Image.new("L", (row + 128, row + 128), 255)
    sheet.paste(Image.frombytes("L", (row, row), drawn), (64, 64))
    assert scanned(sheet) == [code]


@pytest.mark.parametrize("draw", [letter, ticket])
@pytest.mark.parametrize("shape", ["invoice", "many lines", "note on receipt"])
def test_a_scanner_reads_the_code_from_the_page(shape: str, draw: Draw) -> None:
    document = said(shape)
    read = [code for sheet in pages(draw(document), 200) for code in scanned(sheet)]
    assert read == [document.code]


@pytest.mark.parametrize("draw", [letter, ticket])
def test_people_read_who_what_and_how_much(draw: Draw) -> None:
    text = words(draw(said("gift")))
    for word in ("R.U.C. 20100070970", "F001-7", "Vicuña & Hijos", "Compañía de los Andes"):
        assert word in text
    for amount in ("Op. gravada", "S/ 67.80", "Op. gratuita", "S/ 21.19", "S/ 80.00", "gratuito"):
        assert amount in text


def test_the_same_document_makes_the_same_file() -> None:
    assert letter(said("receipt")) == letter(said("receipt"))
    assert ticket(said("receipt")) == ticket(said("receipt"))


def test_a_mail_s_page_escapes_what_it_says() -> None:
    found = printed(sealed(receipt(line("5", description='<b>"Sol" & sombra</b>'))).content)
    assert isinstance(found, Printed)
    tree = html.fromstring(page(found))
    assert '<b>"Sol" & sombra</b>' in tree.text_content()
    assert not tree.findall(".//b")
    assert not tree.xpath("//*[@src or @href]")


def test_a_note_says_what_it_corrects() -> None:
    facts = dict(said("note on receipt").facts)
    assert facts["Modifica a"] == "B001-5"
    assert facts["Motivo"] == "Devolución total"


def test_nobody_in_particular_has_no_document() -> None:
    assert "Documento" not in dict(said("receipt").facts)


@pytest.mark.parametrize("content", [b"", b"<a/>", b"<!DOCTYPE a><a/>"])
def test_what_is_no_document_is_not_printed(content: bytes) -> None:
    assert isinstance(printed(content), Unreadable)


def test_amounts_are_grouped() -> None:
    assert money("1234567.5", "S/") == "S/ 1,234,567.50"
    assert money(str(Decimal(0))) == "0.00"
