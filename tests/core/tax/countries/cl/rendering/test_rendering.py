"""Printed documents: what people and scanners read from the real files."""

import shutil
import subprocess
from pathlib import Path

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

LOOK = look_of(ISSUER)
needs_poppler = pytest.mark.skipif(
    shutil.which("pdftoppm") is None, reason="poppler (pdftoppm, pdftotext) is not here"
)


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


def _pages(pdf: bytes, folder: Path) -> list[Image.Image]:
    file = folder / "document.pdf"
    file.write_bytes(pdf)
    subprocess.run(["pdftoppm", "-r", "300", "-gray", file, folder / "page"], check=True)
    return [Image.open(image) for image in sorted(folder.glob("page*.pgm"))]


def _words(pdf: bytes, folder: Path) -> str:
    file = folder / "document.pdf"
    file.write_bytes(pdf)
    done = subprocess.run(["pdftotext", "-layout", file, "-"], check=True, capture_output=True)
    return " ".join(done.stdout.decode().split())


@needs_poppler
@pytest.mark.parametrize("draw", [letter, ticket])
@pytest.mark.parametrize("code", EVERY_TYPE)
def test_a_scanner_reads_the_stamp_from_the_printed_page(
    code: str, draw: object, tmp_path: Path
) -> None:
    artifact = of_type(code)
    pdf = (letter if draw is letter else ticket)(_printed(artifact.content), LOOK)
    pages = _pages(pdf, tmp_path)
    found = [stamp for image in pages for stamp in _scanned(image)]
    assert found == [artifact.verification.encode("iso-8859-1")]
    for image in pages:
        image.close()


@needs_poppler
def test_a_letter_says_what_the_law_asks(tmp_path: Path) -> None:
    off = (Allowance(percent=EVERY_TYPE["33"].lines[0].quantity * 5, reason="Cliente frecuente"),)
    content = sealed(
        invoice(line(119_000, 2, description="Ñandú «azul»"), allowances=off), 654
    ).content
    words = _words(letter(_printed(content), LOOK), tmp_path)
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
        assert said in words


@needs_poppler
def test_the_transferable_copy_says_so(tmp_path: Path) -> None:
    document = _printed(of_type("33").content)
    words = _words(letter(document, replace(LOOK, transferable=True)), tmp_path)
    assert "CEDIBLE" in words
    assert "Ley 19.983" in words


@needs_poppler
def test_every_line_is_printed_on_as_many_pages_as_it_takes(tmp_path: Path) -> None:
    lines = (line(10 + n, description=f"Articulo{n}x") for n in range(300))
    pdf = letter(_printed(sealed(receipt(*lines)).content), LOOK)
    words = _words(pdf, tmp_path)
    assert [n for n in range(300) if f"Articulo{n}x" not in words] == []
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
