"""Printed documents: what people and scanners read from the real files."""

import pytest
import zxingcpp
from msgspec.structs import replace
from PIL import Image

from mtd.core.tax.countries.cl.rendering import Look, Printed, letter, page, printed, ticket
from mtd.core.tax.countries.cl.rendering.barcode import ROW_HEIGHT, bars
from mtd.core.tax.countries.cl.rendering.printed import dotted, grouped, look_of
from mtd.core.tax.drawing import wrapped
from mtd.core.tax.markup import Unreadable
from mtd.core.tax.request import Allowance
from tests.core.tax.countries.cl.asking import EVERY_TYPE, ISSUER, invoice, line, receipt
from tests.core.tax.countries.cl.sealing import of_type, sealed
from tests.core.tax.paper import pages, words

LOOK = look_of(ISSUER)


def _printed(content: bytes) -> Printed:
    found = printed(content)
    assert isinstance(found, Printed)
    return found


def _scanned(image: Image.Image) -> list[bytes]:
    return [symbol.bytes for symbol in zxingcpp.read_barcodes(image)]


@pytest.mark.parametrize("code", EVERY_TYPE)
def test_the_barcode_holds_the_stamp_byte_for_byte(code: str) -> None:
    artifact = of_type(code)
    stamp = artifact.verification.encode("iso-8859-1")
    assert stamp in artifact.content
    assert _printed(artifact.content).stamp == stamp
    symbol = bars(stamp)
    wide = b"".join(bytes([module]) * 3 for module in symbol.modules)
    rows = [wide[at : at + symbol.width * 3] for at in range(0, len(wide), symbol.width * 3)]
    drawn = b"".join(row * 3 * ROW_HEIGHT for row in rows)
    size = (symbol.width * 3, symbol.rows * 3 * ROW_HEIGHT)
    sheet = Image.new("L", (size[0] + 60, size[1] + 60), 255)
    sheet.paste(Image.frombytes("L", size, drawn), (30, 30))
    assert _scanned(sheet) == [stamp]


def test_a_stamp_that_fills_the_symbol_has_less_correction_and_none_is_cut() -> None:
    assert bars(b"x" * 1_090).width
    with pytest.raises(ValueError, match="too"):
        bars(b"\xe1" * 1_200)


@pytest.mark.parametrize("draw", [letter, ticket])
@pytest.mark.parametrize("code", EVERY_TYPE)
def test_a_scanner_reads_the_stamp_from_the_printed_page(code: str, draw: object) -> None:
    artifact = of_type(code)
    pdf = (letter if draw is letter else ticket)(_printed(artifact.content), LOOK)
    found = [stamp for image in pages(pdf) for stamp in _scanned(image)]
    assert found == [artifact.verification.encode("iso-8859-1")]


def test_a_letter_says_what_the_law_asks() -> None:
    off = (Allowance(percent=EVERY_TYPE["33"].lines[0].quantity * 5, reason="Cliente frecuente"),)
    content = sealed(
        invoice(line(119_000, 2, description="Ñandú «azul»"), allowances=off), 654
    ).content
    told = words(letter(_printed(content), LOOK))
    for said in (
        "R.U.T.: 76.111.111-6",
        "FACTURA ELECTRÓNICA",
        "N° 654",
        "S.I.I. - SANTIAGO ORIENTE",
        "Comercial Ñandú SpA",
        "27 de noviembre de 2026",
        "María José Pérez Muñoz",
        "12.345.678-5",
        "Contado",
        "Ñandú «azul»",
        "119.000",
        "238.000",
        "Cliente frecuente -5 %",
        "Monto neto $ 190.000",
        "IVA 19 % $ 36.100",
        "TOTAL $ 226.100",
        "Timbre Electrónico SII",
        "Res. 0 de 2026 - Verifique documento: www.sii.cl",
    ):
        assert said in told


def test_the_transferable_copy_says_so() -> None:
    document = _printed(of_type("33").content)
    told = words(letter(document, replace(LOOK, transferable=True)))
    assert "CEDIBLE" in told
    assert "Ley 19.983" in told


def test_every_line_is_printed_on_as_many_pages_as_it_takes() -> None:
    lines = (line(10 + n, description=f"Articulo{n}x") for n in range(300))
    pdf = letter(_printed(sealed(receipt(*lines)).content), LOOK)
    told = words(pdf)
    assert [n for n in range(300) if f"Articulo{n}x" not in told] == []
    assert pdf.count(b"/Type /Page\n") > 3


def test_the_same_document_makes_the_same_file() -> None:
    document = _printed(of_type("39").content)
    assert letter(document, LOOK) == letter(document, LOOK)
    assert ticket(document, LOOK) == ticket(document, LOOK)


def test_a_boleta_may_do_without_its_printed_stamp_and_an_invoice_may_not() -> None:
    plain = replace(LOOK, stamp=False)
    boleta, factura = (_printed(of_type(code).content) for code in ("39", "33"))
    assert len(ticket(boleta, plain)) < len(ticket(boleta, LOOK)) - 1_500
    assert ticket(factura, plain) == ticket(factura, LOOK)


def test_html_carries_no_markup_of_strangers() -> None:
    hostile = sealed(receipt(line(10, description="<script>alert('x')</script> & más"))).content
    told = page(_printed(hostile), LOOK)
    assert "<script" not in told
    assert "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt; &amp; más" in told
    assert "http" not in told
    assert "BOLETA ELECTRÓNICA" in told


def test_what_is_no_document_is_not_printed() -> None:
    assert isinstance(printed(b"<html/>"), Unreadable)


@pytest.mark.parametrize(
    ("number", "text"),
    [("1234567", "1.234.567"), ("1.5", "1,5"), ("-1000", "-1.000"), ("0", "0"), ("", "")],
)
def test_figures_as_chile_writes_them(number: str, text: str) -> None:
    assert grouped(number) == text


def test_a_rut_is_dotted() -> None:
    assert dotted("60803000-K") == "60.803.000-K"
    assert dotted("") == ""


def test_a_word_longer_than_its_line_is_broken_and_none_is_lost() -> None:
    lines = wrapped("uno " + "w" * 200 + " dos", 100, 8)
    assert "".join(lines).replace(" ", "") == "uno" + "w" * 200 + "dos"
    assert len(lines) > 5


def test_a_look_is_of_its_issuer() -> None:
    expected = Look(sii_office="Santiago Oriente", resolution_number=0, resolution_year=2026)
    assert look_of(ISSUER) == expected
